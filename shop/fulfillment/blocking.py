"""What forbids shipping a placed order as the facts stand now, although checkout allowed it then.

The same questions as at checkout: may each strength be sold (`safety.sale`), to this state and this person
and so much of it (`orders.safety_review`), to this address (`orders.destination`), on this prescription, and
beside everything else the patient takes (`drug_review`). Lots and money are `service`'s matter. Reads only,
in a number of queries that does not grow with the orders.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shop.catalogue import queries as catalogue
from shop.catalogue.queries import Contents, VariantFacts, contents
from shop.drug_review.asking import Asked
from shop.drug_review.order_review import open_alerts
from shop.orders import persons
from shop.orders.destination import destination_refusal
from shop.orders.models import Order, OrderLine
from shop.orders.persons import Bought
from shop.orders.safety_review import SafetyReview, Wanted, judge
from shop.prescriptions import copies
from shop.prescriptions.ledger.confirming import arrivals
from shop.prescriptions.ledger.lapsed import Lapse, lapses
from shop.prescriptions.ledger.medicines_covered import not_covered
from shop.prescriptions.states import ConfirmedHow, Origin
from shop.prescriptions.verification.typed import Verdict
from shop.safety.otc_words import age_wanted, too_much
from shop.safety.sale import SaleRefusal, sale_refusal
from shop.safety.states_served import state_code
from shop.web import settings

CANCEL = "Cancel the order; canceling returns the money."


@dataclass(frozen=True)
class Block:
    """One reason: its code, the medicine's name ("" for the whole order), why, and what to do next."""

    code: str
    name: str
    sentence: str
    todo: str = CANCEL

    @property
    def words(self) -> str:
        """The reason with the line it is about."""
        return f"{self.name}: {self.sentence}" if self.name else self.sentence


WAITS = frozenset({copies.CODE, "review_stops", "review_needs"})
"""Codes of blocks about which a pharmacist decides, and the customer waits."""
_CONFIRM = "Ask a pharmacist to confirm it at the desk. Then it can ship."
_DECIDE = "Ask a pharmacist: it’s under “Reviews” at the pharmacist desk."
_TAKEN_OFF = f"If it wasn’t for safety, list it again. Otherwise: {CANCEL}"
_SALE = {
    SaleRefusal.NOT_LISTED: ("It was taken off sale.", _TAKEN_OFF),
    SaleRefusal.OTHER_MARKET: ("It is no longer marketed in the country we sell in.", CANCEL),
    SaleRefusal.STRENGTH_TO_CHECK: (
        "Its listed strength is implausible.",
        f"Check the strength and fix its price. If it is wrong: {CANCEL}",
    ),
}
"""Of `SaleRefusal`; a price that is missing now was agreed on when it was ordered, and blocks nothing."""


@dataclass(frozen=True)
class _Known:
    """What was read for all orders at once."""

    facts: Mapping[int, VariantFacts]
    contents: Mapping[int, Contents]
    bought: Mapping[int, Sequence[Bought]]
    lapsed: Mapping[int, Lapse]
    arrived: Mapping[int, tuple[Origin, ConfirmedHow | None]]
    not_covered: frozenset[tuple[int, int]]
    reviewed: Mapping[int, Sequence[Asked]]
    market: str


def blocks_of(orders: Sequence[Order], today: date, market: str) -> dict[int, list[Block]]:
    """By order id, what forbids shipping it; empty where nothing does. Load the orders' lines beforehand."""
    known = _read(orders, today, market)
    return {order.id: list(_blocks(order, known)) for order in orders}


def _read(orders: Sequence[Order], today: date, market: str) -> _Known:
    lines = [line for order in orders for line in order.lines]
    counted = [one for one in orders if any(not line.prescription_required for line in one.lines)]
    bought = persons.bought_beside(counted)
    variant_ids = {line.variant_id for line in lines}
    item_ids = {item_id for line in lines if (item_id := line.prescription_item_id)}
    return _Known(
        catalogue.variants(variant_ids),
        contents(variant_ids | {one.variant_id for those in bought.values() for one in those}),
        bought,
        lapses(item_ids, today),
        arrivals(item_ids),
        frozenset(not_covered({(i, one.variant_id) for one in lines if (i := one.prescription_item_id)})),
        open_alerts(orders, today),
        market,
    )


