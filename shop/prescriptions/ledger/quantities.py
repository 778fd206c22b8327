"""The ledger of a prescription's fills: units held for an order line, given back, or dispensed for good.

What may be taken, `fills` decides, with the item locked. `taken` changes only by a conditional UPDATE, with
the table's CHECK behind it, and each change leaves an entry. Asking again for the same order line changes
nothing. What is given back goes to the fill it came from.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.substitutes import closed_packs
from shop.clock import business_date, day_in_words
from shop.database import db, rows_changed
from shop.errors import DomainError
from shop.prescriptions.copies import shipping_refusal
from shop.prescriptions.ledger.confirming import arrivals
from shop.prescriptions.ledger.coverage import valid_items
from shop.prescriptions.ledger.facts import begun_fills, item_facts
from shop.prescriptions.ledger.fills import NOTHING, Covered, Why, covered_by
from shop.prescriptions.ledger.medicines_covered import not_covered
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem, QuantityEntry
from shop.prescriptions.states import EntryKind, PrescriptionStatus
from shop.web import settings


class NotEnoughLeft(DomainError):
    """The prescription gives fewer units today than were asked for: `covered.now`, and later more."""

    code = "not_enough_left"

    def __init__(self, covered: Covered) -> None:
        later = (
            f" The next {covered.next_units} open on {day_in_words(covered.next_on)}."
            if covered.next_on
            else ""
        )
        if covered.now:
            sentence, todo = (
                f"Your prescription covers {covered.now} now.{later}",
                "Choose a smaller quantity.",
            )
        elif covered.why is Why.NOT_YET and covered.next_on:
            sentence, todo = (
                f"Your prescriber asked that this not be filled before {day_in_words(covered.next_on)}.",
                "Order it again then.",
            )
        elif covered.next_on:
            sentence, todo = f"It’s too early for the next fill.{later}", "Order it again then."
        else:
            sentence, todo = "Your prescription has nothing left.", "Send a new prescription."
        super().__init__(sentence, todo)
        self.covered = covered


class NotDispensable(DomainError):
    """An order line whose units are not held: never taken, or given back already."""

    code = "not_dispensable"

    def __init__(self) -> None:
        super().__init__(
            "The prescription’s quantity is no longer kept for this order.", "Look at the order as it is now."
        )


class PrescriptionLapsed(DomainError):
    """The prescription of an order line may no longer be filled on the day it would be dispensed."""

    code = "prescription_lapsed"

    def __init__(self) -> None:
        super().__init__(
            "A prescription of this order has expired, may not be filled yet, or is no longer approved. "
            "Nothing was shipped.",
            "Look at the prescription. If it can’t be filled, cancel the order.",
        )


class CopyNotConfirmed(DomainError):
    """An order line is on a copy that nobody has confirmed, and where it goes a copy does not suffice."""

    code = "copy_not_confirmed"

    def __init__(self) -> None:
        super().__init__(
            "A prescription on this order is a photo that hasn’t been confirmed. Nothing was shipped.",
            "Ask a pharmacist to confirm it with the prescriber.",
        )


class NotCovered(DomainError):
    """An order line sells what may not be dispensed for the medicine on its prescription."""

    code = "not_covered"

    def __init__(self) -> None:
        super().__init__(
            "The prescription is for a different medicine than the one ordered.",
            "Compare the order with its prescription. Nothing the prescription doesn’t cover is dispensed.",
        )


def hold_quantity(
    item_id: int,
    order_line_id: int,
    quantity: int,
    at: datetime,
    today: date,
    variant_id: int | None = None,
) -> None:
    """Take `quantity` units of an approved item's current fill for an order line; a line takes once.

    `variant_id` is what the line sells, None for the very medicine prescribed. Raises NotCovered for one that
    may not be dispensed for it, and NotEnoughLeft where the fill has fewer, the next is not open, or nothing
    may be dispensed today.
    """
    item = locked_item(item_id)
    if _entries([order_line_id]):
        return
    if variant_id is not None and not_covered([(item_id, variant_id)]):
        raise NotCovered
    covered = covered_today(item, today, variant_id)
    if covered.now < quantity or covered.number is None:
        raise NotEnoughLeft(covered)
    fill_id = _fill_id(item, covered.number, today)
    for kind, row_id in ((PrescriptionFill, fill_id), (PrescriptionItem, item_id)):
        changed = rows_changed(
            update(kind)
            .where(kind.id == row_id)
            .values(taken=kind.taken + quantity)
            .execution_options(synchronize_session=False)
        )
        assert changed, "a row of a locked item is gone"
    _note(item_id, fill_id, order_line_id, EntryKind.HELD, quantity, at)


def locked_item(item_id: int) -> PrescriptionItem:
    """The item, which nobody else changes until the transaction ends; then what it says is read.

    Raises NotEnoughLeft for one that is gone.
    """
    lock = select(PrescriptionItem).where(PrescriptionItem.id == item_id).with_for_update()
    item = db.session.scalar(lock.execution_options(populate_existing=True))
    if item is None:  # the approval was undone in this moment
        raise NotEnoughLeft(NOTHING)
    return item


def covered_today(item: PrescriptionItem, today: date, variant_id: int | None = None) -> Covered:
    """What a locked item gives today of a variant, None for the very medicine prescribed; nothing where its
    prescription is no longer approved.
    """
    prescription = db.session.get_one(Prescription, item.prescription_id, populate_existing=True)
    if prescription.status != PrescriptionStatus.APPROVED:
        return NOTHING
    packs = closed_packs([variant_id or item.variant_id])
    facts = item_facts(item, prescription)
    return covered_by(facts, begun_fills([item.id]), today, next(iter(packs.values()), ()))


def _fill_id(item: PrescriptionItem, number: int, today: date) -> int:
    """The row of a locked item's fill, begun now where it is new."""
    mine = (PrescriptionFill.item_id == item.id) & (PrescriptionFill.number == number)
    fill = db.session.scalar(select(PrescriptionFill).where(mine))
    if fill is None:
        fill = PrescriptionFill(item_id=item.id, number=number, quantity=item.quantity, opened_on=today)
        db.session.add(fill)
        db.session.flush()
    return fill.id


