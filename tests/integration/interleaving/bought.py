"""An order of each state to quarrel about, and what can happen to it; `agreement` says what must be true."""

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
from shop.database import db
from shop.fulfillment import packing
from shop.fulfillment import service as fulfillment
from shop.orders.cancellation import ByStaff
from shop.orders.states import CancelReason
from shop.payments import queries as payments
from shop.payments import service as payment_steps
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.states import Reason
from tests.factories import in_transaction, make_lot, make_variant, patient_of
from tests.integration.checkout.store_counter import approve

TERMS = Terms("US", "USD", 490, 7, timedelta(minutes=35))
ADDRESS = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "NY", "10001", "US")
NAMES = ("Ada Specimen", "Bo Sample", "Cy Example")
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
    """An account; its id."""
    with in_transaction():
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


@dataclass(frozen=True)
class Shelf:
    """A medicine and a lot of it; orders may share one."""

    variant_id: int
    lot_id: int


def on_shelf(units: int = 100, fresh: bool = False) -> Shelf:
    """Baclofen, or a medicine of its own; in the caller's transaction where there is one, like all below."""
    with in_transaction():
        variant_id = make_variant(f"Baclofen {uuid4().hex}" if fresh else "Baclofen")
        return Shelf(variant_id, make_lot(variant_id, units, today() + timedelta(days=900)))


def unpaid(shelf: Shelf | None = None) -> Bought:
    """The payment page is open."""
    with in_transaction():
        shelf = shelf or on_shelf()
        user_id, admin_id = person("customer"), person("admin")
        item_id = approve(user_id, shelf.variant_id, quantity=UNITS, refills=1)
        basket.add(BasketOwner(user_id=user_id), shelf.variant_id, UNITS, now())
        order, payment = place_order.create_order(
            user_id, ADDRESS, UNITS * 51 + 490, TERMS, now(), nothing_new=[patient_of(user_id)]
        )
        session, intent = f"cs_{payment.reference}", f"pi_{payment.reference}"
        payment_steps.opened(payment.id, session, "https://pay.example/1")
        facts = PaymentFacts(
            session, intent, payment.reference, PaymentState.AUTHORIZED, order.total_cents, "usd"
        )
        ids = (shelf.variant_id, shelf.lot_id, item_id, order.id, order.number, payment.id)
        return Bought(user_id, admin_id, *ids, facts)


def placed(shelf: Shelf | None = None) -> Bought:
    """The money is authorized."""
    with in_transaction():
        bought = unpaid(shelf)
        assert confirm(bought) == Settled(Outcome.PLACED, bought.order_id)
        return bought


def capturing(shelf: Shelf | None = None) -> Bought:
    """An admin pressed Ship, and the payment service has not answered yet."""
    with in_transaction():
        bought = placed(shelf)
        request_capture(bought)
        return bought


def charged(shelf: Shelf | None = None) -> Bought:
    """The money is captured; the order has not shipped."""
    with in_transaction():
        bought = capturing(shelf)
        captured(bought)
        return bought


def packed(shelf: Shelf | None = None) -> Bought:
    """The money is authorized, and the units are in the parcel."""
    with in_transaction():
        bought = placed(shelf)
        pack(bought)
        return bought


# --- What can happen ---


def confirm(bought: Bought) -> object:
    return confirm_payment.confirm(bought.facts, now())


def page_expired(bought: Bought) -> object:
    return confirm_payment.confirm(bought.said(PaymentState.EXPIRED), now())


def bank_ends_it(bought: Bought) -> object:
    return confirm_payment.confirm(bought.said(PaymentState.CANCELED), now())


def provider_says_captured(bought: Bought) -> object:
    return confirm_payment.confirm(bought.said(PaymentState.CAPTURED), now())


def time_is_up(bought: Bought) -> object:
    return end_order.expire_order(bought.order_id, now(), bought.payment_id)


def cancel(bought: Bought) -> object:
    return end_order.cancel_order(bought.order_id, now(), bought.user_id)


def staff_cancels(bought: Bought) -> object:
    why = ByStaff(CancelReason.MUST_NOT_SHIP, "not to this state")
    return end_order.cancel_order(bought.order_id, now(), bought.admin_id, by_staff=why)


def renew(bought: Bought) -> object:
    return place_order.renew_payment(bought.order_id, payments.by_id(bought.payment_id), TERMS, now())


def request_capture(bought: Bought) -> object:
    return charging.request_capture(bought.order_id, Reason.ORDER_SHIPS, now(), bought.admin_id)


def captured(bought: Bought) -> object:
    return charging.captured(bought.payment_id, now())


def pack(bought: Bought) -> object:
    return packing.pack_order(bought.number, bought.admin_id, now())


def unpack(bought: Bought) -> object:
    return packing.unpack_order(bought.number, bought.admin_id, now())


def ship(bought: Bought) -> object:
    return fulfillment.ship_order(bought.number, "", bought.admin_id, now())


def may_ship(bought: Bought) -> object:
    fulfillment.check_shippable(bought.number, "", now())
    return request_capture(bought)


def release_asks(bought: Bought) -> object:
    """A job that wants to give the order's money back, rightly or not, asks whether it may."""
    from shop.checkout import releasing

    return releasing._still_to_do(bought.payment_id, bought.facts.intent_id, None, now())
