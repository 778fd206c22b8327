"""Units that are kept already: moved to other lots, given back, dispensed, the last of a prescription."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from shop.clock import now
from shop.clock import today as store_today
from shop.database import db
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import PrescriptionItem
from shop.stock import holds
from shop.stock import service as stock
from shop.stock.models import Hold
from tests.factories import in_transaction, make_lot
from tests.integration.checkout.store_counter import approve
from tests.integration.frequency.decision import Decision, assert_said
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.bought import UNITS


def new_line() -> int:
    """An order line that no order has: stock keeps units for any number."""
    return uuid4().int >> 66


@dataclass(frozen=True)
class TwoLots:
    """The later lot is in quarantine. One line is kept from it alone, another one from both."""

    moves: int
    ends: int


def kept_from_two_lots(count: int) -> list[TwoLots]:
    with in_transaction():
        return [_kept_from_two_lots() for _ in range(count)]


def _kept_from_two_lots() -> TwoLots:
    later = orders.on_shelf(fresh=True)
    today = store_today()
    make_lot(later.variant_id, 100, today + timedelta(days=800))
    makes_room, made = new_line(), TwoLots(new_line(), new_line())
    for line, quantity in ((makes_room, 50), (made.ends, 60), (made.moves, 40)):
        holds.hold(line, later.variant_id, quantity, today, now())
    holds.release([makes_room], now())
    stock.quarantine(later.lot_id, "recall_class_2", 1, now())
    return made


def move(made: TwoLots) -> None:
    holds.reallocate([made.moves], now().date(), now())


def end(made: TwoLots) -> None:
    holds.release([made.ends], now())


def moved_and_ended(made: TwoLots, said: list[str]) -> None:
    assert_said(said, 3, "")
    kept = select(func.sum(Hold.quantity)).where(Hold.state == "held")
    assert db.session.scalar(kept.where(Hold.order_line_id == made.moves)) == 40
    assert db.session.scalar(kept.where(Hold.order_line_id == made.ends)) is None
    db.session.rollback()


# --- A prescription's quantity ---


def one_fill_left(count: int) -> list[int]:
    with in_transaction():
        shelf = orders.on_shelf(fresh=True)
        user_id = orders.person("customer")
        return [approve(user_id, shelf.variant_id, UNITS, refills=0) for _ in range(count)]


def hold_first(item_id: int, line: int = 0) -> None:
    quantities.hold_quantity(item_id, 3 * item_id + line, UNITS, now(), now().date())


def hold_second(item_id: int) -> None:
    hold_first(item_id, 1)


def hold_third(item_id: int) -> None:
    hold_first(item_id, 2)


def held_once(item_id: int, said: list[str]) -> None:
    assert_said(said, 1, "NotEnoughLeft")
    assert db.session.get_one(PrescriptionItem, item_id).taken == UNITS


def one_fill_held(count: int) -> list[int]:
    items = one_fill_left(count)
    with in_transaction():
        for item_id in items:
            hold_first(item_id)
    return items


def release(item_id: int) -> None:
    quantities.release_quantity([3 * item_id], now())


def dispense(item_id: int) -> None:
    quantities.dispense_quantity([3 * item_id], now())


def dispensed_or_released(item_id: int, said: list[str]) -> None:
    taken = db.session.get_one(PrescriptionItem, item_id).taken
    assert said[:2] == ["done", "done"]
    assert taken == (UNITS if said[2] == "done" else 0), said
    assert said[2] in ("done", "NotDispensable"), said


DECISIONS = [
    Decision("lots are changed", kept_from_two_lots, (move, end, move), moved_and_ended),
    Decision("the last pills", one_fill_left, (hold_first, hold_second, hold_third), held_once),
    Decision("a fill ends", one_fill_held, (release, release, dispense), dispensed_or_released),
]
