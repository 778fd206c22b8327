"""Receiving a delivery: find the package by name or NDC, then type what is printed on it."""

import re
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Field

from shop.access import Permission, requires
from shop.admin.blueprint import LONGEST_SEARCH, actor, address, blueprint, query_arg
from shop.admin.forms import DeliveryForm
from shop.catalogue import packs as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue.packs import PackFacts
from shop.catalogue.queries import VariantFacts
from shop.clock import now
from shop.database import transaction
from shop.search import staff
from shop.stock import service

MOST_FOUND = 20
FIELDS = ("number", "expires_on", "quantity", "unit_cost", "item")
_ITEM = re.compile(r"(\d{1,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True)
class Package:
    """One choice: a variant in one pack, or in a pack that is not on file."""

    variant: VariantFacts
    pack: PackFacts | None

    @property
    def value(self) -> str:
        return f"{self.variant.id}-{self.pack.id if self.pack else ''}"


@dataclass(frozen=True)
class Choices:
    """The packages to choose from, the one chosen before in front; `total` counts what the words mean."""

    shown: list[Package]
    total: int


@blueprint.get("/stock/receive")
@requires(Permission.STOCK)
def receive() -> str:
    """The search, and the form once it found something, with what was typed before searching again."""
    entered = {name: query_arg(name) for name in FIELDS if query_arg(name)}
    form = DeliveryForm(MultiDict({"q": query_arg(), **entered}))
    choices = _choices(query_arg(), _chosen(query_arg("item")))
    if len(choices.shown) == 1:
        form.item.data = choices.shown[0].value
    return render_template("admin/receive.html", form=form, choices=choices, q=query_arg(), entered=entered)


@blueprint.post("/stock/receive")
@requires(Permission.STOCK)
def book_delivery() -> Response | tuple[str, int]:
    """Receive it and show the lot, or show what is wrong beside its field with everything else kept.

    The form's other button searches again, and what was typed goes along.
    """
    form = DeliveryForm()
    q = (form.q.data or "").strip()[:LONGEST_SEARCH]
    if "find" in request.form:
        entered = {name: request.form.get(name, "").strip()[:LONGEST_SEARCH] for name in FIELDS}
        return redirect(address("admin.receive", q=q, **entered), 303)
    chosen = _chosen(form.item.data or "")
    if form.validate_on_submit() and chosen is None:
        form.item.errors = ["Choose the package from the list."]
    elif not form.errors and chosen and (lot_id := _book(form, chosen)):
        flash(f"{form.units:,} units of {chosen.variant.label} received into stock.")
        return redirect(url_for("admin.lot", lot_id=lot_id), 303)
    return render_template("admin/receive.html", form=form, choices=_choices(q, chosen), q=q, entered={}), 422


def _book(form: DeliveryForm, package: Package) -> int | None:
    assert form.number.data
    assert form.expires_on.data
    try:
        with transaction():
            return service.receive_lot(
                package.variant.id,
                package.pack.id if package.pack else None,
                form.number.data,
                form.expires_on.data,
                form.units,
                form.cost,
                actor(),
                now(),
            )
    except service.LotRefused as refusal:
        field: Field = form[refusal.field]
        field.errors = [f"{refusal.message} {refusal.todo}"]
        return None


def _chosen(value: str) -> Package | None:
    """The package that "12-34" or "12-" names, if there is one; "12-" only where no pack is on file."""
    item = _ITEM.fullmatch(value)
    variant = catalogue.variant(int(item[1])) if item else None
    if item is None or variant is None:
        return None
    on_file = {str(pack.id): pack for pack in catalogue_desk.packs_of([variant.id]).get(variant.id, [])}
    if item[2] in on_file:
        return Package(variant, on_file[item[2]])
    return None if item[2] or on_file else Package(variant, None)


def _choices(text: str, chosen: Package | None) -> Choices:
    """What `text` may mean: the packs with this NDC, otherwise the best of those its words occur in."""
    packs: list[tuple[int, PackFacts | None]] = [
        (pack.variant_id, pack) for pack in catalogue_desk.packs_by_code(text)
    ]
    total = len(packs)
    if not packs:
        found = staff.packages(text, MOST_FOUND)
        packs, total = found.rows, found.total
    variants = catalogue.variants(variant_id for variant_id, _pack in packs)
    shown = [Package(variants[variant_id], pack) for variant_id, pack in packs]
    if chosen and chosen not in shown:
        shown, total = [chosen, *shown], total + 1
    return Choices(shown, total)
