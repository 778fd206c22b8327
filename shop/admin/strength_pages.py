"""Strengths made by hand, on any product: the forms to make, edit and withdraw one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal
from shop.admin.product_forms import PackForm, StrengthForm
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.handmade import queries, strengths
from shop.handmade.queries import PackNow, ProductNow, StrengthNow
from shop.handmade.refusals import Exists, NotSaved
from shop.seen import ChangedMeanwhile, digest
from shop.web import settings

Answer = Response | str | tuple[str, int]
STRENGTHS = "/catalogue/<slug>/strengths"
STRENGTH = f"{STRENGTHS}/<{ID}:variant_id>"


@blueprint.get(f"{STRENGTHS}/new")
@requires(Permission.STOCK)
def new_strength(slug: str) -> str:
    """The form for one more strength."""
    form = StrengthForm(formdata=None, data={"markets": settings().market})
    return _strength_page(form, queries.product(slug), None)


@blueprint.post(f"{STRENGTHS}/new")
@requires(Permission.STOCK)
def make_strength(slug: str) -> Answer:
    """Create the strength and go on to its pack; or show validation errors, keeping what was entered."""
    product, form = queries.product(slug), StrengthForm()
    entered = form.strength_entered()
    if entered is None:
        return _strength_page(form, product, None), 422
    try:
        with transaction():
            variant_id = strengths.make_strength(slug, entered, actor(), now())
    except NotSaved as refusal:
        form.refused(refusal)
        return _strength_page(form, product, None, refusal), refusal.status
    flash("Strength saved. Add the pack it comes in next.")
    return redirect(url_for("admin.catalogue_product", slug=slug, of=variant_id), 303)


@blueprint.get(STRENGTH)
@requires(Permission.STOCK)
def edit_strength(slug: str, variant_id: int) -> str:
    """The form with the strength as it is."""
    found = queries.strength(slug, variant_id)
    return _strength_page(StrengthForm(formdata=None, data=_strength_values(found)), found.product, found)


@blueprint.post(STRENGTH)
@requires(Permission.STOCK)
def save_strength(slug: str, variant_id: int) -> Answer:
    """Save the strength, or show validation errors or a conflicting edit, keeping what was entered."""
    found, form = queries.strength(slug, variant_id), StrengthForm()
    if found.of_directory:
        form.strength.data, form.content.data = found.state["strength"], found.state["content"]
    entered = form.strength_entered()
    if entered is None:
        return _strength_page(form, found.product, found), 422
    try:
        with transaction():
            off_sale = strengths.change_strength(
                slug, variant_id, entered, form.seen.data or "", actor(), now()
            )
    except (ChangedMeanwhile, NotSaved) as refusal:
        found = queries.strength(slug, variant_id)
        keep(form, refusal, digest(found.state))
        return _strength_page(form, found.product, found, refusal), refusal.status
    flash("Saved, and the product taken off sale. Check it, then put it on sale." if off_sale else "Saved.")
    return redirect(url_for("admin.catalogue_product", slug=slug, of=variant_id), 303)


@blueprint.post(f"{STRENGTH}/withdraw")
@requires(Permission.STOCK)
def withdraw_strength(slug: str, variant_id: int) -> Response:
    """Withdraw a strength, or put it back."""
    withdrawn = request.form.get("do") != "restore"
    try:
        with transaction():
            off_sale = strengths.set_withdrawn(slug, variant_id, withdrawn, actor(), now())
    except NotSaved as refusal:
        flash_refusal(refusal)
    else:
        words = "Strength withdrawn. Existing orders keep it." if withdrawn else "No longer withdrawn."
        flash(f"{words} The product has no strengths left and is off sale." if off_sale else words)
    return redirect(url_for("admin.catalogue_product", slug=slug, of=variant_id), 303)


def keep(form: StrengthForm | PackForm, refusal: DomainError, seen: str) -> None:
    """Show a refusal beside its field. After a conflicting edit, saving again overwrites what was shown."""
    if isinstance(refusal, NotSaved):
        form.refused(refusal)
    else:
        form.seen.data = seen


def _strength_values(found: StrengthNow) -> dict[str, Any]:
    return {
        "strength": found.state["strength"],
        "content": found.state["content"],
        "markets": ", ".join(found.markets),
        "seen": digest(found.state),
    }


def _strength_page(
    form: StrengthForm, product: ProductNow, found: StrengthNow | None, refusal: DomainError | None = None
) -> str:
    return render_template(
        "admin/strength_form.html", form=form, product=product, strength=found, **about(refusal, found)
    )


def about(refusal: DomainError | None, found: StrengthNow | PackNow | None) -> dict[str, Any]:
    """What the page shows with a refusal: what is stored now, or a link to the one that exists already."""
    meanwhile = isinstance(refusal, ChangedMeanwhile)
    return {
        "refusal": refusal if meanwhile else None,
        "stored": found.state if meanwhile and found else None,
        "existing": refusal if isinstance(refusal, Exists) else None,
    }
