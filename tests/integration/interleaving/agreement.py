"""What must be true of an order and its payment whatever happened to them, and in whatever order."""

from sqlalchemy import select

from shop.database import db
from shop.orders.models import Order
from shop.outbox.models import Job
from shop.payments import movements
from shop.payments.models import Payment, PaymentMovement
from shop.payments.states import PAYS, MovementKind
from shop.prescriptions.models import PrescriptionItem
from shop.stock.models import Hold
from tests.integration.interleaving.bought import UNITS, Bought
from tests.integration.stock.stock_checks import assert_ledgers_agree

LIVE = ("placed", "packed", "shipped")


def assert_money_and_goods_agree(bought: Bought) -> Order:
    """Paid and kept, or not paid and given back: never both, and never neither."""
    db.session.rollback()
    order = db.session.get_one(Order, bought.order_id)
    rows = db.session.scalars(select(Payment).where(Payment.order_id == order.id)).all()
    pays = [row for row in rows if row.state in PAYS]
    of_order = Hold.order_line_id.in_([line.id for line in order.lines])
    holds = set(db.session.scalars(select(Hold.state).where(of_order)))
    taken = db.session.get_one(PrescriptionItem, bought.item_id).taken
    events = [entry.event for entry in order.events]
    assert len(events) == len(set(events)), events
    if order.status in LIVE:
        assert len(pays) == 1
        assert not movements.goes_back(pays[0].intent_id), "a live order's money is on its way back"
        assert taken == UNITS
        assert holds == {"dispensed" if order.status == "shipped" else "held"}
        assert order.status != "shipped" or pays[0].state == "captured"
        assert (order.paid_at is not None) == (pays[0].state == "captured")
    else:
        assert pays == []
        assert not any(movements.unfinished(row.id, MovementKind.CAPTURE) for row in rows)
        assert (taken, holds) == (
            (UNITS, {"held"}) if order.status == "awaiting_payment" else (0, {"released"})
        )
    _assert_money_goes_back_once(order, [row.id for row in rows], was_authorized="placed" in events)
    _assert_mails_are_true(order, events)
    assert_ledgers_agree()
    return order


def _assert_money_goes_back_once(order: Order, payments: list[int], was_authorized: bool) -> None:
    back = db.session.scalars(
        select(PaymentMovement).where(
            PaymentMovement.payment_id.in_(payments),
            PaymentMovement.kind.in_([MovementKind.VOID, MovementKind.REFUND]),
        )
    ).all()
    going = [row for row in back if row.state != "refused"]
    assert len(going) <= 1
    if order.status == "canceled" and "canceled" in {entry.event for entry in order.events}:
        assert bool(going) or not was_authorized, "authorized money of a canceled order is kept"


def _assert_mails_are_true(order: Order, events: list[str]) -> None:
    about = (Job.kind == "mail", Job.sequence == f"order:{order.number}")
    mails = [payload["template"] for payload in db.session.scalars(select(Job.payload).where(*about))]
    assert mails.count("order_placed") == events.count("placed")
    assert mails.count("order_shipped") == events.count("shipped")
    if order.status in LIVE:
        assert "order_not_charged" not in mails
        assert "order_canceled" not in mails
