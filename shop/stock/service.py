"""Writing stock: receiving deliveries, quarantining lots. Holds and dispensing are in `holds`.

Counts change only in this room, each with its ledger row.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.packs import packs
from shop.clock import business_date
from shop.database import db, lock_name, portions, rows_changed
from shop.errors import DomainError, NotFound
from shop.projections.cache_version import stock_changed
from shop.stock.models import Lot, Movement
from shop.stock.queries import sold_closed
from shop.stock.rules import Move, average_cost, good_on
from shop.stock.states import LotStatus, MovementKind

MOST_RECEIVED = 10_000_000
MOST_ON_HAND = 1_000_000_000
LONGEST_NUMBER = 40


class LotRefused(DomainError):
    """A delivery that cannot be received as entered. `field` is the argument at fault."""

    status = 422
    code = "lot_refused"

    def __init__(self, field: str, message: str, todo: str) -> None:
        super().__init__(message, todo)
        self.field = field


class AlreadyReceived(DomainError):
    """The form was sent before and has been booked, as `lot_id`: nothing is booked twice."""

    code = "already_received"

    def __init__(self, lot_id: int) -> None:
        super().__init__("This delivery was received already.", "It wasn’t added a second time.")
        self.lot_id = lot_id


def receive_lot(
    variant_id: int,
    pack_id: int | None,
    number: str,
    expires_on: date,
    quantity: int,
    unit_cost: Decimal | None,
    actor_id: int | None,
    at: datetime,
    delivery: str | None = None,
    *,
    moved: bool = False,
) -> int:
    """Receive `quantity` units into stock and return the lot's id. More of a known lot adds to it.

    `delivery` names the sent form; one that was booked before raises AlreadyReceived. `moved`: the units come
    from another lot here.

    A lot belongs to its pack: two makers' lot "A1" are two lots. `pack_id` is None only where the catalogue
    has no pack of the variant. The unit cost of a known lot becomes the average, weighted by units. A lot in
    quarantine stays there.
    """
    number = number.strip()
    _check_first(delivery)
    check_delivery(number, expires_on, quantity, at)
    size = _pack_size(variant_id, pack_id, quantity)
    of_pack = Lot.pack_id.is_(None) if pack_id is None else Lot.pack_id == pack_id
    known = select(Lot).where(Lot.variant_id == variant_id, of_pack, Lot.number == number)
    lot = db.session.scalar(known.with_for_update().execution_options(populate_existing=True))
    if lot is None:
        lot = _new_lot(variant_id, pack_id, size, number, expires_on, unit_cost, at)
    elif lot.expires_on != expires_on:
        raise LotRefused(
            "expires_on",
            f"Lot {number} is already in stock with another expiration date, {lot.expires_on.isoformat()}.",
            "A lot has one expiration date: check both packages.",
        )
    elif size and lot.pack_size and lot.pack_size != size:
        raise LotRefused(
            "item",
            f"Lot {number} is in stock in packages of {lot.pack_size:,}; now this package holds {size:,}.",
            "Check the package’s size before you receive more of it.",
        )
    cost = average_cost(lot.unit_cost, lot.on_hand, unit_cost, quantity)
    added = rows_changed(
        update(Lot)
        .where(Lot.id == lot.id, Lot.on_hand <= MOST_ON_HAND - quantity)
        .values(on_hand=Lot.on_hand + quantity, unit_cost=cost)
    )
    if not added:
        raise LotRefused("quantity", f"Lot {number} would exceed a billion units.", "Check the quantity.")
    kind, reason = (MovementKind.ADJUSTED, Move.IN.value) if moved else (MovementKind.RECEIVED, "")
    record_movement(lot.id, kind, quantity, at, actor_id, delivery=delivery, reason=reason)
    stock_changed([variant_id])
    event, why = (Event.LOT_CORRECTED, {"reason": reason}) if moved else (Event.LOT_RECEIVED, {})
    audit.record(event, at=at, subject=("lot", lot.id), actor_id=actor_id, quantity=quantity, **why)
    db.session.flush()
    return lot.id


def follow_packs(variants: Mapping[int, int], sizes: Mapping[int, int]) -> int:
    """Let lots go with their packs: `variants` and, where none was known, `sizes` by pack; how many moved.

    Only for packs whose units stay what they were. Who calls it says so to the caches.
    """
    moved = 0
    for some in portions(sorted(variants)):
        lots = select(Lot.id, Lot.pack_id).where(Lot.pack_id.in_(some)).order_by(Lot.id)
        for lot_id, pack_id in db.session.execute(lots).all():
            new = variants[pack_id or 0]
            moved += rows_changed(update(Lot).where(Lot.id == lot_id).values(variant_id=new))
    for some in portions(sorted(sizes)):
        lots = select(Lot.id, Lot.pack_id).where(Lot.pack_id.in_(some), Lot.pack_size.is_(None))
        for lot_id, pack_id in db.session.execute(lots.order_by(Lot.id)).all():
            db.session.execute(update(Lot).where(Lot.id == lot_id).values(pack_size=sizes[pack_id or 0]))
    return moved


def forget_size(pack_id: int) -> None:
    """Nobody knows any more what the pack holds. Who calls it tells the caches."""
    db.session.execute(update(Lot).where(Lot.pack_id == pack_id).values(pack_size=None))


def quarantine(lot_id: int, reason: str, actor_id: int, at: datetime) -> bool:
    """Quarantine a lot: none of it is picked until that is lifted. False if it is quarantined already.

    `reason` is a code, one of `rules.Reason`: it goes into the audit record.
    """
    return _set_status(
        lot_id, LotStatus.PICKABLE, LotStatus.QUARANTINED, Event.LOT_QUARANTINED, reason, actor_id, at
    )


def lift_quarantine(lot_id: int, reason: str, actor_id: int, at: datetime) -> bool:
    """Lift a quarantine, `reason` one of `rules.LiftReason`. False if the lot is not quarantined."""
    return _set_status(
        lot_id, LotStatus.QUARANTINED, LotStatus.PICKABLE, Event.LOT_RELEASED, reason, actor_id, at
    )


def _set_status(
    lot_id: int, old: LotStatus, new: LotStatus, event: Event, reason: str, actor_id: int, at: datetime
) -> bool:
    changed = db.session.scalars(
        update(Lot)
        .where(Lot.id == lot_id, Lot.status == old)
        .values(status=new, status_reason=reason)
        .returning(Lot.variant_id)
    ).all()
    if changed:
        stock_changed(changed)
        audit.record(event, at=at, subject=("lot", lot_id), actor_id=actor_id, reason=reason)
    elif db.session.get(Lot, lot_id) is None:
        raise NotFound("There is no such lot.", "Go back to the stock list.")
    return bool(changed)


def booked_by(form: str) -> int | None:
    """The lot that a form was booked to, None for one that was not; it stays so until the transaction ends.

    The same form sent twice at once is booked one after the other, and the second finds the first.
    """
    lock_name(f"delivery: {form}")
    return db.session.scalar(select(Movement.lot_id).where(Movement.delivery == form).limit(1))


def _check_first(delivery: str | None) -> None:
    if delivery is not None and (lot_id := booked_by(delivery)) is not None:
        raise AlreadyReceived(lot_id)


def check_delivery(number: str, expires_on: date, quantity: int, at: datetime) -> None:
    """Raises LotRefused for what no delivery can be. What is in stock is looked at when it is booked."""
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise LotRefused(
            "number", f"A lot number has 1 to {LONGEST_NUMBER} characters.", "Copy it from the package."
        )
    if not 0 < quantity <= MOST_RECEIVED:
        raise LotRefused("quantity", "Enter between 1 and 10,000,000 units.", "Check the quantity.")
    if not good_on(expires_on, business_date(at)):
        raise LotRefused(
            "expires_on", f"Lot {number} has already expired.", "Check the expiration date on the package."
        )


def _pack_size(variant_id: int, pack_id: int | None, quantity: int) -> int | None:
    """Units in one pack, None where it is not known. Closed packs come whole."""
    pack = packs([pack_id]).get(pack_id) if pack_id else None
    if pack_id and (pack is None or pack.variant_id != variant_id):
        raise LotRefused("item", "This package is not of this medicine.", "Choose the package again.")
    size = pack.size if pack else None
    if size and quantity % size and sold_closed(variant_id):
        raise LotRefused(
            "quantity",
            f"{quantity:,} isn’t a whole number of {size:,}-count packages. This medicine is sold sealed.",
            "Enter the units in whole packages.",
        )
    return size


def _new_lot(
    variant_id: int,
    pack_id: int | None,
    pack_size: int | None,
    number: str,
    expires_on: date,
    unit_cost: Decimal | None,
    at: datetime,
) -> Lot:
    lot = Lot(
        variant_id=variant_id,
        pack_id=pack_id,
        pack_size=pack_size,
        number=number,
        expires_on=expires_on,
        unit_cost=unit_cost,
        received_at=at,
        on_hand=0,
        held=0,
        status=LotStatus.PICKABLE,
    )
    db.session.add(lot)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise LotRefused(
            "number",
            f"Lot {number} wasn’t saved: somebody else just received it.",
            "Try again.",
        ) from error
    return lot


def record_movement(
    lot_id: int,
    kind: MovementKind,
    quantity: int,
    at: datetime,
    actor_id: int | None,
    order_line_id: int | None = None,
    delivery: str | None = None,
    reason: str = "",
) -> None:
    """Write the ledger row of a change of a lot's count, in the transaction that makes it.

    `delivery` names the sent form that it books, if one does; `reason` is a code.
    """
    db.session.add(
        Movement(
            lot_id=lot_id,
            kind=kind,
            quantity=quantity,
            at=at,
            actor_id=actor_id,
            order_line_id=order_line_id,
            delivery=delivery,
            reason=reason,
        )
    )
