"""Receiving a delivery: find the package by name or NDC, type what is printed on it, see the sum, book it.

Deliveries come in packages. Loose units are received only of what has no package on file.
"""

import re
from dataclasses import dataclass
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Field

from shop.access import Permission, requires
from shop.admin.blueprint import LONGEST_SEARCH, actor, address, blueprint, flash_refusal, query_arg
from shop.admin.delivery_sum import Sum, delivered
from shop.admin.forms import DeliveryForm
from shop.admin.labels import whole_cents
from shop.catalogue import packs as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue.packs import PackFacts
from shop.catalogue.queries import VariantFacts
from shop.clock import now
from shop.database import transaction
from shop.search import staff
from shop.stock import service
from shop.web import settings

MOST_FOUND = 20
FIELDS = ("number", "expires_on", "packs", "quantity", "unit_cost", "item")
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ITEM = re.compile(r"(\d{1,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True)
class Package:
    """One choice: a variant in one pack, or in a pack that is not on file."""

    variant: VariantFacts
    pack: PackFacts | None

    @property
    def unknown_size(self) -> bool:
        """Whether it has a package, but nobody knows how much is in it."""
        return self.pack is not None and self.pack.size is None

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
def book_delivery() -> Response | str | tuple[str, int]:
    """Show the delivery's total and, once it is confirmed, book it; or show errors beside their fields.

    The form's other button searches again, and what was typed goes along.
    """
    form = DeliveryForm()
    q = (form.q.data or "").strip()[:LONGEST_SEARCH]
    if "find" in request.form:
        entered = {name: request.form.get(name, "").strip()[:LONGEST_SEARCH] for name in FIELDS}
        return redirect(address("admin.receive", q=q, **entered), 303)
    chosen = _chosen(form.item.data or "")
    found = _sum(form, chosen)
    if found and chosen and "change" not in request.form:
        key = form.delivery.data or ""
        if not _KEY.fullmatch(key) or form.total.data != str(found.units):
            return _review(form, chosen, found, q)
        if lot_id := _book(form, chosen, found, key):
            return redirect(url_for("admin.lot", lot_id=lot_id), 303)
    entered = {name: text[:LONGEST_SEARCH] for name in FIELDS if (text := request.form.get(name, ""))}
    page = render_template("admin/receive.html", form=form, choices=_choices(q, chosen), q=q, entered=entered)
    return page, 422 if form.errors else 200


def _sum(form: DeliveryForm, chosen: Package | None) -> Sum | None:
    """What was typed comes to; None where something cannot be meant, and then fields have errors."""
    valid = form.validate_on_submit()
    if chosen is None:
        form.item.errors = form.item.errors or ["Choose the package from the list."]
        return None
    if chosen.unknown_size:
        form.item.errors = ["How much this package holds is not known. Enter its size first."]
        return None
    wanted, other, what = (form.packs, form.quantity, "packages")
    if chosen.pack is None:
        wanted, other, what = (form.quantity, form.packs, "loose units: it has no package on file")
    if other.data:
        other.errors = [f"Leave this blank. This medicine is received in {what}."]
    elif not wanted.data:
        wanted.errors = [f"Enter the number of {what}."]
    if not valid or form.errors or form.expires_on.data is None:
        return None
    found = delivered(chosen.variant, chosen.pack, form.packs.number, form.quantity.number, settings().locale)
    try:
        service.check_delivery(form.number.data or "", form.expires_on.data, found.units, now())
    except service.LotRefused as refusal:
        _refuse(form, chosen, refusal)
        return None
    return found


def _review(form: DeliveryForm, chosen: Package, found: Sum, q: str) -> str:
    """What would be booked, and the button that books it: once, however often it is pressed."""
    fields = {name: request.form.get(name, "") for name in FIELDS}
    return render_template(
        "admin/receive_review.html",
        form=form,
        chosen=chosen,
        sum=found,
        fields=fields | {"q": q, "delivery": uuid4().hex, "total": str(found.units)},
        cost=form.cost * found.units if form.cost is not None else None,
        cents=whole_cents,
    )


def _book(form: DeliveryForm, package: Package, found: Sum, key: str) -> int | None:
    assert form.number.data
    assert form.expires_on.data
    try:
        with transaction():
            lot_id = service.receive_lot(
                package.variant.id,
                package.pack.id if package.pack else None,
                form.number.data,
                form.expires_on.data,
                found.units,
                form.cost,
                actor(),
                now(),
                key,
            )
    except service.AlreadyReceived as refusal:
        flash_refusal(refusal)
        return refusal.lot_id
    except service.LotRefused as refusal:
        _refuse(form, package, refusal)
        return None
    flash(f"Received: {found.text} of {package.variant.label}.")
    return lot_id


def _refuse(form: DeliveryForm, package: Package, refusal: service.LotRefused) -> None:
    """Say it beside the field; how many packages were typed stands for how many units."""
    name = "packs" if refusal.field == "quantity" and package.pack else refusal.field
    field: Field = form[name]
    field.errors = [f"{refusal.message} {refusal.todo}"]


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
