"""Writing the demonstration's catalogue: new entries are added, known ones brought to what the file says."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from shop.appearance.finding import set_appearance
from shop.catalogue.models import Category, Ingredient, Pack, Product, Variant
from shop.catalogue.sale_units import SoldAs
from shop.database import db
from shop.pricing.models import AcquisitionPrice
from shop.substances.identity import equivalence, identity
from shop.substances.strengths import parse_amounts

MICROGRAMS_IN_MILLIGRAM = 1000
Entry = Mapping[str, Any]


def write_catalogue(file: Entry, summaries: Mapping[str, str], at: datetime) -> list[Variant]:
    """Write every medicine of the file and return its variants, in the file's order.

    `summaries` are the published monographs' by slug. The file's order is the order of popularity.
    """
    categories = _named(Category, {c["slug"]: c["name"] for c in file["categories"]})
    names = {name for medicine in file["medicines"] for name in medicine["ingredients"]}
    ingredients = _named(Ingredient, {_slug(name): name for name in names})
    citations = {source["key"]: source["citation"] for source in file["sources"]}
    known: dict[str | None, Product] = {}
    for found in db.session.scalars(_products(file)):
        known |= {found.identity: found, found.slug: found}
    written = []
    for place, entry in enumerate(file["medicines"]):
        product = known.get(_identity(entry)) or known.get(entry["slug"]) or Product(slug=entry["slug"])
        if product.origin != "hand":  # new, or the directory’s so far: the demonstration’s from now on
            product.origin, product.listed_at = "hand", at
            _take_slug(product, entry["slug"], known.get(entry["slug"]))
        db.session.add(product)
        _fill(product, entry, len(file["medicines"]) - place)
        product.summary = summaries.get(entry["monograph"])
        product.categories = [categories[slug] for slug in entry["categories"]]
        product.ingredients = [ingredients[_slug(name)] for name in entry["ingredients"]]
        written += [_variant(product, variant) for variant in entry["variants"]]
    db.session.flush()
    entries = [variant for medicine in file["medicines"] for variant in medicine["variants"]]
    for variant, entry in zip(written, entries, strict=True):
        _set_appearance(variant, entry.get("appearance"), citations, at)
        if cost := entry.get("acquisition"):
            _acquisition(variant, cost, citations)
    return written


def _take_slug(product: Product, slug: str, holder: Product | None) -> None:
    """Give the product its slug; another page that the directory gave it to makes room."""
    if holder is not None and holder is not product:
        holder.slug = f"{slug}-{holder.id}"
        for variant in holder.variants:
            variant.slug = f"{variant.slug}-{variant.id}"
        db.session.flush()
    product.slug = slug


def _set_appearance(
    variant: Variant, entry: Entry | None, citations: Mapping[str, str], at: datetime
) -> None:
    """The file's appearance, unless a label that was imported states one."""
    if "label" not in (variant.appearance or {}):
        wanted = {**entry, "source": citations[entry["source"]]} if entry else None
        set_appearance(variant, wanted, at)


def _products(file: Entry) -> Any:
    return (
        select(Product)
        .where(
            or_(
                Product.slug.in_([medicine["slug"] for medicine in file["medicines"]]),
                Product.identity.in_([_identity(medicine) for medicine in file["medicines"]]),
            )
        )
        .options(
            selectinload(Product.variants).selectinload(Variant.packs),
            selectinload(Product.categories),
            selectinload(Product.ingredients),
        )
    )


def _fill(product: Product, entry: Entry, popularity: int) -> None:
    product.name, product.form, product.form_plural = entry["name"], entry["form"], entry["form_plural"]
    product.route, product.brand = entry["route"], entry.get("brand")
    product.unit = entry.get("unit", "pill")
    product.prescription_required = entry["prescription_required"]
    product.identity = _identity(entry)
    product.equivalence = equivalence(entry["ingredients"], entry["form"])
    product.monograph_slug = entry["monograph"]
    product.popularity = popularity


def _identity(entry: Entry) -> str:
    """Of the generic’s page: the brand in the file is only named as an example."""
    return identity(
        entry["ingredients"], entry["form"], None, over_the_counter=not entry["prescription_required"]
    )


def _variant(product: Product, entry: Entry) -> Variant:
    amounts = parse_amounts(entry["strength"])
    found = next(
        (variant for variant in product.variants if parse_amounts(variant.strength) == amounts), None
    )
    variant = found or Variant()
    variant.strength = entry["strength"]
    if found is None:
        product.variants.append(variant)
    variant.slug = f"{product.slug}-{_slug(entry['strength'])}"
    variant.strength_value, variant.strength_unit = Decimal(entry["strength_value"]), entry["strength_unit"]
    variant.price, variant.quantities = Decimal(entry["price"]), entry["quantities"]
    variant.sold_as = SoldAs.COUNTED if product.prescription_required else SoldAs.CLOSED
    variant.price_breaks = entry.get("breaks", [])
    variant.markets = entry["markets"]
    variant.daily_low, variant.daily_high = _daily(entry, "daily_low_mg"), _daily(entry, "daily_high_mg")
    for pack in entry.get("packs", []):
        _pack(variant, pack)
    return variant


def _pack(variant: Variant, entry: Entry) -> None:
    pack = next((pack for pack in variant.packs if pack.ndc11 == entry["ndc11"]), None)
    if pack is None:
        with db.session.no_autoflush:
            pack = db.session.scalar(select(Pack).where(Pack.ndc11 == entry["ndc11"]))
        variant.packs.append(pack := pack or Pack(ndc11=entry["ndc11"]))
    pack.ndc, pack.labeler, pack.size = entry["ndc"], entry["labeler"], entry["size"]
    pack.description = entry["description"]


def _acquisition(variant: Variant, entry: Entry, citations: Mapping[str, str]) -> None:
    price = db.session.scalar(
        select(AcquisitionPrice).where(
            AcquisitionPrice.variant_id == variant.id,
            AcquisitionPrice.effective_on == entry["effective_on"],
        )
    )
    if price is None:
        price = AcquisitionPrice(variant_id=variant.id, effective_on=entry["effective_on"])
        db.session.add(price)
    price.price, price.source = Decimal(entry["price"]), citations[entry["source"]]


def _daily(entry: Entry, name: str) -> Decimal | None:
    """The file's milligrams in the unit of the strength."""
    if name not in entry:
        return None
    return Decimal(entry[name]) * (MICROGRAMS_IN_MILLIGRAM if entry["strength_unit"] == "mcg" else 1)


def _named(kind: Any, wanted: Mapping[str, str]) -> dict[str, Any]:
    found = {row.slug: row for row in db.session.scalars(select(kind).where(kind.slug.in_(wanted)))}
    for slug, name in wanted.items():
        if slug not in found:
            found[slug] = kind(slug=slug)
            db.session.add(found[slug])
        found[slug].name = name
    return found


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