def release_quantity(order_line_ids: Iterable[int], at: datetime) -> None:
    """Give back what these order lines hold. What was dispensed, or given back before, stays as it is."""
    for entry in _held(order_line_ids):
        _note(entry.item_id, entry.fill_id, entry.order_line_id, EntryKind.RELEASED, entry.quantity, at)
        for kind, row_id in ((PrescriptionFill, entry.fill_id), (PrescriptionItem, entry.item_id)):
            rows_changed(
                update(kind)
                .where(kind.id == row_id)
                .values(taken=kind.taken - entry.quantity)
                .execution_options(synchronize_session=False)
            )


def dispense_quantity(
    order_line_ids: Iterable[int],
    at: datetime,
    required: Iterable[int] = (),
    sold: Mapping[int, int] | None = None,
    state: str | None = None,
) -> None:
    """Make what these order lines hold final. Lines without a prescription have nothing to do.

    `required` are the lines that may not leave without one, `sold` the variant of each line, `state` where
    they are sent. Raises NotDispensable for a required one that never took its units, and for any line whose
    units were given back; PrescriptionLapsed, CopyNotConfirmed and NotCovered as `check_dispensable`.
    """
    line_ids = list(order_line_ids)
    held = _held(line_ids)  # locks the items before their entries are judged
    check_dispensable(line_ids, required, at, sold, state)
    for entry in held:
        _note(entry.item_id, entry.fill_id, entry.order_line_id, EntryKind.DISPENSED, entry.quantity, at)


