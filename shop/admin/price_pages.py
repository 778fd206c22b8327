"""Price pages: the store's rule, a medicine's own, and what a strength costs when it is set by hand.

A rule, and doing without one, is looked at by GET and applied by POST, so that nobody learns from customers
what it did. The address word "store" stands for the store's rule where otherwise a medicine's slug stands.
"""

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.accounts.queries import names_of
from shop.admin import price_figures
from shop.admin.blueprint import ID, actor, blueprint, flash_refusal, query_arg
from shop.admin.labels import by_name
from shop.admin.price_figures import Scope, scope_of
from shop.admin.price_forms import RuleForm, fields_of, fixed_price_form
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.clock import business_date, now
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.pricing import queries, records, service
from shop.pricing.plan import (
    Outcome,
    Repriced,
    change,
    describe_outcome,
    outcome_table,
    preview,
    price_in_words,
    rule_in_words,
)
from shop.pricing.records import NothingToPutBack, PriceRecord
from shop.pricing.rules import THREE_PLACES_FROM, TWO_PLACES_FROM, Rule
from shop.search import staff
from shop.seen import ChangedMeanwhile, digest

MOST_FOUND = 30
STEPS = ("remove", "put-back")
"""What else is looked at first: `?step=` of a rule's address, and where it is posted to."""


@blueprint.get("/prices")
@requires(Permission.STOCK)
def prices() -> str:
    """Every rule, how many prices it makes, and the way to a medicine."""
    q = query_arg()
    return render_template(
        "admin/prices.html",
        q=q,
        found=_medicines(q),
        rules=queries.rules(),
        counts=queries.counts(),
        own=queries.products_with_rules(),
        words=rule_in_words,
    )


@blueprint.get("/prices/<slug>")
@requires(Permission.STOCK)
def price_rule(slug: str) -> str | tuple[str, int]:
    """One rule with worked examples; with its fields in the address, what they would change."""
    scope, rules = scope_of(slug), queries.rules()
    step = request.args.get("step", "")
    if not request.args or step in STEPS:
        own = rules.store if scope.product is None else rules.by_product.get(scope.product.id)
        return _rule_page(scope, RuleForm(formdata=None, data=fields_of(own)), None, step=step)
    form = RuleForm(formdata=request.args, meta={"csrf": False})
    rule = form.rule(for_store=scope.product is None)
    return _rule_page(scope, form, rule) if rule else (_rule_page(scope, form, None), 422)


@blueprint.post("/prices/<slug>")
@requires(Permission.STOCK)
def set_price_rule(slug: str) -> Response | tuple[str, int]:
    """Apply a rule and make its prices."""
    scope, form = scope_of(slug), RuleForm()
    rule = form.rule(for_store=scope.product is None)
    if rule is None:
        return _rule_page(scope, form, None), 422
    try:
        with transaction():
            seen = request.form.get("seen", "")
            done = service.set_rule(scope.product_id, rule, actor(), now(), seen)
    except ChangedMeanwhile as refusal:
        return _rule_page(scope, form, rule, refusal), refusal.status
    return _done(scope, f"The rule is: {rule_in_words(rule)}.", done)


@blueprint.post("/prices/<slug>/remove")
@requires(Permission.STOCK)
def remove_price_rule(slug: str) -> Response:
    """Take a rule away; a medicine then follows the store's."""
    scope = scope_of(slug)
    with transaction():
        done = service.remove_rule(scope.product_id, actor(), now())
    return _done(scope, "Rule removed.", done)


@blueprint.post("/prices/<slug>/put-back")
@requires(Permission.STOCK)
def put_back_price_rule(slug: str) -> Response:
    """Undo the latest change of a rule."""
    scope = scope_of(slug)
    try:
        with transaction():
            done = service.put_back_rule(scope.product_id, actor(), now())
    except NothingToPutBack as refusal:
        flash_refusal(refusal)
        return redirect(scope.address, 303)
    return _done(scope, "Earlier rule restored.", done)


# --- What the pages are made of ---------------------------------------------------------------------------


