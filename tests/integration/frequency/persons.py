"""Decisions about one person with several accounts: what is sold over the counter is sold to the person."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import func, select

from shop.addresses import PostalAddress
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import place_order
from shop.clock import now, today
from shop.database import db
from shop.orders.models import Order, OrderLine
from tests.factories import in_transaction, make_lot, make_variant
from tests.integration.frequency.decision import Decision, assert_said
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.bought import ADDRESS, TERMS

UNITS = 40  # two of the smallest packs; three are sold to a person


@dataclass(frozen=True)
class Accounts:
    """Three accounts with the same in their baskets, and where each has it sent."""

    buyers: tuple[int, ...]
    addresses: tuple[PostalAddress, ...]


def accounts(count: int) -> list[Accounts]:
    with in_transaction():
        return [_accounts() for _ in range(count)]


def _accounts() -> Accounts:
    variant_id = make_variant(f"Testamol {uuid4().hex}", "220 mg", "0.10", rx=False, quantities=(20,))
    make_lot(variant_id, UNITS * 3, today() + timedelta(days=900))
    buyers = tuple(orders.person("customer") for _ in range(3))
    for buyer in buyers:
        basket.add(BasketOwner(user_id=buyer), variant_id, UNITS, now())
    street = f"{uuid4().hex} Example"
    spelled = (
        ("Ada Specimen", f"{street} Street"),
        ("ADA B. SPECIMEN", f"{street.upper()} ST."),
        ("Áda  Specimen", f"  {street} st"),
    )
    return Accounts(buyers, tuple(replace(ADDRESS, recipient=name, line1=line1) for name, line1 in spelled))


def buy(place: int, made: Accounts) -> None:
    place_order.create_order(made.buyers[place], made.addresses[place], UNITS * 10 + 490, TERMS, now())


def sold_once(made: Accounts, said: list[str]) -> None:
    assert_said(said, 1, "BasketBlocked")
    ordered = select(func.sum(OrderLine.quantity)).join(Order).where(Order.user_id.in_(made.buyers))
    assert db.session.scalar(ordered) == UNITS


DECISIONS = [
    Decision(
        "three accounts of one person", accounts, tuple(partial(buy, place) for place in range(3)), sold_once
    )
]
