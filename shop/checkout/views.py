"""The checkout page and its one button, for an account and for a guest. The basket's page and the way back
from payment stand beside this."""

from dataclasses import asdict

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from shop import guest_access
from shop.access import Permission, public, requires
from shop.accounts import queries as accounts
from shop.accounts.address_book import keep_address
from shop.accounts.typed import (
    ADDRESS_FIELDS,
    forget_typed,
    is_refused,
    keep_typed,
    keeps_typed,
    only_kept,
    typed_before,
)
from shop.addresses import PostalAddress
from shop.basket import queries as baskets
from shop.basket import service as basket
from shop.basket.owner import BasketOwner, current_owner
from shop.checkout import basket_views, payment_session, payment_views, place_order, promised_day, tax_step
from shop.checkout.basket_review import BasketReview, review_basket
from shop.checkout.forms import CheckoutForm, checkout_form, guest_form
from shop.checkout.guests import guest_for
from shop.checkout.refusals import (
    BasketBlocked,
    DeliveryNotOffered,
    OrderedTwice,
    OrderMovedOn,
    TotalChanged,
    TotalNotChargeable,
)
from shop.checkout.sending import AgeNotDeclared, HealthNotConfirmed
from shop.checkout.terms import terms_of
from shop.clock import now, today
from shop.database import transaction
from shop.errors import DomainError
from shop.money import format_cents
from shop.orders.destination import NotDeliverable, NotServed
from shop.orders.models import Order
from shop.patients import notice
from shop.patients import queries as patients
from shop.patients.errors import HealthIncomplete
from shop.patients.notice import NoticeNotAcknowledged
from shop.payments.queries import PaymentRecord
from shop.prescriptions.ledger.quantities import NotCovered, NotEnoughLeft
from shop.safety.otc_words import age_declared
from shop.safety.states_served import COUNTRY
from shop.stock.holds import OutOfStock
from shop.web import settings

blueprint = Blueprint("checkout", __name__)
TRIES = 3
ASKED_ON_THE_PAGE = (AgeNotDeclared, NoticeNotAcknowledged, HealthIncomplete, HealthNotConfirmed)


@blueprint.get("/checkout")
@requires(Permission.SHOP)
def show() -> Response:
    """Address, delivery, summary. Back to the basket when something stands in the way."""
    return _show(BasketOwner(user_id=current_user.id))


@blueprint.post("/checkout")
@requires(Permission.SHOP)
@keeps_typed("address", "method", *ADDRESS_FIELDS)
def order() -> Response:
    """Order and go to pay. Whatever the request says, the basket is checked again and refused if need be."""
    return _order(BasketOwner(user_id=current_user.id))


@blueprint.get("/checkout/guest")
@public
def show_guest() -> Response:
    """The same page for a visitor, with an email. What is on prescription needs an account."""
    owner = _visitor()
    return _show(owner) if owner else _elsewhere()


@blueprint.post("/checkout/guest")
@public
@keeps_typed("email", "method", *ADDRESS_FIELDS)
def order_as_guest() -> Response:
    """The same order, asked the same: only the account is a guest's."""
    owner = _visitor()
    return _order(owner) if owner else _elsewhere()


def _visitor() -> BasketOwner | None:
    """A visitor with a basket. None for one without, and for who is signed in; staff are refused."""
    owner = current_owner()
    return owner if owner and owner.token else None


def _elsewhere() -> Response:
    return redirect("/checkout" if current_user.is_authenticated else "/basket", 303)  # type: ignore[return-value]


def _show(owner: BasketOwner) -> Response:
    form = _form(owner, typed := typed_before())
    if wrong := bool(typed and is_refused()):
        form.validate()  # what is wrong with it is said on the form's own page
    review = _review(owner, form)
    # what was typed before may be all that stands in the way: it is shown, to be changed
    if not review.can_check_out and not (typed and _review_of(owner).can_check_out):
        if review.lines:
            flash("Fix the items below before checking out.", "error")
        return redirect("/basket", 303)  # type: ignore[return-value]
    refusal = None if review.ready or wrong else BasketBlocked(review)
    return _page(owner, form, review, 422 if wrong else 200, refusal)


