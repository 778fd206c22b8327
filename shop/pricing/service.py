"""Writing price rules and prices. Every price change also updates the product's row in lists.

An order keeps the price it was made at: nothing here touches orders.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.models import Product
from shop.database import db
from shop.errors import NotFound
from shop.pricing import limits, queries, records
from shop.pricing.limits import PriceRefused, RuleRefused
from shop.pricing.models import PriceRule
from shop.pricing.plan import Repriced
from shop.pricing.records import NothingToPutBack, PriceRecord, breaks_json, price_text, rule_text
from shop.pricing.repricing import one_at_a_time, price_row, prices_changed, reprice, write_prices
from shop.pricing.rules import Breaks, Rule
from shop.projections.cache_version import offers_changed


def set_rule(product_id: int | None, rule: Rule, actor_id: int | None, at: datetime) -> Repriced:
    """Give a product (None: the store) this rule and make its prices by it. Raises RuleRefused, NotFound."""
    if wrong := limits.problems(rule, for_store=product_id is None):
        raise RuleRefused(wrong)
    if product_id is not None and db.session.get(Product, product_id) is None:
        raise NotFound("There is no such medicine.", "Look it up in the catalogue.")
    one_at_a_time()
    row = db.session.scalar(_rule_row(product_id))
    before = queries.rule_of_row(row) if row else None
    if rule != before:
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
    variant_id: int, price: Decimal, breaks: Breaks, actor_id: int | None, at: datetime
) -> bool:
    """Fix a strength's price per unit by hand, with lower ones from so many units on; False: it was so.

    Raises NotFound, PriceRefused.
    """
    if sentence := limits.price_problem(price, breaks):
        raise PriceRefused(sentence, "Correct it and try again.")
    wanted = PriceRecord(False, price, breaks)
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
    if before is None or before.value == _strengths([variant_id])[0].record:
        raise NothingToPutBack("There is no earlier price to restore.", "Enter the price you want.")
    if before.value.by_rule:
        price_by_rule([variant_id], actor_id, at)
    else:
        _decide(Event.VARIANT_PRICE_SET, {variant_id: before.value}, actor_id, at)


# --- Steps ------------------------------------------------------------------------------------------------


def _decide(
    event: Event, wanted: Mapping[int, PriceRecord], actor_id: int | None, at: datetime
) -> dict[int, int]:
    """Write how strengths are priced, where that differs, each with its record: {variant id: product id}."""
    one_at_a_time()
    changed, rows = dict[int, int](), []
    for strength in _strengths(wanted):
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


def _strengths(ids: Collection[int]) -> list[queries.Strength]:
    found = list(queries.strengths_by_id(ids))
    if len(found) < len(set(ids)):
        raise NotFound("There is no such strength.", "Look it up in the catalogue.")
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
