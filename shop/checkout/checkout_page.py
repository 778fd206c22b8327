"""The checkout page of an account or a guest: its form, what it reviews, and how it is shown."""

from flask import Response, make_response, render_template
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from shop.accounts import queries as accounts
from shop.addresses import PostalAddress
from shop.basket.owner import BasketOwner
from shop.checkout import basket_views, promised_day
from shop.checkout.basket_review import review_basket
from shop.checkout.forms import CheckoutForm, checkout_form, guest_form
from shop.checkout.priced_basket import BasketReview
from shop.checkout.terms import terms_of
from shop.clock import today
from shop.errors import DomainError
from shop.money import format_cents
from shop.patients import notice
from shop.safety.otc_words import age_declared
from shop.safety.states_served import COUNTRY
from shop.web import settings


def money(cents: int) -> str:
    return format_cents(cents, settings().currency, settings().locale)


def review_for(owner: BasketOwner, form: CheckoutForm) -> BasketReview:
    return review_of(owner, form.address_so_far(), form.method_code)


def review_of(owner: BasketOwner, to: PostalAddress | None = None, method: str = "") -> BasketReview:
    return review_basket(owner, terms_of(settings()), today(), to, method)


def form_of(owner: BasketOwner, typed: MultiDict[str, str] | None = None) -> CheckoutForm:
    if owner.user_id is None:
        return guest_form(settings().market, typed)
    kept = accounts.addresses_of(owner.user_id)
    return checkout_form(kept, settings().market, current_user.name, typed)


def basket_again(owner: BasketOwner, refusal: DomainError) -> Response:
    """The basket again, with what stands in the way: nothing was ordered, nothing was kept."""
    return basket_views.basket_page(owner, 409, refusal)


def checkout_page(
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