def _order(owner: BasketOwner) -> Response:
    form = _form(owner)
    keep_typed()
    if form.update.data:
        return _updated(owner, form)
    if not form.validate():
        review = _review(owner, form)
        if not review.can_check_out:
            return _refused(owner, BasketBlocked(review))
        if not only_kept(form.errors) or form.address.data not in form.address.choices:
            return _page(owner, form, review, 422)
        keep_typed(refused=True)  # no browser keeps this page: who comes back to it opens the form's own
        return redirect(request.path, 303)  # type: ignore[return-value]
    try:
        created = _create(owner, form)
    except TotalChanged as refusal:
        return _total_changed(owner, form, refusal)
    except (*ASKED_ON_THE_PAGE, DeliveryNotOffered, NotServed, NotDeliverable) as refusal:
        return _page(owner, form, _review(owner, form), refusal.status, refusal)
    except BasketBlocked as refusal:
        again = refusal.review
        return _page(owner, form, again, 409, refusal) if again.can_check_out else _refused(owner, refusal)
    except (OutOfStock, NotCovered, NotEnoughLeft, TotalNotChargeable) as refusal:
        return _refused(owner, refusal)
    if owner.user_id:  # a guest's address is kept nowhere else: for who comes back without having paid
        forget_typed()
    if isinstance(created, str):
        flash(f"Order {created} is already paid, so we didn’t place a second one.")
        return redirect(f"/orders/{created}", 303)  # type: ignore[return-value]
    return payment_views.to_payment(*created)


def _updated(owner: BasketOwner, form: CheckoutForm) -> Response:
    """The total and the methods for what is chosen so far. Nothing is ordered or an error yet."""
    review = _review(owner, form)
    if not review.can_check_out:
        return _show(owner)
    if not review.ready:  # this address stands in the way
        return _page(owner, form, review, refusal=BasketBlocked(review))
    return _page(owner, form, review, step=tax_step.said_of(review, _money))


def _total_changed(owner: BasketOwner, form: CheckoutForm, refusal: TotalChanged) -> Response:
    """The total once more: a step where what depends on the state and method is all that is new, else a
    refusal."""
    review = _review(owner, form)
    shown = (form.shown_total_cents, form.shown_tax_cents, form.shown_delivery_cents)
    if tax_step.is_only_place(review, *shown):
        return _page(owner, form, review, step=tax_step.said_of(review, _money))
    return _page(owner, form, review, refusal.status, refusal)


def _money(cents: int) -> str:
    return format_cents(cents, settings().currency, settings().locale)


def _create(owner: BasketOwner, form: CheckoutForm) -> tuple[Order, PaymentRecord] | str:
    """The new order and its payment; or the number of the earlier one, when that turns out to be paid."""
    terms, gateway, address = terms_of(settings()), current_app.extensions["gateway"], form.delivery_address()
    said = set(form.nothing_new.data or []) if owner.user_id else set()
    known = patients.of_account(owner.user_id) if owner.user_id and said else []
    nothing_new = [one.id for one in known if one.reference in said]
    for _ in range(TRIES):
        buyer_id = baskets.buyer_of(owner)
        if buyer_id and (earlier := payment_session.close_unpaid(gateway, buyer_id, now())):
            return earlier
        try:
            with transaction():
                user_id = owner.user_id or guest_for(owner, form.email.data, address.recipient, now())
                created = place_order.create_order(
                    user_id,
                    address,
                    form.shown_total_cents,
                    terms,
                    now(),
                    form.age_declared,
                    nothing_new,
                    bool(form.notice.data),
                    owner,
                    form.method_code,
                )
                if owner.user_id:
                    keep_address(user_id, **asdict(address), at=now())
                else:
                    basket.ordered_by_guest(owner, user_id)
        except OrderMovedOn:
            continue  # another click made one meanwhile: that one is given up first
        if not owner.user_id:
            guest_access.ordered(created[0].number)
        return created
    raise OrderedTwice


def _review(owner: BasketOwner, form: CheckoutForm) -> BasketReview:
    return _review_of(owner, form.address_so_far(), form.method_code)


def _review_of(owner: BasketOwner, to: PostalAddress | None = None, method: str = "") -> BasketReview:
    return review_basket(owner, terms_of(settings()), today(), to, method)


def _form(owner: BasketOwner, typed: MultiDict[str, str] | None = None) -> CheckoutForm:
    if owner.user_id is None:
        return guest_form(settings().market, typed)
    kept = accounts.addresses_of(owner.user_id)
    return checkout_form(kept, settings().market, current_user.name, typed)


def _refused(owner: BasketOwner, refusal: DomainError) -> Response:
    """The basket again, with what stands in the way: nothing was ordered, nothing was kept."""
    return basket_views.basket_page(owner, 409, refusal)


def _page(
    owner: BasketOwner,
    form: CheckoutForm,
    review: BasketReview,
    status: int = 200,
    refusal: DomainError | None = None,
    step: str | None = None,
) -> Response:
    form.total_cents.data, form.tax_cents.data = str(review.total_cents), str(review.tax_cents)
    form.delivery_cents.data = str(review.delivery_cents)
    page = render_template(
        "checkout/checkout.html",
        form=form,
        guest=owner.user_id is None,
        review=review,
        refusal=refusal,
        declared=age_declared,
        today=today(),
        step=step,
        notice_asked=bool(review.ordered_for) and notice.acknowledged_at(current_user.id) is None,
        days=promised_day.days_of(review, today()),
        in_states=form.country == COUNTRY,
    )
    return make_response(page, status)


BLUEPRINTS = (blueprint, basket_views.blueprint, payment_views.blueprint)
