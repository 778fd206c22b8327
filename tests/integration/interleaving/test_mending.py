"""Refunds at once, or while it ships; units written off while they are ordered: one of two is refused."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from shop.changes import changing
from shop.checkout import refunding
from shop.checkout.refunding import RefundNotMade
from shop.checkout.refusals import OrderMovedOn
from shop.clock import now, today
from shop.database import db, transaction
from shop.orders import queries as order_queries
from shop.orders import refunds
from shop.orders.models import OrderLine
from shop.orders.refunds import RefundWhy
from shop.orders.states import RefundReason
from shop.payments import queries as payments
from shop.payments.models import Payment, PaymentMovement
from shop.stock import correcting, holds
from shop.stock.correcting import NotCorrected
from shop.stock.holds import OutOfStock
from shop.stock.rules import Correction
from tests.factories import make_lot, make_variant
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.bought import UNITS, Bought, Shelf
from tests.integration.interleaving.interleave import every_interleaving
from tests.integration.stock.stock_checks import assert_ledgers_agree

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


def two_lines() -> Bought:
    """60 baclofen and 10 loratadine, paid for."""
    made = orders.placed()
    variant_id = make_variant("Loratadine", "10 mg", "0.12", rx=False)
    make_lot(variant_id)
    with transaction() as session:
        order = order_queries.by_id(made.order_id)
        line = OrderLine(
            variant_id=variant_id,
            name="Loratadine tablet 10 mg",
            unit="pill",
            unit_price=Decimal("0.12"),
            quantity=10,
            total_cents=120,
            prescription_required=False,
        )
        order.lines.append(line)
        order.subtotal_cents += 120
        order.total_cents += 120
        session.flush()
        holds.hold(line.id, variant_id, 10, today(), now())
        session.execute(update(Payment).values(amount_cents=order.total_cents))
    return made


def remove_first(made: Bought) -> object:
    line_id = order_queries.line_ids(made.order_id)[0]
    return changing.remove_line(made.order_id, line_id, made.user_id, now())


@pytest.mark.parametrize("works", [(remove_first, orders.may_ship), (orders.may_ship, remove_first)])
def test_what_is_charged_is_what_is_left(migrated, works):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, two_lines, *works):
            results = dict(zip(works, (ran.first, ran.second), strict=True))
            db.session.rollback()
            order, payment = order_queries.by_id(made.order_id), payments.by_id(made.payment_id)
            removed = not isinstance(results[remove_first], Exception)
            assert removed or isinstance(results[remove_first], OrderMovedOn), ran
            asked = db.session.scalars(select(PaymentMovement.amount_cents)).all()
            assert [payment.amount_cents, *asked] == [order.total_cents] * (1 + len(asked)), ran
            assert len(order.lines) == (1 if removed else 2)
            assert_ledgers_agree()


def write_off(made: Shelf) -> object:
    return correcting.correct(made.lot_id, Correction.BROKEN, 60, "0" * 32, orders.person("admin"), now())


def order(made: Shelf) -> object:
    return holds.hold(1, made.variant_id, 60, today(), now())


@pytest.mark.parametrize("works", [(write_off, order), (order, write_off)])
def test_units_are_written_off_or_ordered_but_not_both(migrated, works):
    app = migrated("postgresql")
    with app.app_context():
        for _made, ran in every_interleaving(app, orders.on_shelf, *works):
            refused = [type(one) for one in (ran.first, ran.second) if isinstance(one, Exception)]
            assert refused in ([NotCorrected], [OutOfStock]), ran
            assert_ledgers_agree()
