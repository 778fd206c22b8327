"""The link of a guest’s order, a form for a new one, and the page that keeps the order in an account."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask_login import current_user
from flask_security import hash_password

from shop import guest_access
from shop.access import Permission, allowed, public, requires
from shop.accounts import failures, guest_links
from shop.accounts import queries as accounts
from shop.accounts.errors import (
    WHY_WEAK,
    EmailTaken,
    GuestLinkExpired,
    LinkAskedTooOften,
    OrderKept,
    TooManyTries,
)
from shop.accounts.models import User
from shop.accounts.queries import Person
from shop.accounts.rules import shown_email, weakness
from shop.accounts.service import ask_to_keep, plain_password
from shop.accounts.sign_in import sign_in_again
from shop.basket.owner import StaffCannotShop
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.guests import claiming, email_pages
from shop.guests.forms import KeepForm, LinkForm
from shop.orders import queries as orders
from shop.orders.own import own_order
from shop.orders.rules import number_of
from shop.web import can_come_back

blueprint = Blueprint("guests", __name__)
MAILED = "If we have an order with this number and email, we sent a link to that email."


@blueprint.get("/guest-order")
@public
def lost_link() -> Response:
    """The form for a new link."""
    return _link_page(LinkForm())


@blueprint.post("/guest-order")
@public
@can_come_back
def ask_for_link() -> Response:
    """Mail a new link. The answer is the same whether there is such an order or not."""
    form = LinkForm()
    if not form.validate():
        return _link_page(form, 422)
    number, email = number_of(form.number.data) or "", form.email.data
    try:
        with transaction():
            # counted like guessed passwords, but apart from them: nobody is kept from signing in by it
            failures.begin(f"order link {email}"[:254], (request.remote_addr or "unknown")[:64], now())
    except TooManyTries:
        return _link_page(form, LinkAskedTooOften.status, LinkAskedTooOften())
    with transaction():
        claiming.ask_for_link(number, email, now())
    flash(MAILED, "info")
    return redirect("/guest-order", 303)  # type: ignore[return-value]


@blueprint.get("/guest-order/<token>")
@public
def open_link(token: str) -> Response:
    """Let this browser open the order for a while, and go to its page, whose address tells nothing."""
    guest_access.keep_private()
    try:
        number, key = guest_links.order_of(token)
        order = orders.by_number(number)
        customer = accounts.person(order.user_id) if order else None
        if customer is None or not customer.active:
            raise GuestLinkExpired
        if customer.is_guest and key != guest_links.key_of(customer.id):
            raise GuestLinkExpired
    except GuestLinkExpired as refusal:
        return _link_page(LinkForm(), refusal.status, refusal)
    if customer.is_guest:
        guest_access.opened(number, key)
    return redirect(f"/orders/{number}", 303)  # type: ignore[return-value]


@blueprint.post("/orders/<number>/keep")
@requires(Permission.SHOP, guests=True)
def ask_to_keep_order(number: str) -> Response:
    """Mail a link that confirms the email: whoever typed it at checkout may not own it."""
    order = own_order(number)
    customer = accounts.person(order.user_id)
    if customer is not None and customer.is_guest and order.placed_at is not None:
        with transaction():
            ask_to_keep(customer.id, number, now())
        flash(f"We sent a link to {shown_email(customer.email)}. Open it within 24 hours.")
    return redirect(f"/orders/{number}", 303)  # type: ignore[return-value]


@blueprint.get("/guest-order/keep/<token>")
@public
def keep(token: str) -> Response:
    """The page that the link opens. Opening changes nothing: mail scanners open links too."""
    guest_access.keep_private()
    try:
        return _keep_page(token, KeepForm())
    except GuestLinkExpired as refusal:
        return _expired(token, refusal)


@blueprint.post("/guest-order/keep/<token>")
@public
def keep_order(token: str) -> Response:
    """The guest becomes an account; or who is signed in with the same email takes the order."""
    guest_access.keep_private()
    try:
        guest, number = guest_links.kept_by(token)
        account = accounts.person_by_email(guest.reached_at)
        if account is None and not current_user.is_authenticated:
            return _become_account(token, guest, number)
        if account is None or not _is_signed_in_as(account):
            return _keep_page(token, KeepForm(), 409)
        if not allowed(Permission.SHOP):
            raise StaffCannotShop
        with transaction():
            claiming.give_to(account.id, token, now())
    except GuestLinkExpired as refusal:
        return _expired(token, refusal)
    flash(f"Order {number} is in your account.")
    return redirect(f"/orders/{number}", 303)  # type: ignore[return-value]


def _become_account(token: str, guest: User, number: str) -> Response:
    form = KeepForm()
    if not form.validate():
        return _keep_page(token, form, 422)
    password = plain_password(form.password.data)
    if why := weakness(password, guest.reached_at, guest.name):
        form.password.errors = [WHY_WEAK[why]]
        return _keep_page(token, form, 422)
    hashed = hash_password(password)  # slow on purpose, so before the transaction
    try:
        with transaction():
            user_id = claiming.become_account(token, hashed, now())
    except EmailTaken:  # somebody registered with it in this very moment
        return _keep_page(token, KeepForm(), 409)
    sign_in_again(user_id)
    flash(f"Your account is ready, and order {number} is in it.")
    return redirect(f"/orders/{number}", 303)  # type: ignore[return-value]


def _expired(token: str, refusal: DomainError) -> Response:
    """To the order, or that it is in an account by now; else that the link is too old."""
    try:
        order = orders.by_number(guest_links.kept_number(token))
    except GuestLinkExpired:
        order = None
    owner = accounts.person(order.user_id) if order else None
    if order and owner and not owner.is_guest:
        if _is_signed_in_as(owner):
            return redirect(f"/orders/{order.number}", 303)  # type: ignore[return-value]
        refusal = OrderKept()
    return _link_page(LinkForm(), refusal.status, refusal)


def _is_signed_in_as(account: Person) -> bool:
    return bool(current_user.is_authenticated and current_user.id == account.id)


def _keep_page(token: str, form: KeepForm, status: int = 200) -> Response:
    guest, number = guest_links.kept_by(token)
    account = accounts.person_by_email(guest.reached_at)
    page = render_template(
        "guests/keep.html",
        form=form,
        number=number,
        email=guest.reached_at,
        account=account,
        mine=account is not None and _is_signed_in_as(account),
    )
    return make_response(page, status)


def _link_page(form: LinkForm, status: int = 200, refusal: DomainError | None = None) -> Response:
    return make_response(render_template("guests/link.html", form=form, refusal=refusal), status)


BLUEPRINTS = (blueprint, email_pages.blueprint)