def check_dispensable(
    order_line_ids: Iterable[int],
    required: Iterable[int],
    at: datetime,
    sold: Mapping[int, int] | None = None,
    state: str | None = None,
) -> None:
    """Raise NotDispensable as `dispense_quantity` would; changes nothing.

    Raises PrescriptionLapsed for a line whose prescription expired after it was ordered, may not be filled
    yet, or is not approved; NotCovered for one that sells what its prescription does not cover; and
    CopyNotConfirmed for one on a copy that `copies` does not let go to `state`.
    """
    line_ids = list(order_line_ids)
    entries = _entries(line_ids)
    kinds = _kinds(entries)
    if any(EntryKind.RELEASED in known for known in kinds.values()) or not kinds.keys() >= set(required):
        raise NotDispensable
    items = {entry.item_id for entry in entries}
    if items - valid_items(items, business_date(at)):
        raise PrescriptionLapsed
    suffice = settings().copy_suffices_in
    if any(shipping_refusal(*arrived, state, suffice) for arrived in arrivals(items).values()):
        raise CopyNotConfirmed
    sells = sold or {}
    if not_covered({(one.item_id, sells[one.order_line_id]) for one in entries if sells}):
        raise NotCovered


def lines_held(prescription_id: int) -> list[int]:
    """The order lines that hold units of a prescription: neither given back nor dispensed."""
    done = select(QuantityEntry.order_line_id).where(QuantityEntry.kind != EntryKind.HELD)
    held = (
        select(QuantityEntry.order_line_id)
        .join(PrescriptionItem, PrescriptionItem.id == QuantityEntry.item_id)
        .where(PrescriptionItem.prescription_id == prescription_id, QuantityEntry.kind == EntryKind.HELD)
        .where(QuantityEntry.order_line_id.not_in(done))
    )
    return list(db.session.scalars(held.order_by(QuantityEntry.order_line_id)))


def _held(order_line_ids: Iterable[int]) -> list[QuantityEntry]:
    """Entries of units still held, their items locked in the order of their ids."""
    line_ids = list(order_line_ids)
    items = {entry.item_id for entry in _entries(line_ids)}
    lock = select(PrescriptionItem.id).where(PrescriptionItem.id.in_(items))
    db.session.execute(lock.order_by(PrescriptionItem.id).with_for_update())
    entries = _entries(line_ids)  # again, now that nobody else changes them
    done = {entry.order_line_id for entry in entries if entry.kind != EntryKind.HELD}
    return [entry for entry in entries if entry.kind == EntryKind.HELD and entry.order_line_id not in done]


def _kinds(entries: Iterable[QuantityEntry]) -> dict[int, set[EntryKind]]:
    kinds: dict[int, set[EntryKind]] = {}
    for entry in entries:
        kinds.setdefault(entry.order_line_id, set()).add(entry.kind)
    return kinds


def _entries(order_line_ids: Iterable[int]) -> list[QuantityEntry]:
    mine = select(QuantityEntry).where(QuantityEntry.order_line_id.in_(list(order_line_ids)))
    return list(db.session.scalars(mine.order_by(QuantityEntry.item_id, QuantityEntry.id)))


EVENTS = {
    EntryKind.HELD: Event.PRESCRIPTION_QUANTITY_HELD,
    EntryKind.RELEASED: Event.PRESCRIPTION_QUANTITY_RELEASED,
    EntryKind.DISPENSED: Event.PRESCRIPTION_QUANTITY_DISPENSED,
}


def _note(
    item_id: int, fill_id: int | None, order_line_id: int, kind: EntryKind, quantity: int, at: datetime
) -> None:
    db.session.add(
        QuantityEntry(
            item_id=item_id,
            fill_id=fill_id,
            order_line_id=order_line_id,
            kind=kind,
            quantity=quantity,
            at=at,
        )
    )
    db.session.flush()
    audit.record(
        EVENTS[kind],
        at=at,
        subject=("prescription_item", item_id),
        order_line=order_line_id,
        quantity=quantity,
    )
