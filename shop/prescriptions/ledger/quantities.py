"""The ledger of a prescription item: units held for an order line, given back, or dispensed for good.

`taken` changes only by a conditional UPDATE, with the table's CHECK behind it, and each change leaves an
entry. Asking again for the same order line changes nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import exists, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, rows_changed
from shop.errors import DomainError
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.prescriptions.rules import remaining
from shop.prescriptions.states import EntryKind, PrescriptionStatus


class NotEnoughLeft(DomainError):
    """The prescription allows fewer units than were asked for; `remaining` may be had."""

    code = "not_enough_left"

    def __init__(self, remaining: int) -> None:
        super().__init__(
            f"Your prescription has {remaining} left."
            if remaining
            else "Your prescription has nothing left.",
            "Choose a smaller quantity, or send a new prescription."
            if remaining
            else "Send a new prescription.",
        )
        self.remaining = remaining


class NotDispensable(DomainError):
    """An order line whose units are not held: never taken, or given back already."""

    code = "not_dispensable"

    def __init__(self) -> None:
        super().__init__(
            "The prescription’s quantity is no longer kept for this order.", "Look at the order as it is now."
        )


def hold_quantity(item_id: int, order_line_id: int, quantity: int, at: datetime, today: date) -> None:
    """Take `quantity` units of an approved, unexpired item for an order line; a line takes once.

    Raises NotEnoughLeft, also for a prescription that has expired or is not approved (nothing is left of it).
    """
    if _entries([order_line_id]):
        return
    dispensable = exists().where(
        Prescription.id == PrescriptionItem.prescription_id,
        Prescription.status == PrescriptionStatus.APPROVED,
        Prescription.expires_on >= today,
    )
    enough = PrescriptionItem.taken + quantity <= PrescriptionItem.authorized
    changed = rows_changed(
        update(PrescriptionItem)
        .where(PrescriptionItem.id == item_id, enough, dispensable)
        .values(taken=PrescriptionItem.taken + quantity)
        .execution_options(synchronize_session=False)
    )
    if not changed:
        raise NotEnoughLeft(_left(item_id, today))
    _note(item_id, order_line_id, EntryKind.HELD, quantity, at)


def release_quantity(order_line_ids: Iterable[int], at: datetime) -> None:
    """Give back what these order lines hold. What was dispensed, or given back before, stays as it is."""
    for entry in _held(order_line_ids):
        _note(entry.item_id, entry.order_line_id, EntryKind.RELEASED, entry.quantity, at)
        rows_changed(
            update(PrescriptionItem)
            .where(PrescriptionItem.id == entry.item_id)
            .values(taken=PrescriptionItem.taken - entry.quantity)
            .execution_options(synchronize_session=False)
        )


def dispense_quantity(order_line_ids: Iterable[int], at: datetime, required: Iterable[int] = ()) -> None:
    """Make what these order lines hold final. Lines without a prescription have nothing to do.

    `required` are the lines that may not leave without one. Raises NotDispensable for one of them that never
    took its units, and for any line whose units were given back.
    """
    line_ids = list(order_line_ids)
    held = _held(line_ids)  # locks the items before their entries are judged
    check_dispensable(line_ids, required)
    for entry in held:
        _note(entry.item_id, entry.order_line_id, EntryKind.DISPENSED, entry.quantity, at)


def check_dispensable(order_line_ids: Iterable[int], required: Iterable[int]) -> None:
    """Raise NotDispensable as `dispense_quantity` would; changes nothing."""
    kinds = _kinds(order_line_ids)
    if any(EntryKind.RELEASED in known for known in kinds.values()) or not kinds.keys() >= set(required):
        raise NotDispensable


def _held(order_line_ids: Iterable[int]) -> list[QuantityEntry]:
    """Entries of units still held, their items locked in the order of their ids."""
    line_ids = list(order_line_ids)
    items = {entry.item_id for entry in _entries(line_ids)}
    lock = select(PrescriptionItem.id).where(PrescriptionItem.id.in_(items))
    db.session.execute(lock.order_by(PrescriptionItem.id).with_for_update())
    entries = _entries(line_ids)  # again, now that nobody else changes them
    done = {entry.order_line_id for entry in entries if entry.kind != EntryKind.HELD}
    return [entry for entry in entries if entry.kind == EntryKind.HELD and entry.order_line_id not in done]


def _kinds(order_line_ids: Iterable[int]) -> dict[int, set[EntryKind]]:
    kinds: dict[int, set[EntryKind]] = {}
    for entry in _entries(order_line_ids):
        kinds.setdefault(entry.order_line_id, set()).add(entry.kind)
    return kinds


def _entries(order_line_ids: Iterable[int]) -> list[QuantityEntry]:
    mine = select(QuantityEntry).where(QuantityEntry.order_line_id.in_(list(order_line_ids)))
    return list(db.session.scalars(mine.order_by(QuantityEntry.item_id, QuantityEntry.id)))


def _left(item_id: int, today: date) -> int:
    row = db.session.execute(
        select(PrescriptionItem.authorized, PrescriptionItem.taken)
        .join(Prescription)
        .where(PrescriptionItem.id == item_id)
        .where(Prescription.status == PrescriptionStatus.APPROVED, Prescription.expires_on >= today)
    ).one_or_none()
    return remaining(row.authorized, row.taken) if row else 0


EVENTS = {
    EntryKind.HELD: Event.PRESCRIPTION_QUANTITY_HELD,
    EntryKind.RELEASED: Event.PRESCRIPTION_QUANTITY_RELEASED,
    EntryKind.DISPENSED: Event.PRESCRIPTION_QUANTITY_DISPENSED,
}


def _note(item_id: int, order_line_id: int, kind: EntryKind, quantity: int, at: datetime) -> None:
    db.session.add(
        QuantityEntry(item_id=item_id, order_line_id=order_line_id, kind=kind, quantity=quantity, at=at)
    )
    db.session.flush()
    audit.record(
        EVENTS[kind],
        at=at,
        subject=("prescription_item", item_id),
        order_line=order_line_id,
        quantity=quantity,
    )
