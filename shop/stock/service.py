"""Writing stock: receiving lots, holding units for an order line, dispensing or releasing them, quarantine.

Counts change only here, each with its ledger row. A count is taken by an UPDATE that names the condition it
needs, with a CHECK behind it: of two customers for the last pack, one finds no row to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.errors import DomainError, NotFound
from shop.stock import rules
from shop.stock.models import Hold, Lot, Movement
from shop.stock.queries import lots_to_pick

MOST_UNITS = 10_000_000


class OutOfStock(DomainError):
    """Fewer units are free than were asked for. `left` is how many there are."""

    code = "out_of_stock"

    def __init__(self, variant_id: int, left: int) -> None:
        words = f"Only {left} are left" if left else "None are left"
        super().__init__(
            f"{words} of one medicine in your basket.", "Choose a smaller quantity or remove it."
        )
        self.variant_id = variant_id
        self.left = left


class LotNotPickable(DomainError):
    """A lot held for an order was quarantined, or expired, before it was packed."""

    code = "lot_not_pickable"


class LotRefused(DomainError):
    """A delivery that cannot be booked as typed."""

    status = 422
    code = "lot_refused"


@dataclass(frozen=True)
class LotUnits:
    """So many units of a lot, for one order line: held, or dispensed."""

    order_line_id: int
    lot_id: int
    lot_number: str
    expires_on: date
    quantity: int


def hold(order_line_id: int, variant_id: int, quantity: int, outlasts: date, at: datetime) -> list[LotUnits]:
    """Keep `quantity` units for an order line, FEFO among the lots good on `outlasts`. All or `OutOfStock`.

    Callers with several lines go through them by variant id, so that lots are always locked in one order.
    """
    held: list[LotUnits] = []
    missing = quantity
    while missing:
        picks = rules.fefo(lots_to_pick(variant_id), missing, outlasts)
        if sum(pick.quantity for pick in picks) < missing:
            raise OutOfStock(variant_id, quantity - missing + sum(pick.quantity for pick in picks))
        for pick in picks:
            if _take(pick):  # otherwise somebody was quicker: look again
                missing -= pick.quantity
                db.session.add(
                    Hold(
                        lot_id=pick.lot.id, order_line_id=order_line_id, quantity=pick.quantity, created_at=at
                    )
                )
                held.append(
                    LotUnits(order_line_id, pick.lot.id, pick.lot.number, pick.lot.expires_on, pick.quantity)
                )
    db.session.flush()
    return held


def release(order_line_ids: Sequence[int], at: datetime) -> None:
    """Give back what is still held for these order lines. Doing it again changes nothing."""
    for one in _holds(order_line_ids):
        if _end(one, "released"):
            db.session.execute(update(Lot).where(Lot.id == one.lot_id).values(held=Lot.held - one.quantity))
    db.session.flush()


def dispense(order_line_ids: Sequence[int], at: datetime, actor_id: int) -> list[LotUnits]:
    """Take what is held for these order lines off the shelf, and say from which lots.

    Refuses with `LotNotPickable` when a lot was quarantined or expired in the meantime.
    """
    dispensed: list[LotUnits] = []
    for one in _holds(order_line_ids):
        lot = db.session.scalars(select(Lot).where(Lot.id == one.lot_id).with_for_update()).one()
        if lot.status != "pickable" or lot.expires_on < at.date():
            state = "in quarantine" if lot.status != "pickable" else "expired"
            raise LotNotPickable(
                f"Lot {lot.number}, kept for this order, is {state}.",
                "Cancel the order, or lift the quarantine if it was a mistake.",
            )
        if not _end(one, "dispensed"):
            continue
        db.session.execute(
            update(Lot)
            .where(Lot.id == lot.id)
            .values(held=Lot.held - one.quantity, on_hand=Lot.on_hand - one.quantity)
        )
        _move(lot.id, "dispensed", -one.quantity, at, actor_id, order_line_id=one.order_line_id)
        dispensed.append(LotUnits(one.order_line_id, lot.id, lot.number, lot.expires_on, one.quantity))
    db.session.flush()
    return dispensed


def receive_lot(
    variant_id: int,
    pack_id: int | None,
    number: str,
    expires_on: date,
    quantity: int,
    unit_cost: Decimal | None,
    actor_id: int | None,
    at: datetime,
) -> int:
    """Book a delivery of `quantity` units and return the lot's id. More of a known lot adds to it."""
    if not 0 < quantity <= MOST_UNITS:
        raise LotRefused("A delivery has at least one unit, and at most ten million.", "Check the quantity.")
    if expires_on <= at.date():
        raise LotRefused(f"Lot {number} has expired already.", "Check the expiry date on the package.")
    lot = db.session.scalar(select(Lot).where(Lot.variant_id == variant_id, Lot.number == number))
    if lot is None:
        lot = Lot(
            variant_id=variant_id, pack_id=pack_id, number=number, expires_on=expires_on,
            unit_cost=unit_cost, received_at=at, on_hand=0, held=0, status="pickable",
        )  # fmt: skip
        db.session.add(lot)
        try:
            db.session.flush()
        except IntegrityError as error:
            raise LotRefused(f"Lot {number} was booked by somebody else just now.", "Try again.") from error
    elif lot.expires_on != expires_on:
        raise LotRefused(
            f"Lot {number} is on the shelf with another expiry date, {lot.expires_on.isoformat()}.",
            "One lot has one date: check both packages.",
        )
    db.session.execute(update(Lot).where(Lot.id == lot.id).values(on_hand=Lot.on_hand + quantity))
    _move(lot.id, "received", quantity, at, actor_id)
    audit.record(Event.LOT_RECEIVED, at=at, subject=("lot", lot.id), actor_id=actor_id, quantity=quantity)
    db.session.flush()
    return lot.id


