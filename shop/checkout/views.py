"""The checkout page and its one button. The basket's page and the way back from payment stand beside this."""

from dataclasses import asdict

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.accounts.address_book import keep_address
from shop.accounts.typed import ADDRESS_FIELDS, forget_typed, keep_typed, keeps_typed, typed_before
from shop.basket.owner import BasketOwner
from shop.checkout import basket_views, payment_session, payment_views, place_order, promising, tax_step
from shop.checkout.basket_review import BasketReview, review_basket
from shop.checkout.forms import CheckoutForm, checkout_form
from shop.checkout.refusals import (
    BasketBlocked,
    DeliveryNotOffered,
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
    form = _form(typed_before())
    review = _review(form)
    if not review.can_check_out:
        if review.lines:
            flash("Fix the items below before checking out.", "error")
        return redirect("/basket", 303)  # type: ignore[return-value]
    return _page(form, review, refusal=None if review.ready else BasketBlocked(review))


@blueprint.post("/checkout")
@requires(Permission.SHOP)
@keeps_typed("address", "method", *ADDRESS_FIELDS)
def order() -> Response:
    """Order and go to pay. Whatever the request says, the basket is checked again and refused if need be."""
    form, user_id, email = _form(), current_user.id, current_user.email
    keep_typed()
    if form.update.data:
        return _updated(form)
    if not form.validate():
        review = _review(form)
        return _page(form, review, 422) if review.can_check_out else _refused(BasketBlocked(review))
    try:
        created = _create(user_id, form)
    except TotalChanged as refusal:
        return _total_changed(form, refusal)
    except (*ASKED_ON_THE_PAGE, DeliveryNotOffered, NotServed, NotDeliverable) as refusal:
        return _page(form, _review(form), refusal.status, refusal)
    except BasketBlocked as refusal:
        again = refusal.review
        return _page(form, again, 409, refusal) if again.can_check_out else _refused(refusal)
    except (OutOfStock, NotCovered, NotEnoughLeft, TotalNotChargeable) as refusal:
        return _refused(refusal)
    forget_typed()
    if isinstance(created, str):
        flash(f"Order {created} is already paid, so we didn’t place a second one.")
        return redirect(f"/orders/{created}", 303)  # type: ignore[return-value]
    return payment_views.to_payment(*created, email)


def _updated(form: CheckoutForm) -> Response:
    """The total and the methods for what is chosen so far. Nothing is ordered or an error yet."""
    review = _review(form)
    return _page(form, review, step=tax_step.said_of(review, _money)) if review.can_check_out else show()


def _total_changed(form: CheckoutForm, refusal: TotalChanged) -> Response:
    """The total once more: a step where what depends on the state and method is all that is new, else a
    refusal."""
    review = _review(form)
    shown = (form.shown_total_cents, form.shown_tax_cents, form.shown_delivery_cents)
    if tax_step.is_only_place(review, *shown):
        return _page(form, review, step=tax_step.said_of(review, _money))
    return _page(form, review, refusal.status, refusal)


def _money(cents: int) -> str:
    return format_cents(cents, settings().currency, settings().locale)


def _create(user_id: int, form: CheckoutForm) -> tuple[Order, PaymentRecord] | str:
    """The new order and its payment; or the number of the earlier one, when that turns out to be paid."""
    terms, gateway, address = terms_of(settings()), current_app.extensions["gateway"], form.delivery_address()
    said = set(form.nothing_new.data or [])
    nothing_new = [one.id for one in patients.of_account(user_id) if one.reference in said] if said else []
    for _ in range(TRIES):
        if earlier := payment_session.close_unpaid(gateway, user_id, now()):
            return earlier
        try:
            with transaction():
                created = place_order.create_order(
                    user_id,
                    address,
                    form.shown_total_cents,
                    terms,
                    now(),
                    form.age_declared,
                    nothing_new,
                    bool(form.notice.data),
                    form.method_code,
                )
                keep_address(user_id, **asdict(address), at=now())
                return created
        except OrderMovedOn:
            continue  # another click made one meanwhile: that one is given up first
    raise OrderMovedOn


def _review(form: CheckoutForm) -> BasketReview:
    owner = BasketOwner(user_id=current_user.id)
    return review_basket(owner, terms_of(settings()), today(), form.address_so_far(), form.method_code)


def _form(typed: MultiDict[str, str] | None = None) -> CheckoutForm:
    kept = accounts.addresses_of(current_user.id)
    return checkout_form(kept, settings().market, current_user.name, typed)


def _refused(refusal: DomainError) -> Response:
    """The basket again, with what stands in the way: nothing was ordered, nothing was kept."""
    return basket_views.basket_page(BasketOwner(user_id=current_user.id), 409, refusal)


def _page(
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
        review=review,
        refusal=refusal,
        declared=age_declared,
        today=today(),
        step=step,
        notice_asked=bool(review.ordered_for) and notice.acknowledged_at(current_user.id) is None,
        days=promising.days_of(review, today()),
        in_states=form.country == COUNTRY,
    )
    return make_response(page, status)


BLUEPRINTS = (blueprint, basket_views.blueprint, payment_views.blueprint)
