"""Strengths and packs made by hand, on any product: the forms to make, edit and withdraw one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal
from shop.admin.product_forms import PackForm, StrengthForm
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.handmade import packs, queries, strengths
from shop.handmade.queries import PackNow, ProductNow, StrengthNow
from shop.handmade.refusals import ChangedMeanwhile, Exists, NotSaved, OfDirectory
from shop.handmade.states import digest
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
    """Make it and go on to its pack; or say what is wrong and keep what was typed."""
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
    """Save it, or say what is wrong, or that somebody else was quicker; what was typed is kept."""
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
    """Beside its field where the refusal has one; after somebody else, saving again means it."""
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
    """What the page says of a refusal: what is stored now, or where the one is that exists already."""
    meanwhile = isinstance(refusal, ChangedMeanwhile)
    return {
        "refusal": refusal if meanwhile else None,
        "stored": found.state if meanwhile and found else None,
        "existing": refusal if isinstance(refusal, Exists) else None,
    }


# --- Packs ------------------------------------------------------------------------------------------------

PACK = f"{STRENGTH}/packs/<{ID}:pack_id>"


@blueprint.get(f"{STRENGTH}/packs/new")
@requires(Permission.STOCK)
def new_pack(slug: str, variant_id: int) -> str:
    """The form for one more pack."""
    return _pack_page(PackForm(formdata=None), queries.strength(slug, variant_id), None)


@blueprint.post(f"{STRENGTH}/packs/new")
@requires(Permission.STOCK)
def make_pack(slug: str, variant_id: int) -> Answer:
    """Make it, or say what is wrong and keep what was typed."""
    strength, form = queries.strength(slug, variant_id), PackForm()
    entered = form.pack(None)
    if entered is None:
        return _pack_page(form, strength, None), 422
    try:
        with transaction():
            packs.make_pack(slug, variant_id, entered, actor(), now())
    except NotSaved as refusal:
        form.refused(refusal)
        return _pack_page(form, strength, None, refusal), refusal.status
    flash("Pack saved.")
    return redirect(url_for("admin.catalogue_product", slug=slug, of=variant_id), 303)


@blueprint.get(PACK)
@requires(Permission.STOCK)
def edit_pack(slug: str, variant_id: int, pack_id: int) -> str:
    """The form with the pack as it is; of the directory's, nothing can be changed."""
    found = queries.pack(slug, variant_id, pack_id)
    values = dict(found.state) | {"seen": digest(found.state)}
    return _pack_page(PackForm(formdata=None, data=values), found.of, found)


@blueprint.post(PACK)
@requires(Permission.STOCK)
def save_pack(slug: str, variant_id: int, pack_id: int) -> Answer:
    """Save it, or say what is wrong, or that somebody else was quicker; what was typed is kept."""
    found, form = queries.pack(slug, variant_id, pack_id), PackForm()
    entered = form.pack(found.store_code)
    if entered is None:
        return _pack_page(form, found.of, found), 422
    try:
        with transaction():
            packs.change_pack(slug, variant_id, pack_id, entered, form.seen.data or "", actor(), now())
    except OfDirectory as refusal:
        flash_refusal(refusal)
    except (ChangedMeanwhile, NotSaved) as refusal:
        found = queries.pack(slug, variant_id, pack_id)
        keep(form, refusal, digest(found.state))
        return _pack_page(form, found.of, found, refusal), refusal.status
    else:
        flash("Saved.")
    return redirect(url_for("admin.catalogue_product", slug=slug, of=variant_id), 303)


@blueprint.post(f"{PACK}/withdraw")
@requires(Permission.STOCK)
def withdraw_pack(slug: str, variant_id: int, pack_id: int) -> Response:
    """Withdraw a pack, or put it back."""
    withdrawn = request.form.get("do") != "restore"
    try:
        with transaction():
            packs.set_withdrawn(slug, variant_id, pack_id, withdrawn, actor(), now())
    except OfDirectory as refusal:
        flash_refusal(refusal)
    else:
        flash("Pack withdrawn. Lots of it stay." if withdrawn else "No longer withdrawn.")
    return redirect(url_for("admin.catalogue_product", slug=slug, of=variant_id), 303)


def _pack_page(
    form: PackForm, strength: StrengthNow, found: PackNow | None, refusal: DomainError | None = None
) -> str:
    return render_template(
        "admin/pack_form.html",
        form=form,
        product=strength.product,
        strength=strength,
        pack=found,
        **about(refusal, found),
    )
