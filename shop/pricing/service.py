"""Writing price rules and prices. Every price change also updates the product's row in lists.

An order keeps the price it was made at: nothing here touches orders.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.list_rows import refresh
from shop.catalogue.models import Product, Variant
from shop.clock import business_date
from shop.database import db
from shop.errors import NotFound
from shop.pricing import queries, records
from shop.pricing.models import PriceRule
from shop.pricing.plan import Repriced, changes
from shop.pricing.records import NothingToPutBack, PriceRecord, breaks_json, price_text, rule_text
from shop.pricing.rules import Breaks, PriceRefused, Rule, RuleRefused, price_problem, problems
from shop.projections import cache_version
from shop.projections.cache_version import offers_changed
from shop.seen import check_seen
from shop.web import settings


def set_rule(
    product_id: int | None, rule: Rule, actor_id: int | None, at: datetime, seen: str | None = None
) -> Repriced:
    """Give a product (None: the store) this rule and make its prices by it.

    Raises RuleRefused, NotFound, and ChangedMeanwhile where the rule is neither as `seen` nor as wanted.
    """
    if wrong := problems(rule, for_store=product_id is None):
        raise RuleRefused(wrong)
    if product_id is not None and db.session.get(Product, product_id) is None:
        raise NotFound("There is no such medicine.", "Look it up in the catalog.")
    one_at_a_time()
    row = db.session.scalar(_rule_row(product_id))
    before = queries.rule_of_row(row) if row else None
    if rule != before:
        check_seen(seen, records.rule_state(before))
        columns = {
            "mark_up": rule.mark_up,
            "fee": rule.fee,
            "fixed_price": rule.fixed_price,
            "breaks": breaks_json(rule.breaks),
            "changed_at": at,
        }
        db.session.execute(
            update(PriceRule).where(PriceRule.id == row.id).values(columns)
            if row
            else insert(PriceRule).values(product_id=product_id, **columns)
        )
        _record_rule(Event.PRICE_RULE_SET, product_id, rule, before, actor_id, at)
    return reprice(None if product_id is None else [product_id], at)


def remove_rule(product_id: int | None, actor_id: int | None, at: datetime) -> Repriced:
    """Let a product follow the store's rule again; without the store's rule nothing is priced by it."""
    one_at_a_time()
    row = db.session.scalar(_rule_row(product_id))
    if row is None:
        raise NotFound("There is no such price rule.", "Somebody may have removed it. Reload the list.")
    db.session.execute(delete(PriceRule).where(PriceRule.id == row.id))
    _record_rule(Event.PRICE_RULE_REMOVED, product_id, None, queries.rule_of_row(row), actor_id, at)
    return reprice(None if product_id is None else [product_id], at)


def put_back_rule(product_id: int | None, actor_id: int | None, at: datetime) -> Repriced:
    """Undo the latest change of a rule. Doing it twice is doing nothing."""
    before = records.rule_before(product_id)
    current = db.session.scalar(_rule_row(product_id))
    if before is None or before.value == (queries.rule_of_row(current) if current else None):
        raise NothingToPutBack("There is no earlier rule to restore.", "Enter the rule you want.")
    if before.value is None:
        return remove_rule(product_id, actor_id, at)
    return set_rule(product_id, before.value, actor_id, at)


def set_fixed_price(
    variant_id: int,
    price: Decimal,
    breaks: Breaks,
    actor_id: int | None,
    at: datetime,
    seen: str | None = None,
) -> bool:
    """Fix a strength's price per unit by hand, with lower ones for larger quantities; False: as it was.

    Raises NotFound, PriceRefused, and ChangedMeanwhile where it is priced neither as `seen` nor as wanted.
    """
    if sentence := price_problem(price, breaks):
        raise PriceRefused(sentence, "Correct it and try again.")
    wanted = PriceRecord(False, price, breaks)
    one_at_a_time()
    [stored] = _strengths([variant_id], at)
    if stored.record != wanted:
        check_seen(seen, records.price_state(stored.record))
    return bool(_decide(Event.VARIANT_PRICE_SET, {variant_id: wanted}, actor_id, at))


def set_prices(wanted: Mapping[int, PriceRecord], actor_id: int | None, at: datetime) -> Repriced:
    """Price many strengths at once, as a list says that was checked line by line."""
    fixed = {number: record for number, record in wanted.items() if not record.by_rule}
    _decide(Event.VARIANT_PRICE_SET, fixed, actor_id, at)
    done = price_by_rule(wanted.keys() - fixed.keys(), actor_id, at)
    audit.record(
        Event.PRICE_LIST_READ,
        at=at,
        subject=("catalogue", "prices"),
        actor_id=actor_id,
        fixed=len(fixed),
        by_rule=len(wanted) - len(fixed),
    )
    return done


def price_by_rule(variant_ids: Iterable[int], actor_id: int | None, at: datetime) -> Repriced:
    """Let the rules price these strengths from now on; where they can make none there is none."""
    wanted = {variant_id: PriceRecord(True, None) for variant_id in variant_ids}
    decided = _decide(Event.VARIANT_PRICED_BY_RULE, wanted, actor_id, at)
    return reprice(set(decided.values()), at)


def put_back_price(variant_id: int, actor_id: int | None, at: datetime) -> None:
    """Undo the latest decision about a strength's price. Doing it twice is doing nothing."""
    before = records.price_before(variant_id)
    if before is None or before.value == _strengths([variant_id], at)[0].record:
        raise NothingToPutBack("There is no earlier price to restore.", "Enter the price you want.")
    if before.value.by_rule:
        price_by_rule([variant_id], actor_id, at)
    else:
        _decide(Event.VARIANT_PRICE_SET, {variant_id: before.value}, actor_id, at)


