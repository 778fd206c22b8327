"""An order of each state to quarrel about, what can happen to it, and what must be true of it afterwards."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from shop.accounts.models import Role, User
from shop.addresses import PostalAddress
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import charging, confirm_payment, end_order, place_order
from shop.checkout.confirm_payment import Outcome, Settled
from shop.checkout.terms import Terms
from shop.clock import now, today
from shop.database import db, transaction
from shop.fulfillment import service as fulfilment
from shop.orders.models import Order
from shop.outbox.models import Job
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.models import Payment, PaymentMovement
from shop.payments.movements import Kind, Reason
from shop.payments.states import PAYS
from shop.prescriptions.models import PrescriptionItem
from shop.stock.models import Hold
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import approve
from tests.integration.stock.stock_checks import assert_ledgers_agree

TERMS = Terms("US", "USD", 490, 7, timedelta(minutes=35))
ADDRESS = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "ZZ", "00000", "US")
UNITS = 60


@dataclass(frozen=True)
class Bought:
    """60 baclofen on a prescription, ordered by Ada; `facts` is what the provider says of a good card."""

    user_id: int
    admin_id: int
    variant_id: int
    lot_id: int
    item_id: int
    order_id: int
    number: str
    payment_id: int
    facts: PaymentFacts

    def said(self, state: PaymentState) -> PaymentFacts:
        return PaymentFacts(
            self.facts.session_id,
            self.facts.intent_id,
            self.facts.reference,
            state,
            self.facts.amount_cents,
            "usd",
        )


def person(role: str) -> int:
    with transaction():
        return person_within(role)


def person_within(role: str) -> int:
    """An account, in the caller's transaction."""
    user = User(
        email=f"{uuid4().hex}@demo.example",
        name="Ada Specimen",
        active=True,
        fs_uniquifier=uuid4().hex,
        created_at=now(),
        roles=[db.session.scalars(select(Role).where(Role.name == role)).one()],
    )
    db.session.add(user)
    db.session.flush()
    return user.id


def unpaid(strength: str = "10 mg") -> Bought:
    """The payment page is open."""
    user_id, admin_id = person("customer"), person("admin")
    variant_id = make_variant(strength=strength)
    lot_id = make_lot(variant_id, 100, today() + timedelta(days=900))
    item_id = approve(user_id, variant_id, quantity=UNITS, refills=1)
    with transaction():
        basket.add(BasketOwner(user_id=user_id), variant_id, UNITS, now())
    with transaction():
        order, payment = place_order.create_order(user_id, ADDRESS, UNITS * 51 + 490, TERMS, now())
        payment_steps.opened(payment.id, f"cs_{payment.reference}", "https://pay.example/1")
        facts = PaymentFacts(
            f"cs_{payment.reference}",
            f"pi_{payment.reference}",
            payment.reference,
            PaymentState.AUTHORISED,
            order.total_cents,
            "usd",
        )
        return Bought(
            user_id, admin_id, variant_id, lot_id, item_id, order.id, order.number, payment.id, facts
        )


def placed() -> Bought:
    """The money is authorized."""
    bought = unpaid()
    with transaction():
        assert confirm(bought) == Settled(Outcome.PLACED, bought.order_id)
    return bought


def capturing() -> Bought:
    """An admin pressed Ship, and the payment service has not answered yet."""
    bought = placed()
    with transaction():
        request_capture(bought)
    return bought


def charged() -> Bought:
    """The money is captured; the order has not shipped."""
    bought = capturing()
    with transaction():
        captured(bought)
    return bought


# --- What can happen ---


def confirm(bought: Bought) -> object:
    return confirm_payment.confirm(bought.facts, now())


def page_expired(bought: Bought) -> object:
    return confirm_payment.confirm(bought.said(PaymentState.EXPIRED), now())


def bank_ends_it(bought: Bought) -> object:
    return confirm_payment.confirm(bought.said(PaymentState.CANCELLED), now())


def provider_says_captured(bought: Bought) -> object:
    return confirm_payment.confirm(bought.said(PaymentState.CAPTURED), now())


def time_is_up(bought: Bought) -> object:
    return end_order.expire_order(bought.order_id, now(), bought.payment_id)


def cancel(bought: Bought) -> object:
    return end_order.cancel_order(bought.order_id, now(), bought.user_id)


def renew(bought: Bought) -> object:
    return place_order.renew_payment(bought.order_id, payments.by_id(bought.payment_id), TERMS, now())


def request_capture(bought: Bought) -> object:
    return charging.request_capture(bought.order_id, Reason.ORDER_SHIPS, now(), bought.admin_id)


def captured(bought: Bought) -> object:
    return charging.captured(bought.payment_id, now())


def ship(bought: Bought) -> object:
    return fulfilment.ship_order(bought.number, "", bought.admin_id, now())


def may_ship(bought: Bought) -> object:
    fulfilment.check_shippable(bought.number, "", now())
    return request_capture(bought)


def release_asks(bought: Bought) -> object:
    """A job that wants to give the order's money back, rightly or not, asks whether it may."""
    from shop.checkout import releasing

    return releasing._still_to_do(bought.payment_id, bought.facts.intent_id, None, now())


# --- What must be true ---


def assert_money_and_goods_agree(bought: Bought) -> Order:
    """Paid and kept, or not paid and given back: never both, and never neither."""
    db.session.rollback()
    order = db.session.get_one(Order, bought.order_id)
    rows = db.session.scalars(select(Payment).where(Payment.order_id == order.id)).all()
    pays = [row for row in rows if row.state in PAYS]
    holds = set(db.session.scalars(select(Hold.state)))
    taken = db.session.scalars(select(PrescriptionItem.taken)).one()
    events = [entry.event for entry in order.events]
    assert len(events) == len(set(events)), events
    if order.status in ("placed", "shipped"):
        assert len(pays) == 1
        assert not movements.goes_back(pays[0].intent_id), "a live order's money is on its way back"
        assert taken == UNITS
        assert holds == {"dispensed" if order.status == "shipped" else "held"}
        assert order.status == "placed" or pays[0].state == "captured"
        assert (order.paid_at is not None) == (pays[0].state == "captured")
    else:
        assert pays == []
        assert (taken, holds) == (
            (UNITS, {"held"}) if order.status == "awaiting_payment" else (0, {"released"})
        )
    _assert_money_goes_back_once(order, bought, was_authorized="placed" in events)
    _assert_mails_are_true(order, events)
    assert_ledgers_agree()
    return order


def _assert_money_goes_back_once(order: Order, bought: Bought, was_authorized: bool) -> None:
    back = db.session.scalars(
        select(PaymentMovement).where(PaymentMovement.kind.in_([Kind.VOID, Kind.REFUND]))
    ).all()
    going = [row for row in back if row.state != "refused"]
    assert len(going) <= 1
    if order.status == "cancelled" and "cancelled" in {entry.event for entry in order.events}:
        assert bool(going) or not was_authorized, "authorized money of a canceled order is kept"


def _assert_mails_are_true(order: Order, events: list[str]) -> None:
    mails = [job.payload["template"] for job in db.session.scalars(select(Job).where(Job.kind == "mail"))]
    assert mails.count("order_placed") == events.count("placed")
    assert mails.count("order_shipped") == events.count("shipped")
    if order.status in ("placed", "shipped"):
        assert "order_not_charged" not in mails
        assert "order_canceled" not in mails
