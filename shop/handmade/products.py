"""Making and changing a product by hand: the checks of an import, the record, what follows on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from shop.audit.events import Event
from shop.catalogue.models import Category, Ingredient, Product
from shop.catalogue.safety_answer import CLEAR, SoldAs, subject_of
from shop.clock import business_date
from shop.database import db
from shop.handmade import rows
from shop.handmade.amounts import MEASURED, fits
from shop.handmade.choices import ROUTES
from shop.handmade.product_typed import ProductTyped
from shop.handmade.refusals import Exists, InUse, NotSoldHere, OfDirectory
from shop.handmade.states import State
from shop.listing.rules import BY_CODE, ListingRefusal
from shop.safety import over_the_counter
from shop.safety.controlled import substance_in
from shop.safety.sale import CONTROLLED_WHY, refusal, strength_refusal
from shop.safety.subject import Subject
from shop.seen import check_seen
from shop.substances.forms import plain_form
from shop.substances.identity import LAST_LEVEL, equivalence, title
from shop.substances.names import canonical_set

SLUG = 160
KEPT_OUT = frozenset({ListingRefusal.CONTROLLED, ListingRefusal.UNDECIDED})
"""What an import does not take in; whatever else is refused is saved, and not put on sale."""


@dataclass(frozen=True)
class Saved:
    """What came of it: `safety` is the product's code, `off_sale` whether this took it off sale."""

    slug: str
    safety: str
    off_sale: bool = False
    withdrawn: bool = False


def state_of(product: Product) -> State:
    """What the form of a product edits."""
    return {
        "ingredients": tuple(one.name for one in product.ingredients),
        "form": product.form,
        "route": product.route,
        "prescription_required": product.prescription_required,
        "brand": product.brand,
        "release": product.release,
        "by_container": sold_by_container(product),
        "license": license_of(product),
        "categories": tuple(one.name for one in product.categories),
        "withdrawn": product.withdrawn_on is not None,
    }


def sold_by_container(product: Product) -> bool:
    """Whether it is sold in containers of a stated content although its form is measured in mL or g."""
    return product.unit == "pack" and plain_form(product.form, "").unit in MEASURED


def license_of(product: Product) -> str:
    """The first license on file, "" for none."""
    return next(iter((product.regulatory or {}).get("licenses", ())), "")


def make_product(typed: ProductTyped, actor_id: int | None, at: datetime) -> Saved:
    """A new product, not on sale. Raises Exists and NotSoldHere."""
    rows.one_at_a_time()
    _check_new(typed, None)
    _check_kind(typed)
    its = rows.ingredients(typed.ingredients)
    facts = _facts(typed, its)
    _check_sold(typed, its, facts)
    product = Product(
        slug=rows.free_slug(Product, typed.naming.slug, SLUG),
        origin=rows.HAND,
        popularity=0,
    )
    _fill(product, typed, its, facts)
    db.session.add(product)
    rows.settle(product, actor_id, at)
    rows.record(Event.PRODUCT_MADE, ("product", product.id), actor_id, at, {}, state_of(product))
    return Saved(product.slug, product.safety_code or "")


def change_product(slug: str, typed: ProductTyped, seen: str, actor_id: int | None, at: datetime) -> Saved:
    """Change a product made by hand. Another composition takes it off sale until somebody lists it again.

    What orders, prescriptions or lots name is withdrawn then: they meant the product as it was. So are
    strengths that no longer have an amount for each ingredient. Raises ChangedMeanwhile, Exists, InUse,
    NotFound and OfDirectory.
    """
    rows.one_at_a_time()
    product = rows.locked(slug)
    if product.origin != rows.HAND:
        raise OfDirectory
    before = state_of(product)
    check_seen(seen, before)
    if product.variants and typed.unit != product.unit:
        raise InUse(
            "form",
            f"The strengths of this product are priced and counted per {product.unit}; this form is not.",
            "Make a new product for the other form.",
        )
    _check_kind(typed)
    other = _is_other(product, typed)
    if other:
        _check_new(typed, product)
    its = rows.ingredients(typed.ingredients)
    kept = product.name, product.identity, product.equivalence
    _fill(product, typed, its, _facts(typed, its))
    if not other:  # the demonstration's pages are generic ones that only name a brand
        product.name, product.identity, product.equivalence = kept
    withdrawn = other and rows.used(one.id for one in product.variants)
    if withdrawn:
        product.withdrawn_on = business_date(at)
    for strength in product.variants:
        if strength.withdrawn_on is None and fits(strength.strength, len(typed.ingredients)):
            check_strength(product, strength.strength, "kind")
        if not fits(strength.strength, len(typed.ingredients)):
            strength.withdrawn_on = business_date(at)
    off_sale = rows.settle(product, actor_id, at, off_sale=other)
    after = state_of(product)
    if after != before:
        rows.record(Event.PRODUCT_CHANGED, ("product", product.id), actor_id, at, before, after)
    return Saved(product.slug, product.safety_code or "", off_sale, withdrawn)


def file_product(
    slug: str, categories: Sequence[int], seen: str, actor_id: int | None, at: datetime
) -> Saved:
    """Add a product of the directory to more categories, which is all that an import leaves as it is."""
    product = rows.locked(slug)
    before = state_of(product)
    check_seen(seen, before)
    wanted = {one.id for one in product.categories} | set(categories)
    product.categories = _categories(tuple(wanted))
    rows.settle(product, actor_id, at)
    after = state_of(product)
    if after != before:
        rows.record(Event.PRODUCT_CHANGED, ("product", product.id), actor_id, at, before, after)
    return Saved(product.slug, product.safety_code or "")


