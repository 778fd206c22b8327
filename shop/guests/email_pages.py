"""“Wrong email?” on the page of a guest's order: a form, for the browser that ordered and nobody else."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template

from shop import guest_access
from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.accounts.errors import EmailCorrectedTooOften, GuestLinkExpired, SameEmail
from shop.accounts.rules import shown_email
from shop.accounts.typed import forget_typed, keeps_typed, typed_before
from shop.clock import now
from shop.database import transaction
from shop.guests.correcting import correct_email
from shop.guests.forms import CorrectForm
from shop.orders.models import Order
from shop.orders.own import own_order

blueprint = Blueprint("guest_email", __name__)
FIELDS = ("email", "email_again")
ELSEWHERE = (
    "This order’s email can be changed only in the browser that placed the order, and only for two hours. "
    "Call us and we’ll help."
)


@blueprint.get("/orders/<number>/email")
@requires(Permission.SHOP, guests=True)
def show(number: str) -> Response:
    """The form. Back to the order where its email can't be changed here."""
    order = own_order(number)
    typed = typed_before()
    return _refused(order) or _page(order, CorrectForm(formdata=typed) if typed else CorrectForm())


@blueprint.post("/orders/<number>/email")
@requires(Permission.SHOP, guests=True)
@keeps_typed(*FIELDS)
def correct(number: str) -> Response:
    """Change it. The answer is the same whether the new email has an account or not."""
    order, form = own_order(number), CorrectForm()
    if refused := _refused(order):
        return refused
    if not form.validate_on_submit():
        return _page(order, form, 422)
    try:
        with transaction():
            correct_email(number, form.email.data, now())
    except SameEmail as refusal:
        form.email.errors = [refusal.in_full]
        return _page(own_order(number), form, refusal.status)
    except EmailCorrectedTooOften as refusal:
        flash(refusal.in_full, f"error {refusal.code}")
    except GuestLinkExpired:  # kept in an account in this moment: the page says so
        pass
    else:
        forget_typed()
        flash(f"Email changed to {shown_email(form.email.data)}. We’re sending the order’s email there.")
    return _to_order(number)


def _refused(order: Order) -> Response | None:
    """Where to instead, if this is no paid order of a guest that was placed in this browser."""
    if accounts.is_guest(order.user_id) and guest_access.ordered_here(order.number) and order.placed_at:
        return None
    if accounts.is_guest(order.user_id) and order.placed_at:
        flash(ELSEWHERE, "error")
    return _to_order(order.number)


def _to_order(number: str) -> Response:
    return redirect(f"/orders/{number}", 303)  # type: ignore[return-value]


def _page(order: Order, form: CorrectForm, status: int = 200) -> Response:
    customer = accounts.person(order.user_id)
    email = customer.email if customer else ""
    return make_response(render_template("guests/email.html", order=order, form=form, former=email), status)


BLUEPRINTS = (blueprint,)