def _blocks(order: Order, known: _Known) -> Iterator[Block]:
    if refusal := destination_refusal(order.address, known.market):
        yield Block(refusal.code, "", refusal.message)
    wanted = [
        Wanted(line.id, line.variant_id, line.quantity, line.prescription_required) for line in order.lines
    ]
    review = judge(wanted, known.bought.get(order.id, ()), known.contents, state_code(order.region))
    for line in order.lines:
        ways: tuple[Callable[[OrderLine, SafetyReview, _Known], Block | None], ...]
        ways = (_not_sold, _barred, _without_prescription, _on_a_copy, _over_limit)
        yield from (block for way in ways if (block := way(line, review, known)))
    if review.age_asked and (order.age_declared or 0) < review.age_asked.age:
        yield Block("age_not_declared", "", f"{age_wanted(review.age_asked)} The order declares no such age.")
    yield from _reviewed(known.reviewed.get(order.id, ()))


def _reviewed(alerts: Sequence[Asked]) -> Iterator[Block]:
    """What the drug utilization review found; for admins without anything about the patient."""
    if any(one.verdict is Verdict.STOPS for one in alerts):
        yield Block("review_stops", "", "The drug review stops this order.", _DECIDE)
    elif alerts:
        yield Block("review_needs", "", "A pharmacist must resolve its drug review alerts first.", _DECIDE)


def _not_sold(line: OrderLine, _review: SafetyReview, known: _Known) -> Block | None:
    facts = known.facts[line.variant_id]
    if facts.refused:
        return Block(facts.refused.code, line.name, facts.refused.sentence)
    if facts.not_by_mail:
        return Block("not_by_mail", line.name, f"It can’t be sent by mail: {facts.not_by_mail}.")
    if facts.withdrawn_on:
        return Block("withdrawn", line.name, "It was withdrawn from sale.")
    refusal = sale_refusal(facts, known.market)
    return Block(refusal.value, line.name, *_SALE[refusal]) if refusal in _SALE else None


def _barred(line: OrderLine, review: SafetyReview, _known: _Known) -> Block | None:
    bar = review.barred.get(line.id)
    return Block("barred_in_state", line.name, bar) if bar else None


def _without_prescription(line: OrderLine, _review: SafetyReview, known: _Known) -> Block | None:
    if line.prescription_item_id is None:
        needed = known.facts[line.variant_id].prescription_required
        return Block("prescription_missing", line.name, "It needs a prescription now.") if needed else None
    if (line.prescription_item_id, line.variant_id) in known.not_covered:
        why = "This medicine can’t be dispensed for the one on its prescription."
        return Block("not_covered", line.name, why)
    lapse = known.lapsed.get(line.prescription_item_id)
    if lapse is None:
        return None
    todo = "Look at the prescription. If it can’t be filled, cancel the order."
    return Block("prescription_expired", line.name, lapse.sentence, todo)


def _on_a_copy(line: OrderLine, _review: SafetyReview, known: _Known) -> Block | None:
    """Said of a prescription that is valid otherwise; for admins without anything about the patient."""
    arrived = known.arrived.get(line.prescription_item_id or 0)
    if arrived is None or line.prescription_item_id in known.lapsed:
        return None
    code = copies.shipping_refusal(*arrived, state_code(line.order.region), settings().copy_suffices_in)
    sentence = "Its prescription is a customer’s photo that isn’t confirmed yet."
    return Block(code, line.name, sentence, _CONFIRM) if code else None


def _over_limit(line: OrderLine, review: SafetyReview, _known: _Known) -> Block | None:
    found = next((one for one in review.too_much if line.id in one.keys), None)
    return Block(found.code.value, line.name, too_much(found)) if found else None
