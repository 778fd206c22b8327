"""The basket's page: what is in it, what stands in the way of each line, and the form that clears it."""

from flask import Blueprint, Response, make_response, redirect, render_template, session
from flask_login import current_user

from shop.access import Permission, public, requires
from shop.appearance.attributes import drawing
from shop.basket import queries as basket
from shop.basket.owner import NEWS, BasketOwner, current_owner
from shop.basket.queries import BasketLineFacts
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.checkout.basket_review import review_basket
from shop.checkout.priced_basket import BasketReview, LineReview
from shop.checkout.terms import terms_of
from shop.clock import now, today
from shop.errors import DomainError
from shop.prescriptions import sending
from shop.prescriptions.forms import PrescriptionForm
from shop.prescriptions.uploads.gate import takes_files
from shop.web import settings

blueprint = Blueprint("basket_page", __name__)


@blueprint.get("/basket")
@public
def show() -> Response:
    """The basket; for a visitor without one, how to fill it. Only looking leaves no cookie."""
    return basket_page(current_owner())


@blueprint.post("/basket/prescription")
@requires(Permission.SHOP)
@takes_files
def send_prescription() -> Response:
    """Take a prescription right where it is missing. An error keeps the file and the rest of the form."""
    form = PrescriptionForm()
    reference = sending.send(form, current_user.id, now())
    if reference is None:
        return sending.answered(basket_page(current_owner(), form=form), form)
    return redirect(form.page_of(reference), 303)  # type: ignore[return-value]


def basket_page(
    owner: BasketOwner | None,
    status: int = 200,
    refusal: DomainError | None = None,
    form: PrescriptionForm | None = None,
    review: BasketReview | None = None,
) -> Response:
    """The page, with what was refused said on top."""
    review = review or review_basket(owner, terms_of(settings()), today())
    first_for_form = _first_for_form(owner, review)
    if form is None and first_for_form is not None:
        form = PrescriptionForm(formdata=None)
        patient = next(line.patient for line in review.lines if line.line_id == first_for_form)
        form.patient.data = patient.reference if patient else None
    page = render_template(
        "basket/basket.html",
        review=review,
        refusal=refusal,
        drawing=drawing,
        form=form,
        first_for_form=first_for_form,
        removed=_removed(owner),
        news=_news(review),
        choices=quantity_choices,
    )
    return make_response(page, status)


def _news(review: BasketReview) -> tuple[LineReview, int | None] | None:
    """The line that was added to last, with what it held before; said once."""
    said = session.pop(NEWS, None) if NEWS in session else None
    line = next((line for line in review.lines if said and line.line_id == said["line"]), None)
    return (line, said["before"]) if line and said else None


def _removed(owner: BasketOwner | None) -> list[tuple[BasketLineFacts, VariantFacts]]:
    lines = basket.removed_lines(owner)
    variants = catalogue.variants(line.variant_id for line in lines)
    return [(line, variants[line.variant_id]) for line in lines if line.variant_id in variants]


def quantity_choices(
    variant: VariantFacts, chosen: int, remaining: int = 0, most: int | None = None
) -> list[int]:
    """What is offered, what is in the basket, and what can be had of what a prescription has left.

    `most` is what one order may hold of it, None for any amount.
    """
    nearest = variant.nearest(remaining) if remaining > 0 else None
    offered = [one for one in variant.quantities if most is None or one <= most]
    return sorted({*offered, chosen, *([nearest] if nearest else [])})


def _first_for_form(owner: BasketOwner | None, review: BasketReview) -> int | None:
    """The line that shows the upload form: one prescription may clear several, so the form stands once."""
    if owner is None or owner.user_id is None:
        return None
    return next((line.line_id for line in review.lines if line.verdict.wants_prescription), None)
