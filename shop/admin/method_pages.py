"""Delivery methods: what is offered, what each costs by weight and state, and what things weigh."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import actor, blueprint, flash_refusal
from shop.admin.method_forms import (
    KIND_LABELS,
    ZONE_TITLES,
    MethodForm,
    WeightsForm,
    differences,
    fields_of,
    in_states,
    weight_differences,
    weight_fields,
)
from shop.clock import now
from shop.database import transaction
from shop.delivery import queries, service
from shop.delivery.models import DeliveryMethod
from shop.delivery.rules import standard
from shop.delivery.service import CodeTaken
from shop.errors import DomainError, NotFound
from shop.seen import ChangedMeanwhile, digest
from shop.web import settings


@blueprint.get("/delivery-methods")
@requires(Permission.STOCK)
def delivery_methods() -> str:
    """Every method with its prices, and the estimated weights."""
    return _list()


@blueprint.post("/delivery-methods/load")
@requires(Permission.STOCK)
def load_methods() -> Response:
    """Add the methods a store may start with, where it has none."""
    config, user_id = settings(), actor()
    with transaction():
        fresh = [] if queries.rows() else service.starting(config.delivery_cents, config.delivery_days)
        for one in fresh:
            service.add(one, user_id, now())
    flash(
        f"{len(fresh)} delivery methods added. Check their prices." if fresh else "You already have methods."
    )
    return _to_list()


@blueprint.get("/delivery-methods/new")
@requires(Permission.STOCK)
def new_method() -> str:
    """A method to be added."""
    return _page(MethodForm(), None)


@blueprint.post("/delivery-methods/new")
@requires(Permission.STOCK)
def add_method() -> Response | tuple[str, int]:
    """Offer one more method, or say beside its field what is wrong."""
    form = MethodForm()
    method = form.method() if form.validate() else None
    if method is None:
        return _page(form, None), 422
    try:
        with transaction():
            service.add(method, actor(), now())
    except CodeTaken as refusal:
        form.code.errors = [refusal.in_full]
        return _page(form, None), refusal.status
    flash(f"{method.name} is offered at checkout.")
    return _to_list()


@blueprint.get("/delivery-methods/<code>")
@requires(Permission.STOCK)
def edit_method(code: str) -> str:
    """One method as it is, to be changed."""
    row = _found(code)
    method = queries.method_of(row)
    return _page(MethodForm(formdata=None, data=fields_of(method) | {"seen": digest(method.state)}), row)


@blueprint.post("/delivery-methods/<code>")
@requires(Permission.STOCK)
def save_method(code: str) -> Response | tuple[str, int]:
    """Change what a method costs and takes, from the next order on; or show a conflicting edit."""
    row, form = _found(code), MethodForm()
    method = form.method(row.code) if form.validate() else None
    if method is None:
        return _page(form, row), 422
    try:
        with transaction():
            service.change(method, form.seen.data or "", actor(), now())
    except ChangedMeanwhile as refusal:
        row = _found(code)
        stored = queries.method_of(row)
        form.seen.data = digest(stored.state)
        return _page(form, row, refusal, differences(stored, method)), refusal.status
    flash(f"{method.name} saved. Orders already placed keep their price and date.")
    return _to_list()


@blueprint.post("/delivery-methods/<code>/withdraw")
@requires(Permission.STOCK)
def withdraw_method(code: str) -> Response:
    """Stop offering a method; it can be restored."""
    try:
        with transaction():
            service.withdraw(code, actor(), now())
    except NotFound:
        raise
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash("No longer offered. You can restore it below.")
    return _to_list()


@blueprint.post("/delivery-methods/<code>/restore")
@requires(Permission.STOCK)
def restore_method(code: str) -> Response:
    """Offer a withdrawn method again."""
    with transaction():
        service.restore(code, actor(), now())
    flash("Offered again.")
    return _to_list()


@blueprint.post("/delivery-methods/weights")
@requires(Permission.STOCK)
def save_weights() -> Response | tuple[str, int]:
    """Change the estimates that a parcel's weight is made of."""
    form = WeightsForm()
    found = form.milligrams() if form.validate() else None
    if found is None:
        return _list(form), 422
    try:
        with transaction():
            service.set_weights(found, form.seen.data or "", actor(), now())
    except ChangedMeanwhile as refusal:
        known = queries.weights()
        form.seen.data = digest(known)
        return _list(form, refusal, weight_differences(known, found)), refusal.status
    flash("Weights saved.")
    return _to_list()


def _list(
    weights: WeightsForm | None = None,
    refusal: DomainError | None = None,
    stored: dict[str, str] | None = None,
) -> str:
    rows, config = queries.rows(), settings()
    known = queries.weights()
    return render_template(
        "admin/delivery_methods.html",
        rows=[(row, queries.method_of(row)) for row in rows],
        fallback=None if rows else standard(config.delivery_cents, config.delivery_days),
        weights=weights or WeightsForm(formdata=None, data=weight_fields(known) | {"seen": digest(known)}),
        refusal=refusal,
        stored=stored,
        labels=KIND_LABELS,
    )


def _page(
    form: MethodForm,
    row: DeliveryMethod | None,
    refusal: DomainError | None = None,
    stored: dict[str, str] | None = None,
) -> str:
    return render_template(
        "admin/delivery_method.html",
        form=form,
        row=row,
        in_states=in_states(),
        zone_titles=ZONE_TITLES,
        refusal=refusal,
        stored=stored,
    )


def _found(code: str) -> DeliveryMethod:
    row = next((one for one in queries.rows() if one.code == code), None)
    if row is None:
        raise NotFound("There is no delivery method with this code.", "Choose one from the list.")
    return row


def _to_list() -> Response:
    return redirect(url_for("admin.delivery_methods"), 303)
