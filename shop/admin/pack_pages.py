"""Packs made by hand, beneath any strength: the forms to make, edit and withdraw one."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.accounts.queries import names_of
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal
from shop.admin.product_forms import PackForm, SizeForm
from shop.admin.strength_pages import STRENGTH, Answer, about, keep
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.handmade import packs, queries, sizes
from shop.handmade.queries import PackNow, StrengthNow
from shop.handmade.refusals import NotSaved, OfDirectory
from shop.seen import ChangedMeanwhile, digest

PACK = f"{STRENGTH}/packs/<{ID}:pack_id>"


@blueprint.get(f"{STRENGTH}/packs/new")
@requires(Permission.STOCK)
def new_pack(slug: str, variant_id: int) -> str:
    """The form for one more pack."""
    return _pack_page(PackForm(formdata=None), queries.strength(slug, variant_id), None)


@blueprint.post(f"{STRENGTH}/packs/new")
@requires(Permission.STOCK)
def make_pack(slug: str, variant_id: int) -> Answer:
    """Create the pack, or show validation errors, keeping what was entered."""
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
    """Save the pack, or show validation errors or a conflicting edit, keeping what was entered."""
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


@blueprint.post(f"{PACK}/size")
@requires(Permission.STOCK)
def state_size(slug: str, variant_id: int, pack_id: int) -> Answer:
    """Say how much a pack of the directory holds, as read on its label."""
    found, form = queries.pack(slug, variant_id, pack_id), SizeForm()
    typed = form.size_typed()
    if typed is None:
        return _pack_page(PackForm(formdata=None), found.of, found, size_form=form), 422
    try:
        with transaction():
            sizes.state_size(slug, variant_id, pack_id, typed, actor(), now())
    except (ChangedMeanwhile, NotSaved) as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Saved: {typed.size:,} in this pack.")
    return redirect(url_for("admin.edit_pack", slug=slug, variant_id=variant_id, pack_id=pack_id), 303)


@blueprint.post(f"{PACK}/size/undo")
@requires(Permission.STOCK)
def take_size_back(slug: str, variant_id: int, pack_id: int) -> Response:
    """Remove the size that was entered, so what the pack holds is unknown again."""
    try:
        with transaction():
            sizes.take_back(slug, variant_id, pack_id, actor(), now())
    except NotSaved as refusal:
        flash_refusal(refusal)
    else:
        flash("Undone: the size is unknown again.")
    return redirect(url_for("admin.edit_pack", slug=slug, variant_id=variant_id, pack_id=pack_id), 303)


def _pack_page(
    form: PackForm,
    strength: StrengthNow,
    found: PackNow | None,
    refusal: DomainError | None = None,
    size_form: SizeForm | None = None,
) -> str:
    return render_template(
        "admin/pack_form.html",
        form=form,
        product=strength.product,
        strength=strength,
        pack=found,
        size_form=size_form or SizeForm(formdata=None),
        names=names_of([found.stated.actor_id]) if found and found.stated else {},
        **about(refusal, found),
    )
