"""Putting products on sale and taking them off, one or a country's worth, each decision on record.

Refusals are decided in `rules`; a product refused stays as it is and the others go on.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import list_rows
from shop.catalogue.models import Product, Variant
from shop.catalogue.safety_answer import CLEAR
from shop.database import db, portions
from shop.errors import DomainError, NotFound
from shop.listing import queries
from shop.listing.deciding import decide
from shop.listing.queries import Candidate, controlled_each_sql
from shop.listing.rules import ListingRefusal, Rule, listing_refusal
from shop.projections.cache_version import catalogue_changed
from shop.web import settings

NAMED_IN_RECORD = 40
"""Up to this many products are named by id in the audit record; `listed_at` tells which more there were."""


class NothingPriced(DomainError):
    """A rule asks for prices where there are none at all."""

    code = "nothing_priced"

    def __init__(self) -> None:
        super().__init__(
            "No strength has a price yet, so this rule would list nothing.",
            "Import a price survey (flask catalogue import-nadac FILE), then make prices (flask catalogue "
            "reprice).",
        )


@dataclass
class Outcome:
    """What became of each product considered: the counts sum up to `considered`."""

    changed: list[int] = field(default_factory=list)
    already: int = 0
    postponed: int = 0  # beyond the number asked for
    refused: dict[int, ListingRefusal] = field(default_factory=dict)

    @property
    def considered(self) -> int:
        return len(self.changed) + self.already + self.postponed + len(self.refused)

    def reasons(self) -> list[tuple[ListingRefusal, int]]:
        """Each reason of refusal with its count, the most frequent first."""
        return Counter(self.refused.values()).most_common()


def set_listed(product_ids: Iterable[int], listed: bool, actor_id: int | None, at: datetime) -> Outcome:
    """Put these products on sale, or take them off; who may not be listed stays as it is.

    Somebody who was quicker leaves nothing to change, and no second record.
    """
    wanted = list(product_ids)
    if listed:
        decide(wanted, at)
    outcome = _sorted_out(queries.candidates(wanted), listed, rules=())
    return _carry_out(outcome, listed, actor_id, at, ("products", "chosen"))


def set_listed_by_rules(
    rules: Collection[Rule],
    listed: bool,
    actor_id: int | None,
    at: datetime,
    *,
    origin: str | None = None,
    limit: int | None = None,
) -> Outcome:
    """List every product that meets all `rules`, at most `limit`; or unlist those that meet them.

    What is asked for most comes first. `origin` keeps to products of the directory or made by hand; with no
    rules, unlisting takes all of them. Raises NothingPriced.
    """
    if listed and Rule.PRICED in rules and not queries.anything_priced():
        raise NothingPriced
    if listed:
        decide(None, at)
    outcome = _sorted_out(queries.candidates(origin=origin), listed, rules)
    if limit is not None and len(outcome.changed) > limit:
        outcome.postponed = len(outcome.changed) - limit
        del outcome.changed[limit:]
    return _carry_out(outcome, listed, actor_id, at, ("rule", ",".join(sorted(rules))[:64] or "none"))


def undo(listed: bool, done_at: datetime, actor_id: int | None, at: datetime) -> Outcome:
    """Undo the decision of `done_at` for the products nobody has touched since."""
    return set_listed(queries.changed_together(listed, done_at), not listed, actor_id, at)


def _sorted_out(rows: Iterable[Candidate], listed: bool, rules: Collection[Rule]) -> Outcome:
    """Who is to change, who need not, and who is refused. Taking off sale asks only for the rules."""
    outcome = Outcome()
    for row in rows:
        refusal = listing_refusal(row.facts, rules) if listed or rules else None
        if listed and row.listed and refusal is None:
            outcome.already += 1
        elif refusal is not None:
            outcome.refused[row.id] = refusal
        elif row.listed == listed:
            outcome.already += 1
        else:
            outcome.changed.append(row.id)
    return outcome


def _carry_out(
    outcome: Outcome, listed: bool, actor_id: int | None, at: datetime, subject: tuple[str, str]
) -> Outcome:
    wanted = outcome.changed
    outcome.changed = _change(wanted, listed, at)
    outcome.already += len(wanted) - len(outcome.changed)
    if not outcome.changed:
        return outcome
    list_rows.refresh(outcome.changed, settings().market)
    catalogue_changed(at)
    few = len(outcome.changed) <= NAMED_IN_RECORD
    audit.record(
        Event.PRODUCTS_LISTED if listed else Event.PRODUCTS_UNLISTED,
        at=at,
        subject=subject,
        actor_id=actor_id,
        changed=len(outcome.changed),
        already=outcome.already,
        postponed=outcome.postponed,
        refused=len(outcome.refused),
        products=" ".join(map(str, outcome.changed)) if few else None,
        **{f"refused_{reason}": count for reason, count in outcome.reasons()},
    )
    return outcome


def _change(product_ids: list[int], listed: bool, at: datetime) -> list[int]:
    """The ids that changed by this call. What no one may list is asked again as it is written."""
    changed: list[int] = []
    for some in portions(product_ids):
        statement = update(Product).where(Product.id.in_(some))
        if listed:
            allowed = (Product.listed_at.is_(None), Product.withdrawn_on.is_(None), ~controlled_each_sql())
            statement = statement.where(*allowed, Product.safety_code == CLEAR).values(
                listed_at=at, changed_at=at
            )
        else:
            statement = statement.where(Product.listed_at.is_not(None)).values(listed_at=None, changed_at=at)
        rows = db.session.execute(
            statement.returning(Product.id), execution_options={"synchronize_session": False}
        )
        changed += rows.scalars()
    return changed


def set_sold_outside_market(
    variant_id: int, allowed: bool, actor_id: int, at: datetime, *, market: str
) -> None:
    """An admin's decision to sell (or stop selling) a variant in a market where it is not marketed."""
    variant = db.session.get(Variant, variant_id)
    if variant is None:
        raise NotFound("There is no such strength.", "Look it up in the catalog.")
    if variant.sold_outside_market == allowed:
        return
    variant.sold_outside_market = allowed
    db.session.flush()
    list_rows.refresh([variant.product_id], market)
    catalogue_changed(at)
    audit.record(
        Event.VARIANT_SALE_CHANGED,
        at=at,
        subject=("variant", variant_id),
        actor_id=actor_id,
        sold_outside_market=int(allowed),
    )
