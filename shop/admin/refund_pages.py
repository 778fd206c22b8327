"""Refunding a shipped order: a page with what is left of each line, and asking for it."""

from collections import Counter

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal
from shop.admin.order_pages import found_order
from shop.admin.refund_forms import RefundForm, form_for
from shop.checkout import refunding
from shop.checkout.refunding import RefundNotMade
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.money import format_cents
from shop.orders import refunds
from shop.orders.models import Order
from shop.orders.refund_rules import Parts, proposed
from shop.orders.states import OrderStatus
from shop.payments.refusals import OverRefund
from shop.stock import returned
from shop.web import settings


@blueprint.get("/orders/<number>/refund")
@requires(Permission.DISPATCH)
def refund_page(number: str) -> Response | str:
    """What is left to refund, line by line. Back to the order where it has not shipped."""
    found = found_order(number)
    if found.status != OrderStatus.SHIPPED:
        flash("Only a shipped order can be refunded. Cancel it instead while it hasn’t shipped.", "error")
        return redirect(url_for("admin.order", number=number), 303)
    left = refunds.left_of(found)
    return _page(found, form_for(found, _for_returned(found, left)), left)


@blueprint.post("/orders/<number>/refund")
@requires(Permission.DISPATCH)
def refund(number: str) -> Response | tuple[str, int]:
    """Ask for a refund of the amounts entered; the customer is told once it is made."""
    found = found_order(number)
    form = form_for(found)
    if not form.validate_on_submit():
        return _page(found, form, refunds.left_of(found)), 422
    try:
        with transaction():
            movement = refunding.request_refund(
                found.id, form.lines, form.delivery.cents, form.why, form.form.data, actor(), now()
            )
    except (RefundNotMade, OverRefund) as refusal:
        form.form_errors.append(refusal.in_full)
        return _page(found, form, refunds.left_of(found_order(number))), 422
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        amount = format_cents(movement.amount_cents, settings().currency, settings().locale)
        flash(f"Refunding {amount}. We’ll email the customer once it goes through.")
    return redirect(url_for("admin.order", number=number), 303)


@blueprint.post(f"/orders/<number>/refunds/<{ID}:refund_id>/again")
@requires(Permission.DISPATCH)
def refund_again(number: str, refund_id: int) -> Response:
    """Ask once more for the refund of a removed line that the payment service refused."""
    found = found_order(number)
    try:
        with transaction():
            refunding.ask_again(found.id, refund_id, actor(), now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash("Refund requested again. We’ll email the customer once it’s made.")
    return redirect(url_for("admin.order", number=number), 303)


def _for_returned(order: Order, left: Parts) -> Parts:
    """What came back and was not refunded, as a proposal."""
    back: Counter[int] = Counter()
    for (line_id, _lot_id), (units, _aside) in returned.of_lines(line.id for line in order.lines).items():
        back[line_id] += units
    sold = {line.id: line.quantity for line in order.lines}
    parts = {line_id: (units, sold[line_id]) for line_id, units in back.items()}
    return proposed(refunds.paid_for(order), left, parts)


def _page(order: Order, form: RefundForm, left: Parts) -> str:
    return render_template("admin/order_refund.html", order=order, form=form, left=left)
