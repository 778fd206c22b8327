"""Decisions about units: the last pack, a lot, the last pills of a prescription."""

from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import func, select

from shop.basket import service as basket
from shop.basket.models import Basket
from shop.basket.owner import BasketOwner
from shop.checkout import place_order
from shop.clock import now
from shop.database import db
from shop.orders.models import Order
from shop.stock import service as stock
from shop.stock.models import Lot
from tests.factories import in_transaction, patient_of
from tests.integration.checkout.store_counter import approve
from tests.integration.frequency.decision import Decision, assert_said
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.bought import ADDRESS, NAMES, TERMS, UNITS, Shelf


@dataclass(frozen=True)
class Wanted:
    """All that is left of a medicine, in the baskets of three; or of one customer three times."""

    buyers: tuple[int, ...]
    shelf: Shelf


def wanted_by(people: int, count: int) -> list[Wanted]:
    with in_transaction():
        return [_wanted(people) for _ in range(count)]


def _wanted(people: int) -> Wanted:
    shelf = orders.on_shelf(UNITS if people > 1 else UNITS * 3, fresh=True)
    buyers = [orders.person("customer") for _ in range(people)]
    for buyer in buyers:
        approve(buyer, shelf.variant_id, UNITS, refills=5)
        basket.add(BasketOwner(user_id=buyer), shelf.variant_id, UNITS, now())
    return Wanted(tuple(buyers), shelf)


def buy(made: Wanted, place: int = 0) -> None:
    address = replace(ADDRESS, recipient=NAMES[place])  # of one person they would wait for each other
    buyer = made.buyers[place]
    healthy = [patient_of(buyer)]
    place_order.create_order(buyer, address, UNITS * 51 + 490, TERMS, now(), nothing_new=healthy)


def buy_as_second(made: Wanted) -> None:
    buy(made, 1)


def buy_as_third(made: Wanted) -> None:
    buy(made, 2)


def put_aside(made: Wanted) -> None:
    stock.quarantine(made.shelf.lot_id, "recall_class_2", made.buyers[0], now())


def one_has_it(made: Wanted, said: list[str]) -> None:
    assert said.count("done") == 1, said
    assert set(said) <= {"done", "OutOfStock", "BasketBlocked"}, said
    assert db.session.get_one(Lot, made.shelf.lot_id).held == UNITS
    assert _orders_of(made) == 1


def one_has_it_or_none(made: Wanted, said: list[str]) -> None:
    lot = db.session.get_one(Lot, made.shelf.lot_id)
    assert lot.status == "quarantined"
    assert lot.held == UNITS * (said[:2].count("done")) <= UNITS, said
    assert _orders_of(made) == said[:2].count("done")


def ordered_once(made: Wanted, said: list[str]) -> None:
    """The others wait, and meet the one unpaid order that the first has made."""
    assert_said(said, 1, "OrderMovedOn")
    assert db.session.get_one(Lot, made.shelf.lot_id).held == UNITS
    assert _orders_of(made) == 1


def _orders_of(made: Wanted) -> int:
    return db.session.scalar(select(func.count(Order.id)).where(Order.user_id.in_(made.buyers))) or 0


def fill(made: Wanted) -> None:
    basket.add(BasketOwner(user_id=made.buyers[0]), made.shelf.variant_id, UNITS, now())


def nobody_has_a_basket(count: int) -> list[Wanted]:
    with in_transaction():
        shelf = orders.on_shelf(fresh=True)
        return [Wanted((orders.person("customer"),), shelf) for _ in range(count)]


def one_basket(made: Wanted, said: list[str]) -> None:
    assert_said(said, 3, "")
    (found,) = db.session.scalars(select(Basket).where(Basket.user_id == made.buyers[0]))
    assert [line.quantity for line in found.lines] == [UNITS]


def receive(made: Wanted) -> None:
    lot = db.session.get_one(Lot, made.shelf.lot_id)
    stock.receive_lot(made.shelf.variant_id, None, lot.number, lot.expires_on, 10, None, None, now())


def deliveries_add_up(made: Wanted, said: list[str]) -> None:
    assert_said(said, 3, "")
    assert db.session.get_one(Lot, made.shelf.lot_id).on_hand == UNITS + 30


DECISIONS = [
    Decision("the last pack", partial(wanted_by, 3), (buy, buy_as_second, buy_as_third), one_has_it),
    Decision("it is put aside", partial(wanted_by, 2), (buy, buy_as_second, put_aside), one_has_it_or_none),
    Decision("one customer orders three times", partial(wanted_by, 1), (buy,) * 3, ordered_once),
    Decision("a customer's first basket", nobody_has_a_basket, (fill,) * 3, one_basket),
    Decision("deliveries of one lot", partial(wanted_by, 3), (receive,) * 3, deliveries_add_up),
]