def set_withdrawn(slug: str, withdrawn: bool, actor_id: int | None, at: datetime) -> Saved:
    """Withdraw a product made by hand, which takes it off sale, or put it back. Raises OfDirectory."""
    product = rows.locked(slug)
    if product.origin != rows.HAND:
        raise OfDirectory
    before = state_of(product)
    if withdrawn != bool(before["withdrawn"]):
        product.withdrawn_on = business_date(at) if withdrawn else None
        what = Event.PRODUCT_WITHDRAWN if withdrawn else Event.PRODUCT_RESTORED
        off_sale = rows.settle(product, actor_id, at, off_sale=withdrawn)
        rows.record(what, ("product", product.id), actor_id, at, before, state_of(product))
        return Saved(product.slug, product.safety_code or "", off_sale, withdrawn)
    return Saved(product.slug, product.safety_code or "", withdrawn=withdrawn)


def _is_other(product: Product, typed: ProductTyped) -> bool:
    """Whether what was typed is another medicine, and not only filed or given otherwise."""
    its = canonical_set(one.name for one in product.ingredients)
    sold = product.prescription_required, product.release or "", product.unit
    wanted = typed.prescription_required, typed.release, typed.unit
    said = list(typed.ingredients), typed.form.word, typed.brand, wanted
    return (its, product.form, product.brand, sold) != said


def _fill(product: Product, typed: ProductTyped, its: list[Ingredient], facts: dict[str, list[str]]) -> None:
    product.name, product.brand = _free_name(typed, product), typed.brand
    product.form, product.form_plural, product.unit = typed.form.word, typed.form.plural, typed.unit
    product.route, product.release = typed.route, typed.release or None
    product.prescription_required = typed.prescription_required
    product.identity = typed.identity
    product.equivalence = equivalence(typed.ingredients, typed.form.word, typed.release)
    product.regulatory = facts
    product.ingredients = its
    product.categories = _categories(typed.categories)


def check_strength(product: Product, strength: str, field: str) -> None:
    """Whether a strength made by hand may be over the counter, if its product is. Raises NotSoldHere."""
    subject = subject_of(
        [one.name for one in product.ingredients],
        product.name,
        product.brand,
        product.form,
        product.route,
        product.regulatory or {},
        SoldAs(product.prescription_required, rows.HAND),
    )
    if found := strength_refusal(subject, strength, product.unit):
        raise NotSoldHere(field, found.sentence, f"It is not saved. Source: {found.source}.")


def _free_name(typed: ProductTyped, but: Product) -> str:
    """A title that no other product of the form has."""
    for level in range(LAST_LEVEL + 1):
        name = title(typed.naming, level)
        same = func.lower(Product.name) == name.lower()
        others = exists().where(same, Product.form_plural == typed.form.plural, Product.id != (but.id or 0))
        if not db.session.scalar(select(others)):
            break
    return name


def _facts(typed: ProductTyped, its: list[Ingredient]) -> dict[str, list[str]]:
    return {
        "routes": [ROUTES[typed.route]],
        "licenses": [typed.license],
        "classes": rows.classes_of(its),
    }


def _categories(ids: tuple[int, ...]) -> list[Category]:
    return list(db.session.scalars(select(Category).where(Category.id.in_(ids)).order_by(Category.name)))


def _check_new(typed: ProductTyped, but: Product | None) -> None:
    other = db.session.scalar(select(Product).where(Product.identity == typed.identity))
    if other is not None and other is not but:
        raise Exists(
            "ingredient_0", f"The catalog already has {other.name} {other.form_plural}, the same.", other.slug
        )


def _asked(typed: ProductTyped, facts: dict[str, list[str]]) -> Subject:
    return subject_of(
        typed.ingredients,
        title(typed.naming),
        typed.brand,
        typed.form.word,
        typed.route,
        facts,
        SoldAs(typed.prescription_required, rows.HAND),
    )


def _check_kind(typed: ProductTyped) -> None:
    """Whether it may be over the counter, if that was chosen: nobody but the admin says so."""
    if found := over_the_counter.refusal(_asked(typed, {"licenses": [typed.license]})):
        raise NotSoldHere("kind", found.sentence, f"Choose “Prescription only”. Source: {found.source}.")


def _check_sold(typed: ProductTyped, its: list[Ingredient], facts: dict[str, list[str]]) -> None:
    found = refusal(_asked(typed, facts))
    if found and BY_CODE.get(found.code) in KEPT_OUT:
        guilty = [at for at, name in enumerate(typed.ingredients) if substance_in(name, typed.form.word)]
        field = "ingredient_0" if guilty or not typed.brand else "brand"
        raise NotSoldHere(field, found.sentence, f"It is not saved. Source: {found.source}.")
    if any(one.is_controlled for one in its):
        raise NotSoldHere("ingredient_0", f"One ingredient is refused: {CONTROLLED_WHY}.", "It is not saved.")


def is_clear(saved: Saved) -> bool:
    """Whether nothing in the safety data stands against selling it."""
    return saved.safety == CLEAR
