"""Products made by hand: the forms to make, edit and withdraw one, and names of ingredients while typing."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import actor, blueprint, flash_refusal, query_arg
from shop.admin.product_forms import ProductForm, product_form
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.handmade import products, queries
from shop.handmade.products import Saved
from shop.handmade.queries import ProductNow
from shop.handmade.refusals import Exists, NotSaved, OfDirectory
from shop.seen import ChangedMeanwhile, digest

Answer = Response | str | tuple[str, int]


@blueprint.get("/catalogue/new")
@requires(Permission.STOCK)
def new_product() -> str:
    """The empty form."""
    return _page(product_form(queries.categories()), None)


@blueprint.post("/catalogue/new")
@requires(Permission.STOCK)
def make_product() -> Answer:
    """Create the product and show its page; or show validation errors, keeping what was entered."""
    form = product_form(queries.categories(), sent=request.form, more="more" in request.form)
    if "more" in request.form:
        return _page(form, None)
    entered = form.product(queries.known_ingredients())
    if entered is None:
        return _page(form, None), 422
    try:
        with transaction():
            saved = products.make_product(entered, actor(), now())
    except NotSaved as refusal:
        form.refused(refusal)
        return _page(form, None, refusal), refusal.status
    flash("Product saved. It is not on sale yet: add its strengths next.")
    return redirect(url_for("admin.catalogue_product", slug=saved.slug), 303)


@blueprint.get("/catalogue/<slug>/edit")
@requires(Permission.STOCK)
def edit_product(slug: str) -> str:
    """The form filled with the product. For one from the directory, only the categories can be changed."""
    found = queries.product(slug)
    return _page(product_form(queries.categories(), _values(found)), found)


@blueprint.post("/catalogue/<slug>/edit")
@requires(Permission.STOCK)
def save_product(slug: str) -> Answer:
    """Save the product, or show validation errors or a conflicting edit, keeping what was entered."""
    found = queries.product(slug)
    form = product_form(queries.categories(), _values(found), request.form, more="more" in request.form)
    if "more" in request.form:
        return _page(form, found)
    try:
        saved = _save(found, form)
    except ChangedMeanwhile as refusal:
        found = queries.product(slug)
        form.seen.data = digest(found.state)
        return _page(form, found, refusal), refusal.status
    except NotSaved as refusal:
        form.refused(refusal)
        return _page(form, found, refusal), refusal.status
    if saved is None:
        return _page(form, found), 422
    _say(saved)
    return redirect(url_for("admin.catalogue_product", slug=slug), 303)


@blueprint.post("/catalogue/<slug>/withdraw")
@requires(Permission.STOCK)
def withdraw_product(slug: str) -> Response:
    """Withdraw a product made by hand, or put it back."""
    withdrawn = request.form.get("do") != "restore"
    try:
        with transaction():
            saved = products.set_withdrawn(slug, withdrawn, actor(), now())
    except OfDirectory as refusal:
        flash_refusal(refusal)
    else:
        flash(
            f"Withdrawn{', and taken off sale' if saved.off_sale else ''}. Existing orders keep it."
            if withdrawn
            else "No longer withdrawn. It is not on sale until you put it on sale."
        )
    return redirect(url_for("admin.catalogue_product", slug=slug), 303)


@blueprint.get("/catalogue/ingredients")
@requires(Permission.STOCK)
def ingredient_names() -> Response:
    """Names of ingredients for what was typed so far: `{"names": [...]}`."""
    return jsonify(names=queries.suggested_ingredients(query_arg()))


def _save(found: ProductNow, form: ProductForm) -> Saved | None:
    seen = form.seen.data or ""
    if not found.by_hand:
        with transaction():
            return products.file_product(found.slug, form.category_ids(), seen, actor(), now())
    entered = form.product(queries.known_ingredients())
    if entered is None:
        return None
    with transaction():
        return products.change_product(found.slug, entered, seen, actor(), now())


def _values(found: ProductNow) -> dict[str, Any]:
    return dict(found.state) | {
        "categories": [str(one) for one in found.categories],
        "seen": digest(found.state),
    }


def _say(saved: Saved) -> None:
    if saved.withdrawn:
        flash(
            "Saved and withdrawn: orders, prescriptions, or lots refer to the product as it was. "
            "Create a new product for what it is now.",
            "error",
        )
    elif not products.is_clear(saved):
        flash("Saved. The safety data don’t allow this product to be sold; the reason is below.", "error")
    elif saved.off_sale:
        flash("Saved, and taken off sale, because it is now a different medicine. Check it, then list it.")
    else:
        flash("Saved.")


def _page(form: ProductForm, found: ProductNow | None, refusal: DomainError | None = None) -> str:
    return render_template(
        "admin/product_form.html",
        form=form,
        product=found,
        stored=found.state if found and isinstance(refusal, ChangedMeanwhile) else None,
        refusal=refusal if isinstance(refusal, ChangedMeanwhile) else None,
        existing=refusal if isinstance(refusal, Exists) else None,
    )
