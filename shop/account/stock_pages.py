"""The medicines that a customer wants to be told of when they are back in stock."""

from flask import Response, flash, render_template, request
from flask_login import current_user

from shop.access import Permission, requires
from shop.account.blueprint import blueprint, to
from shop.basket.forms import wanted_variant
from shop.clock import now
from shop.database import transaction
from shop.restock import queries, service

LIST = "/account/back-in-stock"


@blueprint.get("/back-in-stock")
@requires(Permission.SHOP)
def back_in_stock() -> str:
    """What they wait for, and what came back; the email leads here, since it names no medicine."""
    return render_template("account/back_in_stock.html", notices=queries.of_account(current_user.id))


@blueprint.post("/back-in-stock")
@requires(Permission.SHOP)
def ask_when_back() -> Response:
    """Tell them once, by email. Back to the medicine."""
    variant, user_id = wanted_variant(request), current_user.id
    with transaction():
        service.ask(user_id, variant.id, now())
    flash("We’ll email you once when it’s back in stock.")
    strength = variant.slug.removeprefix(variant.product_slug).strip("-") or variant.slug
    return to(f"/medicines/{variant.product_slug}/{strength}")  # type: ignore[return-value]


@blueprint.post("/back-in-stock/<int:variant_id>/remove")
@requires(Permission.SHOP)
def stop_waiting(variant_id: int) -> Response:
    """Take one off the list."""
    user_id = current_user.id
    with transaction():
        service.stop(user_id, variant_id)
    flash("Removed. You won’t get an email about it.")
    return to(LIST)  # type: ignore[return-value]
