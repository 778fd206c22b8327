"""To the hosted payment page and back: pay now, cancel, and the address the browser returns to."""

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask_login import current_user

from shop.access import Permission, public, requires
from shop.accounts import queries as accounts
from shop.accounts.typed import forget_typed
from shop.basket.owner import current_owner, new_owner
from shop.checkout import end_order, payment_session
from shop.checkout.refusals import AlreadyPacked, OrderMovedOn
from shop.checkout.reorder import order_again
from shop.checkout.terms import terms_of
from shop.clock import now, today
from shop.database import transaction
from shop.errors import NotFound
from shop.orders import queries as orders
from shop.orders.held_back import held_back
from shop.orders.models import Order
from shop.orders.own import own_order
from shop.orders.states import TO_SHIP, OrderStatus
from shop.payments import queries as payments
from shop.payments.gateway import Gateway
from shop.payments.queries import PaymentRecord
from shop.payments.refusals import PaymentRefused, PaymentServiceUnavailable
from shop.web import settings

blueprint = Blueprint("paying", __name__)


@blueprint.get("/checkout/return")
@public
def come_back() -> Response:
    """From the payment page: ask what became of it, whoever was quicker, and show the order to who may see
    it: the browser that comes back may not be the one that ordered."""
    payment = payments.by_session(request.args.get("session_id", ""))
    order = orders.by_id(payment.order_id) if payment else None
    if payment is None or order is None:
        raise NotFound("We couldn’t find this payment.", "Check your orders.")
    if not current_user.is_authenticated and not accounts.is_guest(order.user_id):
        return redirect(url_for("security.login", next=request.full_path), 303)  # type: ignore[return-value]
    try:
        number = own_order(order.number).number
    except NotFound:
        if not accounts.is_guest(order.user_id):
            raise
        flash(
            "This browser can’t open the order. Open the link we emailed, or ask for a new one here.", "error"
        )
        return redirect("/guest-order", 303)  # type: ignore[return-value]
    try:
        payment_session.ask(gateway(), payment, now())
    except (PaymentServiceUnavailable, PaymentRefused):
        flash(
            "The payment service isn’t responding right now. If you paid, reload this page in a minute.",
            "error",
        )
    if own_order(number).status != OrderStatus.AWAITING_PAYMENT:
        forget_typed()
    return to_order(number)


@blueprint.post("/orders/<number>/pay")
@requires(Permission.SHOP, guests=True)
def pay(number: str) -> Response:
    """To the payment page of an order that awaits its payment."""
    order = own_order(number)
    if order.status != OrderStatus.AWAITING_PAYMENT:
        return to_order(number)
    if sentence := held_back(order, today()):
        flash(f"{sentence} So it can’t be paid for. Cancel it, and order again without it.", "error")
        return to_order(number)
    return to_payment(order, payments.alive(order.id))


@blueprint.post("/orders/<number>/cancel")
@requires(Permission.SHOP, guests=True)
def cancel(number: str) -> Response:
    """Cancel an order that is not packed. Its page says what became of the money."""
    order = own_order(number)
    user_id = order.user_id
    try:
        if order.status == OrderStatus.AWAITING_PAYMENT and not payment_session.cancel_unpaid(
            gateway(), order.id, now(), user_id
        ):
            flash(
                f"Order {number} was paid just now, so it wasn’t canceled. You can cancel it below.", "error"
            )
        elif order.status in TO_SHIP:
            with transaction():
                end_order.cancel_order(order.id, now(), user_id)
        elif order.status == OrderStatus.SHIPPED:
            raise OrderMovedOn
    except AlreadyPacked as refusal:
        flash(refusal.in_full, f"error {refusal.code}")
    except OrderMovedOn:
        flash(
            f"Order {number} is being charged or has shipped, so it wasn’t canceled. Call us and we’ll help.",
            "error",
        )
    return to_order(number)


@blueprint.post("/orders/<number>/again")
@requires(Permission.SHOP, guests=True)
def again(number: str) -> Response:
    """Put what the order held into the basket, as it is sold today; the basket says the rest."""
    order, owner = own_order(number), current_owner() or new_owner()
    with transaction():
        done = order_again(owner, order.lines, settings().market, now())
    if done.left_out:
        flash(f"No longer sold, or no room in the basket: {', '.join(done.left_out)}.", "error")
    if done.other_quantity:
        flash("Some quantities are no longer sold, so we added the nearest ones.")
    return redirect("/basket" if done.added else f"/orders/{number}", 303)  # type: ignore[return-value]


def to_payment(order: Order, payment: PaymentRecord | None) -> Response:
    """The hosted page of an unpaid order, or the order's page when it cannot be had."""
    number, config = order.number, settings()
    customer = accounts.person(order.user_id)
    email = customer.email if customer else ""
    try:
        url = payment_session.open_page(
            gateway(), order, payment, email, config.public_url, terms_of(config), now()
        )
    except PaymentServiceUnavailable:
        flash(
            "We couldn’t reach the payment page. Nothing was charged. Try “Continue to payment” in a minute.",
            "error",
        )
        return to_order(number)
    except PaymentRefused:
        flash(
            "The payment service did not accept this order. Nothing was charged. Call us and we’ll help.",
            "error",
        )
        return to_order(number)
    return redirect(url, 303) if url else to_order(number)  # type: ignore[return-value]


def to_order(number: str) -> Response:
    return redirect(f"/orders/{number}", 303)  # type: ignore[return-value]


def gateway() -> Gateway:
    found: Gateway = current_app.extensions["gateway"]
    return found
