"""Units that came back from customers: set aside, then destroyed. They never become stock again.

A dispensed prescription medicine may not (FDA Compliance Policy Guide 460.300: a pharmacist should not return
drug products to stock once they are out of the pharmacy's possession); store policy treats what is sold over
the counter alike, unopened or not: nobody knows how it was stored meanwhile.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import case, func, select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.stock.models import Returned
from shop.stock.states import ReturnKind

Units = Mapping[tuple[int, int], int]
"""Units by order line and lot."""


def take_back(units: Units, actor_id: int, at: datetime, destroyed: bool) -> None:
    """Book units as returned, and as destroyed where they were right away. The order is locked."""
    for (order_line_id, lot_id), quantity in units.items():
        _book(order_line_id, lot_id, ReturnKind.QUARANTINED, quantity, actor_id, at)
        if destroyed:
            _book(order_line_id, lot_id, ReturnKind.DESTROYED, quantity, actor_id, at)
    db.session.flush()


def destroy(order_line_ids: Iterable[int], actor_id: int, at: datetime) -> int:
    """Book everything of these lines that is set aside as destroyed; how many units. The order is locked."""
    set_aside = {key: units for key, (_, units) in of_lines(order_line_ids).items() if units}
    for (order_line_id, lot_id), quantity in set_aside.items():
        _book(order_line_id, lot_id, ReturnKind.DESTROYED, quantity, actor_id, at)
    db.session.flush()
    return sum(set_aside.values())


def undo(order_line_ids: Iterable[int], actor_id: int, at: datetime) -> int:
    """Book everything of these lines that is set aside as recorded by mistake; how many units. The order is
    locked. What was destroyed had come back.
    """
    set_aside = {key: units for key, (_, units) in of_lines(order_line_ids).items() if units}
    for (order_line_id, lot_id), quantity in set_aside.items():
        _book(order_line_id, lot_id, ReturnKind.MISTAKEN, quantity, actor_id, at)
    db.session.flush()
    return sum(set_aside.values())


def mistaken(order_line_ids: Iterable[int]) -> int:
    """Units of these lines whose return was taken back."""
    theirs = Returned.order_line_id.in_(list(order_line_ids)), Returned.kind == ReturnKind.MISTAKEN
    return int(db.session.scalar(select(func.sum(Returned.quantity)).where(*theirs)) or 0)


def of_lines(order_line_ids: Iterable[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """By order line and lot: units that came back, and how many of them are set aside still."""
    return _sums(Returned.order_line_id.in_(list(order_line_ids)))


def of_lot(lot_id: int) -> tuple[int, int]:
    """Units of a lot that came back, and how many of them are set aside still."""
    sums = _sums(Returned.lot_id == lot_id).values()
    return sum(back for back, _ in sums), sum(aside for _, aside in sums)


def _sums(which: object) -> dict[tuple[int, int], tuple[int, int]]:
    came_back = case(
        (Returned.kind == ReturnKind.QUARANTINED, Returned.quantity),
        (Returned.kind == ReturnKind.MISTAKEN, -Returned.quantity),
        else_=0,
    )
    left = case((Returned.kind == ReturnKind.QUARANTINED, Returned.quantity), else_=-Returned.quantity)
    rows = db.session.execute(
        select(Returned.order_line_id, Returned.lot_id, func.sum(came_back), func.sum(left))
        .where(which)  # type: ignore[arg-type]
        .group_by(Returned.order_line_id, Returned.lot_id)
        .order_by(Returned.order_line_id, Returned.lot_id)
    )
    return {(line_id, lot_id): (int(back), int(aside)) for line_id, lot_id, back, aside in rows}


def _book(
    order_line_id: int, lot_id: int, kind: ReturnKind, quantity: int, actor_id: int, at: datetime
) -> None:
    db.session.add(
        Returned(
            lot_id=lot_id,
            order_line_id=order_line_id,
            kind=kind,
            quantity=quantity,
            actor_id=actor_id,
            at=at,
        )
    )
    audit.record(
        Event.LOT_RETURNED,
        at=at,
        subject=("lot", lot_id),
        actor_id=actor_id,
        kind=kind,
        order_line=order_line_id,
        quantity=quantity,
    )