# --- One decision, with its record ----------------------------------------------------------------------


def _decide(
    event: Event, wanted: Mapping[int, PriceRecord], actor_id: int | None, at: datetime
) -> dict[int, int]:
    """Write how strengths are priced, where that differs, each with its record: {variant id: product id}."""
    one_at_a_time()
    changed, rows = dict[int, int](), []
    for strength in _strengths(wanted, at):
        before, after = strength.record, wanted[strength.variant_id]
        if before == after or (before.by_rule and after.by_rule):
            continue
        if before.price is not None or not after.by_rule:  # otherwise nothing was there to put back
            audit.record(
                event,
                at=at,
                subject=("variant", strength.variant_id),
                actor_id=actor_id,
                before=price_text(before),
                after=price_text(after),
            )
        # a strength that goes over to the rule keeps its price until the rule has made one
        kept = before if after.by_rule else after
        rows.append(price_row(strength.variant_id, kept.price, kept.breaks, after.by_rule))
        changed[strength.variant_id] = strength.product_id
    write_prices(rows)
    prices_changed(set(changed.values()), at)
    return changed


def _strengths(ids: Collection[int], at: datetime) -> list[queries.Strength]:
    found = list(queries.strengths_by_id(ids, business_date(at)))
    if len(found) < len(set(ids)):
        raise NotFound("There is no such strength.", "Look it up in the catalog.")
    return found


def _record_rule(
    event: Event,
    product_id: int | None,
    after: Rule | None,
    before: Rule | None,
    actor_id: int | None,
    at: datetime,
) -> None:
    subject = ("price_rule", records.STORE if product_id is None else product_id)
    audit.record(
        event, at=at, subject=subject, actor_id=actor_id, before=rule_text(before), after=rule_text(after)
    )
    offers_changed(at)  # a medicine's page tells the rule, whether or not it makes another price


def _rule_row(product_id: int | None) -> Any:
    same = PriceRule.product_id.is_(None) if product_id is None else PriceRule.product_id == product_id
    return select(PriceRule).where(same).execution_options(populate_existing=True)


# --- What every change of prices does: wait its turn, write many rows, tell who shows them --------------

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

    Touches only strengths that are priced by rule; where no price can be made there is none. A cost
    whose survey is over a year old makes no new price, unless the setting allows it: the price stays.
    """
    one_at_a_time()
    done, rows = Repriced(), []
    for change in changes(queries.rules(), product_ids, business_date(at)):
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