def _rule_page(
    scope: Scope, form: RuleForm, wanted: Rule | None, refusal: DomainError | None = None, step: str = ""
) -> str:
    """`wanted`, or what a `step` would lead to, is compared with the rule as it is."""
    rules = queries.rules()
    own = rules.store if scope.product is None else rules.by_product.get(scope.product.id)
    before = records.rule_before(scope.product_id)
    if before and before.value == own:
        before = None
    if (step == "remove" and own is None) or (step == "put-back" and before is None):
        step = ""  # somebody else was quicker: there is nothing to do
    if step == "put-back" and before:
        wanted = before.value
    looking = bool(wanted or step)
    then = rules.with_rule(scope.product_id, wanted) if looking else rules
    examples = (
        price_figures.of_product(scope.product.id, then) if scope.product else price_figures.of_store(then)
    )
    looked_at = preview(then, scope.product_ids, business_date(now())) if looking else None
    return render_template(
        "admin/price_rule.html",
        scope=scope,
        form=form,
        own=own,
        rules=rules,
        wanted=wanted,
        step=step,
        before=before,
        examples=examples,
        looked_at=looked_at,
        changes=_table(looked_at),
        outcome=describe_outcome,
        limits=(TWO_PLACES_FROM, THREE_PLACES_FROM),
        words=rule_in_words,
        refusal=refusal,
        seen=digest(records.rule_state(own)),
    )


def _table(looked_at: Repriced | None) -> list[tuple[str, int]]:
    return [pair for pair in outcome_table(looked_at)[:-1] if pair[1]] if looked_at else []


def _medicines(q: str) -> list[VariantFacts]:
    """A strength of each medicine that the words find."""
    found = {one.product_id: one for one in reversed(by_name(staff.find_variants(q, MOST_FOUND)))}
    return list(reversed(found.values()))


def _done(scope: Scope, words: str, done: Repriced) -> Response:
    flash(f"{words} {describe_outcome(done)}")
    return redirect(scope.address, 303)


# --- Prices fixed by hand ---------------------------------------------------------------------------------


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
    try:
        with transaction():
            seen = request.form.get("seen", "")
            changed = service.set_fixed_price(variant_id, *wanted, actor(), now(), seen)
    except ChangedMeanwhile as refusal:
        return _price_page(scope, _strength(slug, variant_id)[1], form, refusal), refusal.status
    words = f"{facts.label} costs {price_in_words(wanted[0])} {'now' if changed else 'already'}."
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
    [strength] = queries.strengths_by_id([variant_id], business_date(now()))
    if price is None:
        flash(f"{facts.label} can’t be priced by a rule yet, and isn’t for sale until it can.")
    elif change(strength, queries.rules().of(strength.product_id)).outcome is Outcome.OUTDATED:
        flash(f"{facts.label} stays at {price_in_words(price)} until a newer price survey is imported.")
    else:
        flash(f"{facts.label} is priced by rule: {price_in_words(price)}.")
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


def _stored(record: PriceRecord) -> dict[str, str]:
    """How a strength is priced now, for whoever was about to price it otherwise."""
    price = "none" if record.price is None else price_in_words(record.price)
    said = {"Priced": "by rule" if record.by_rule else "by hand", "Price per unit": price}
    return said | {f"From {units} units": price_in_words(lower) for units, lower in record.breaks}


def _price_page(scope: Scope, facts: VariantFacts, form: Any, refusal: DomainError | None = None) -> str:
    before = records.price_before(facts.id)
    strength = next(iter(queries.strengths_by_id([facts.id], business_date(now()))))
    return render_template(
        "admin/fixed_price.html",
        scope=scope,
        facts=facts,
        form=form,
        before=before,
        strength=strength,
        refusal=refusal,
        stored=_stored(strength.record) if refusal else None,
        # what is wrong in a form is corrected on what it was opened with
        seen=request.form.get("seen", "") if form.errors else digest(records.price_state(strength.record)),
        who=names_of([before.actor_id] if before and before.actor_id else []),
    )


def _strength(slug: str, variant_id: int) -> tuple[Scope, VariantFacts]:
    scope, facts = scope_of(slug), catalogue.variant(variant_id)
    if facts is None or facts.product_id != scope.product_id:
        raise NotFound("There is no such strength.", "Go back to the medicine’s prices.")
    return scope, facts
