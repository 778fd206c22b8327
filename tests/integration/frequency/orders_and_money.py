"""Decisions about an order, its payment and its money, of which several are taken at once."""

from functools import partial

from shop.database import db
from shop.payments.models import Payment
from tests.factories import in_transaction
from tests.integration.frequency.decision import Decision, assert_said
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.agreement import assert_money_and_goods_agree
from tests.integration.interleaving.bought import UNITS, Bought
from tests.integration.interleaving.test_goods_and_people import put_in_quarantine, refund_most

TOO_LATE = {"OrderMovedOn", "NotToBeShipped", "LotNotPickable"}
QUARRELS = [
    ("unpaid", "confirm", "confirm", "time_is_up"),
    ("unpaid", "confirm", "cancel", "page_expired"),
    ("unpaid", "confirm", "renew", "renew"),
    ("unpaid", "cancel", "renew", "time_is_up"),
    ("unpaid", "confirm", "cancel", "release_asks"),
    ("placed", "confirm", "cancel", "request_capture"),
    ("placed", "cancel", "may_ship", "bank_ends_it"),
    ("placed", "cancel", "cancel", "provider_says_captured"),
    ("placed", "request_capture", "bank_ends_it", "release_asks"),
    ("capturing", "captured", "captured", "cancel"),
    ("capturing", "captured", "bank_ends_it", "provider_says_captured"),
    ("charged", "ship", "ship", "cancel"),
    ("charged", "ship", "bank_ends_it", "release_asks"),
]
"""The state an order is in, and the three things that happen to it; see `interleaving.bought`."""


def orders_of(state: str, count: int) -> list[Bought]:
    with in_transaction():
        shelf = orders.on_shelf(UNITS * count, fresh=True)
        return [getattr(orders, state)(shelf) for _ in range(count)]


def charged_of_own_lots(count: int) -> list[Bought]:
    with in_transaction():
        return [orders.charged(orders.on_shelf(fresh=True)) for _ in range(count)]


def money_and_goods_agree(made: Bought, said: list[str]) -> None:
    assert set(said) <= {"done"} | TOO_LATE, said
    assert_money_and_goods_agree(made)


def refunded_once(made: Bought, said: list[str]) -> None:
    assert_said(said, 1, "OverRefund")
    payment = db.session.get_one(Payment, made.payment_id)
    assert payment.refunded_cents == payment.amount_cents - 100


DECISIONS = [
    Decision(
        f"{state}: {', '.join(events)}",
        partial(orders_of, state),
        tuple(getattr(orders, event) for event in events),
        money_and_goods_agree,
    )
    for state, *events in QUARRELS
]
DECISIONS += [
    Decision(
        "an order ships, and its lot is put in quarantine",
        charged_of_own_lots,
        (orders.ship, put_in_quarantine, orders.cancel),
        money_and_goods_agree,
    ),
    Decision(
        "most of a payment is refunded", partial(orders_of, "charged"), (refund_most,) * 3, refunded_once
    ),
]