def quarantine(lot_id: int, reason: str, actor_id: int, at: datetime) -> None:
    """Put a lot aside: nothing of it is picked until the quarantine is lifted."""
    _set_status(lot_id, "pickable", "quarantined", Event.LOT_QUARANTINED, reason, actor_id, at)


def lift_quarantine(lot_id: int, reason: str, actor_id: int, at: datetime) -> None:
    """Put a lot back on the shelf."""
    _set_status(lot_id, "quarantined", "pickable", Event.LOT_RELEASED, reason, actor_id, at)


def _set_status(
    lot_id: int, old: str, new: str, event: Event, reason: str, actor_id: int, at: datetime
) -> None:
    changed = db.session.execute(update(Lot).where(Lot.id == lot_id, Lot.status == old).values(status=new))
    if changed.rowcount:
        audit.record(event, at=at, subject=("lot", lot_id), actor_id=actor_id, reason=reason)
    elif db.session.get(Lot, lot_id) is None:
        raise NotFound("There is no such lot.", "Go back to the list of lots.")


def _take(pick: rules.Pick) -> bool:
    taken = db.session.execute(
        update(Lot)
        .where(Lot.id == pick.lot.id, Lot.status == "pickable", Lot.on_hand - Lot.held >= pick.quantity)
        .values(held=Lot.held + pick.quantity)
    )
    return bool(taken.rowcount)


def _holds(order_line_ids: Sequence[int]) -> Sequence[Hold]:
    """What is held for these lines, in the order in which lots are always locked."""
    return db.session.scalars(
        select(Hold)
        .join(Lot, Lot.id == Hold.lot_id)
        .where(Hold.order_line_id.in_(order_line_ids), Hold.state == "held")
        .order_by(Lot.variant_id, Lot.expires_on, Lot.id)
    ).all()


def _end(one: Hold, state: str) -> bool:
    ended = db.session.execute(
        update(Hold).where(Hold.id == one.id, Hold.state == "held").values(state=state)
    )
    return bool(ended.rowcount)


def _move(
    lot_id: int,
    kind: str,
    quantity: int,
    at: datetime,
    actor_id: int | None,
    order_line_id: int | None = None,
) -> None:
    db.session.add(
        Movement(
            lot_id=lot_id, kind=kind, quantity=quantity, at=at, actor_id=actor_id, order_line_id=order_line_id
        )
    )
