"""Canceling an order that has not shipped: a page that says what it means and asks why, and doing it."""

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import actor, blueprint, flash_refusal
from shop.admin.forms import CancelForm
from shop.admin.order_pages import found_order
from shop.checkout import end_order, payment_session
from shop.checkout.end_order import Canceled
from shop.checkout.refusals import OrderMovedOn
from shop.clock import now, today
from shop.database import transaction
from shop.errors import DomainError
from shop.fulfillment.blocking import blocks_of
from shop.orders.cancellation import ByStaff
from shop.orders.models import Order
from shop.orders.states import TO_SHIP, OrderStatus, may_cancel
from shop.web import settings


@blueprint.get("/orders/<number>/cancel")
@requires(Permission.DISPATCH)
def cancel_page(number: str) -> Response | str:
    """What canceling this order means, and why it is canceled. Back to the order where it cannot be."""
    found = found_order(number)
    if not may_cancel(found.status, by_staff=True):
        flash("This order has shipped or ended, so it can’t be canceled.", "error")
        return redirect(url_for("admin.order", number=number), 303)
    return _page(found, CancelForm())


@blueprint.post("/orders/<number>/cancel")
@requires(Permission.DISPATCH)
def cancel(number: str) -> Response | tuple[str, int]:
    """Cancel an order for a reason: money, units and prescription go back, the customer is told."""
    found, form = found_order(number), CancelForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        flash(_canceled(found, form.why))
    except DomainError as refusal:
        flash_refusal(refusal)
    return redirect(url_for("admin.order", number=number), 303)


def _canceled(order: Order, why: ByStaff) -> str:
    """Cancels it and says what became of it. Raises OrderMovedOn, and what the payment service raises."""
    number, order_id, at, actor_id = order.number, order.id, now(), actor()
    if order.status == OrderStatus.AWAITING_PAYMENT:
        gateway = current_app.extensions["gateway"]
        if not payment_session.cancel_unpaid(gateway, order_id, at, actor_id, why):
            raise OrderMovedOn  # paid in this moment: it is placed now, and can be canceled as such
        return f"Order {number} canceled. We’re emailing the customer."
    with transaction():
        outcome = end_order.cancel_order(order_id, at, actor_id, by_staff=why)
    if outcome is Canceled.ALREADY:
        return f"Order {number} had already ended."
    return f"Order {number} canceled. The money goes back, and we’re emailing the customer."


def _page(order: Order, form: CancelForm) -> str:
    here = order.status in TO_SHIP
    blocks = blocks_of([order], today(), settings().market)[order.id] if here else []
    return render_template("admin/order_cancel.html", order=order, form=form, blocks=blocks)
