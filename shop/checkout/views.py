"""The checkout page and its one button, for an account and for a guest. The basket's page and the way back
from payment stand beside this."""

from flask import Blueprint, Response, flash, redirect, request
from flask_login import current_user

from shop.access import Permission, public, requires
from shop.accounts.typed import (
    ADDRESS_FIELDS,
    forget_typed,
    is_refused,
    keep_typed,
    keeps_typed,
    only_kept,
    typed_before,
)
from shop.basket.owner import BasketOwner, current_owner
from shop.checkout import basket_views, payment_views, tax_step
from shop.checkout.checkout_page import basket_again, checkout_page, form_of, money, review_for, review_of
from shop.checkout.forms import CheckoutForm
from shop.checkout.refusals import (
    BasketBlocked,
    DeliveryNotOffered,
    TotalChanged,
    TotalNotChargeable,
)
from shop.checkout.sending import AgeNotDeclared, HealthNotConfirmed
from shop.checkout.submit_order import submit_order
from shop.orders.destination import NotDeliverable, NotServed
from shop.patients.errors import HealthIncomplete
from shop.patients.notice import NoticeNotAcknowledged
from shop.prescriptions.ledger.quantities import NotCovered, NotEnoughLeft
from shop.stock.holds import OutOfStock

blueprint = Blueprint("checkout", __name__)
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
    form = form_of(owner, typed := typed_before())
    if wrong := bool(typed and is_refused()):
        form.validate()  # what is wrong with it is said on the form's own page
    review = review_for(owner, form)
    # what was typed before may be all that stands in the way: it is shown, to be changed
    if not review.can_check_out and not (typed and review_of(owner).can_check_out):
        if review.lines:
            flash("Fix the items below before checking out.", "error")
        return redirect("/basket", 303)  # type: ignore[return-value]
    refusal = None if review.ready or wrong else BasketBlocked(review)
    return checkout_page(owner, form, review, 422 if wrong else 200, refusal)


def _order(owner: BasketOwner) -> Response:
    form = form_of(owner)
    keep_typed()
    if form.update.data:
        return _updated(owner, form)
    if not form.validate():
        review = review_for(owner, form)
        if not review.can_check_out:
            return basket_again(owner, BasketBlocked(review))
        if not only_kept(form.errors) or form.address.data not in form.address.choices:
            return checkout_page(owner, form, review, 422)
        keep_typed(refused=True)  # no browser keeps this page: who comes back to it opens the form's own
        return redirect(request.path, 303)  # type: ignore[return-value]
    try:
        created = submit_order(owner, form)
    except TotalChanged as refusal:
        return _total_changed(owner, form, refusal)
    except (*ASKED_ON_THE_PAGE, DeliveryNotOffered, NotServed, NotDeliverable) as refusal:
        return checkout_page(owner, form, review_for(owner, form), refusal.status, refusal)
    except BasketBlocked as refusal:
        again = refusal.review
        return (
            checkout_page(owner, form, again, 409, refusal)
            if again.can_check_out
            else basket_again(owner, refusal)
        )
    except (OutOfStock, NotCovered, NotEnoughLeft, TotalNotChargeable) as refusal:
        return basket_again(owner, refusal)
    if owner.user_id:  # a guest's address is kept nowhere else: for who comes back without having paid
        forget_typed()
    if isinstance(created, str):
        flash(f"Order {created} is already paid, so we didn’t place a second one.")
        return redirect(f"/orders/{created}", 303)  # type: ignore[return-value]
    return payment_views.to_payment(*created)


def _updated(owner: BasketOwner, form: CheckoutForm) -> Response:
    """The total and the methods for what is chosen so far. Nothing is ordered or an error yet."""
    review = review_for(owner, form)
    if not review.can_check_out:
        return _show(owner)
    if not review.ready:  # this address stands in the way
        return checkout_page(owner, form, review, refusal=BasketBlocked(review))
    return checkout_page(owner, form, review, step=tax_step.said_of(review, money))


def _total_changed(owner: BasketOwner, form: CheckoutForm, refusal: TotalChanged) -> Response:
    """The total once more: a step where what depends on the state and method is all that is new, else a
    refusal."""
    review = review_for(owner, form)
    shown = (form.shown_total_cents, form.shown_tax_cents, form.shown_delivery_cents)
    if tax_step.is_only_place(review, *shown):
        return checkout_page(owner, form, review, step=tax_step.said_of(review, money))
    return checkout_page(owner, form, review, refusal.status, refusal)


BLUEPRINTS = (blueprint, basket_views.blueprint, payment_views.blueprint)
