"""What one strength costs when its price is set by hand, and giving it back to the rule."""

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.accounts.queries import names_of
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal
from shop.admin.price_figures import Scope, scope_of
from shop.admin.price_forms import fixed_price_form, shown
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.clock import now
from shop.database import transaction
from shop.errors import NotFound
from shop.pricing import queries, records, service
from shop.pricing.records import NothingToPutBack


@blueprint.get(f"/prices/<slug>/<{ID}:variant_id>")
@requires(Permission.STOCK)
def fixed_price(slug: str, variant_id: int) -> str:
    """The form for a price set by hand."""
    scope, facts = _strength(slug, variant_id)
    return _price_page(scope, facts, fixed_price_form(facts.quantities, facts.price, facts.breaks))


@blueprint.post(f"/prices/<slug>/<{ID}:variant_id>")
@requires(Permission.STOCK)
def set_fixed_price(slug: str, variant_id: int) -> Response | tuple[str, int]:
    """Fix the price by hand; rules no longer touch it."""
    scope, facts = _strength(slug, variant_id)
    form = fixed_price_form(facts.quantities, facts.price, facts.breaks, request.form)
    wanted = form.prices()
    if wanted is None:
        return _price_page(scope, facts, form), 422
    with transaction():
        changed = service.set_fixed_price(variant_id, *wanted, actor(), now())
    words = f"{facts.label} costs {shown(wanted[0])} {'now' if changed else 'already'}."
    flash(words)
    return redirect(f"{scope.address}#v{variant_id}", 303)


@blueprint.post(f"/prices/<slug>/<{ID}:variant_id>/by-rule")
@requires(Permission.STOCK)
def price_by_rule(slug: str, variant_id: int) -> Response:
    """Let the rule price a strength."""
    scope, facts = _strength(slug, variant_id)
    with transaction():
        service.price_by_rule([variant_id], actor(), now())
    after = catalogue.variant(variant_id)
    price = after.price if after else None
    flash(
        f"{facts.label} is priced by rule: {shown(price)}."
        if price is not None
        else f"{facts.label} can’t be priced by a rule yet, and isn’t for sale until it can."
    )
    return redirect(f"{scope.address}#v{variant_id}", 303)


@blueprint.post(f"/prices/<slug>/<{ID}:variant_id>/put-back")
@requires(Permission.STOCK)
def put_back_fixed_price(slug: str, variant_id: int) -> Response:
    """Undo the latest decision about a strength's price."""
    scope, facts = _strength(slug, variant_id)
    try:
        with transaction():
            service.put_back_price(variant_id, actor(), now())
    except NothingToPutBack as refusal:
        flash_refusal(refusal)
    else:
        flash(f"{facts.label} has its earlier price again.")
    return redirect(f"{scope.address}#v{variant_id}", 303)


def _price_page(scope: Scope, facts: VariantFacts, form: Any) -> str:
    before = records.price_before(facts.id)
    strength = next(
        one for one in queries.strengths([facts.product_id], only_by_rule=False) if one.variant_id == facts.id
    )
    return render_template(
        "admin/fixed_price.html",
        scope=scope,
        facts=facts,
        form=form,
        before=before,
        strength=strength,
        who=names_of([before.actor_id] if before and before.actor_id else []),
    )


def _strength(slug: str, variant_id: int) -> tuple[Scope, VariantFacts]:
    scope, facts = scope_of(slug), catalogue.variant(variant_id)
    if facts is None or facts.product_id != scope.product_id:
        raise NotFound("There is no such strength.", "Go back to the medicine’s prices.")
    return scope, facts
