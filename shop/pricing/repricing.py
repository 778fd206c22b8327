"""The steps that every change of prices takes: wait for one's turn, write many rows, tell who shows them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select, text, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.list_rows import refresh
from shop.catalogue.models import Variant
from shop.database import db
from shop.pricing import queries
from shop.pricing.plan import Repriced, changes
from shop.pricing.records import breaks_json
from shop.pricing.rules import Breaks
from shop.projections import cache_version
from shop.web import settings

AT_ONCE = 5000


def one_at_a_time() -> None:
    """Whoever changes prices waits for others who are doing so: otherwise two rules could be half applied.

    SQLite has one writer anyhow.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('formulary:prices'))"))


def price_row(variant_id: int, price: Decimal | None, breaks: Breaks, by_rule: bool) -> dict[str, Any]:
    """One strength's price, for `write_prices`."""
    return {
        "of_id": variant_id,
        "price": price,
        "price_breaks": breaks_json(breaks),
        "price_basis": "rule" if by_rule else "fixed",
    }


def write_prices(rows: Sequence[dict[str, Any]]) -> None:
    """Update many strengths by their ids, and let those that the session holds be read again."""
    db.session.flush()
    columns = ("price", "price_breaks", "price_basis")
    statement = update(Variant.__table__).where(Variant.__table__.c.id == bindparam("of_id"))  # type: ignore[arg-type]
    statement = statement.values({name: bindparam(name) for name in columns})
    for start in range(0, len(rows), AT_ONCE):
        db.session.connection().execute(statement, rows[start : start + AT_ONCE])
    for held in list(db.session.identity_map.values()) if rows else []:
        if isinstance(held, Variant):
            db.session.expire(held, columns)


def prices_changed(product_ids: set[int], at: datetime) -> None:
    """Update the list rows of these products, and invalidate caches."""
    if not product_ids:
        return
    refresh(product_ids, settings().market)
    if len(product_ids) > cache_version.MOST_NAMED:
        cache_version.offers_changed(at)
    else:
        variants = select(Variant.id).where(Variant.product_id.in_(product_ids))
        cache_version.prices_changed(db.session.scalars(variants))


def reprice(product_ids: Iterable[int] | None, at: datetime) -> Repriced:
    """Recompute the prices of these products (None: all) from today's rules and the latest acquisition costs.

    Touches only strengths that are priced by rule; where no price can be made there is none.
    """
    one_at_a_time()
    done, rows = Repriced(), []
    for change in changes(queries.rules(), product_ids):
        done.add(change)
        if change.differs:
            rows.append(price_row(change.strength.variant_id, change.price, change.breaks, True))
    write_prices(rows)
    prices_changed(done.product_ids, at)
    return done


def record_repricing(done: Repriced, actor_id: int | None, at: datetime) -> None:
    """Record in the audit log that prices were recomputed without a change of rules."""
    audit.record(
        Event.PRICES_MADE, at=at, subject=("catalogue", "prices"), actor_id=actor_id, **done.counts()
    )
