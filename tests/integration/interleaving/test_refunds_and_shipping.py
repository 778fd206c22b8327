"""Two refunds of one order at once, or one while it ships: never more than was paid, and none before."""

from decimal import Decimal

import pytest

from shop.checkout import refunding
from shop.checkout.refunding import RefundNotMade
from shop.checkout.refusals import OrderMovedOn
from shop.clock import now
from shop.database import db, transaction
from shop.orders import queries as order_queries
from shop.orders import refunds
from shop.orders.refunds import RefundWhy
from shop.orders.states import RefundReason
from shop.payments.models import Payment
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.bought import UNITS, Bought
from tests.integration.interleaving.interleave import every_interleaving

LINE_CENTS = int(UNITS * Decimal("51"))
MOST = LINE_CENTS * 2 // 3


def shipped() -> Bought:
    made = orders.charged()
    with transaction():
        orders.ship(made)
    return made


def refund(made: Bought, form: str = "a") -> object:
    (line_id,) = order_queries.line_ids(made.order_id)
    why = RefundWhy(RefundReason.DAMAGED)
    return refunding.request_refund(made.order_id, {line_id: MOST}, 0, why, form, made.admin_id, now())


def refund_again(made: Bought) -> object:
    return refund(made, "b")


def test_of_two_refunds_of_most_of_a_line_one_is_refused(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, shipped, refund, refund_again):
            refused = [one for one in (ran.first, ran.second) if isinstance(one, Exception)]
            assert [type(one) for one in refused] == [RefundNotMade], ran
            db.session.rollback()
            assert db.session.get_one(Payment, made.payment_id).refunded_cents == MOST
            assert refunds.refunded_cents(refunds.of_orders([made.order_id])) == MOST


@pytest.mark.parametrize("works", [(refund, orders.ship), (orders.ship, refund)])
def test_only_what_has_shipped_is_refunded(migrated, works):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, orders.charged, *works):
            results = dict(zip(works, (ran.first, ran.second), strict=True))
            assert not isinstance(results[orders.ship], Exception), ran
            assert order_queries.by_id(made.order_id).status == "shipped"
            counted = db.session.get_one(Payment, made.payment_id).refunded_cents
            assert counted == (0 if isinstance(results[refund], OrderMovedOn) else MOST), ran
