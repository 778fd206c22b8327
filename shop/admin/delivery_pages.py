"""Receiving a delivery: find the package by name or NDC, then type what is printed on it."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import Field

from shop.access import Permission, requires
from shop.admin.desk import LONGEST_SEARCH, actor, asked, blueprint
from shop.admin.forms import DeliveryForm
from shop.admin.words import by_name
from shop.catalogue import desk as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue.desk import PackFacts
from shop.catalogue.queries import VariantFacts
from shop.database import now, transaction
from shop.stock import service

MOST_FOUND = 30


@dataclass(frozen=True)
class Package:
    """One choice: a variant in one pack, or in a pack that is not on file."""

    variant: VariantFacts
    pack: PackFacts | None

    @property
    def value(self) -> str:
        return f"{self.variant.id}-{self.pack.id if self.pack else ''}"


@blueprint.get("/stock/receive")
@requires(Permission.STOCK)
def receive() -> str:
    """The search, and the form once it found something."""
    form, packages = DeliveryForm(q=asked()), _packages(asked())
    if len(packages) == 1:
        form.item.data = packages[0].value
    return render_template("admin/receive.html", form=form, packages=packages, q=asked())


@blueprint.post("/stock/receive")
@requires(Permission.STOCK)
def book_delivery() -> Response | tuple[str, int]:
    """Book it and show the lot, or show what is wrong beside its field with everything else kept."""
    form = DeliveryForm()
    q = (form.q.data or "").strip()[:LONGEST_SEARCH]
    packages = _packages(q)
    chosen = next((one for one in packages if one.value == form.item.data), None)
    if form.validate_on_submit() and chosen is None:
        form.item.errors = ["Choose the package from the list."]
    elif not form.errors and chosen and (lot_id := _book(form, chosen)):
        flash(f"{form.units:,} units of {chosen.variant.label} are booked.")
        return redirect(url_for("admin.lot", lot_id=lot_id), 303)
    return render_template("admin/receive.html", form=form, packages=packages, q=q), 422


def _book(form: DeliveryForm, package: Package) -> int | None:
    assert form.number.data
    assert form.expires_on.data
    try:
        with transaction():
            return service.receive_lot(
                package.variant.id, package.pack.id if package.pack else None, form.number.data,
                form.expires_on.data, form.units, form.cost, actor(), now(),
            )  # fmt: skip
    except service.LotRefused as refusal:
        field: Field = form[refusal.field]
        field.errors = [f"{refusal.message} {refusal.todo}"]
        return None


def _packages(text: str) -> list[Package]:
    """What `text` may mean: the packs with this NDC, otherwise every pack of the medicines it names."""
    packs = catalogue_desk.packs_by_code(text)
    if packs:
        variants = catalogue.variants(pack.variant_id for pack in packs)
        return [Package(variants[pack.variant_id], pack) for pack in packs]
    found = by_name(catalogue.find_variants(text, MOST_FOUND))
    of_variant = catalogue_desk.packs_of(one.id for one in found) if found else {}
    unknown: list[PackFacts | None] = [None]
    return [Package(one, pack) for one in found for pack in of_variant.get(one.id) or unknown]
