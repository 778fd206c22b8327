"""Reading what the forms by hand show: a product, strength or pack as it is now, and names to choose from."""

from dataclasses import dataclass

from sqlalchemy import func, select

from shop.catalogue.models import Category, Ingredient, Pack, Product, Variant
from shop.catalogue.ndc_codes import is_store_code
from shop.database import db
from shop.errors import NotFound
from shop.handmade import packs, products, rows, sizes, strengths
from shop.handmade.sizes import Stated
from shop.handmade.states import State
from shop.substances.forms import plain_form

MOST_SUGGESTED = 12


@dataclass(frozen=True)
class ProductNow:
    """A product and what its form edits; `by_hand` unless an import would write it again.

    `measure` is what its form is measured in (pill, mL, g, pack), whether or not it is sold by the container.
    """

    slug: str
    label: str
    unit: str
    ingredients: tuple[str, ...]
    by_hand: bool
    by_container: bool
    measure: str
    listed: bool
    categories: tuple[int, ...]
    state: State


@dataclass(frozen=True)
class StrengthNow:
    """A strength with its product; `of_directory` when an import knows it by its amounts.

    `offered` are the quantities it is sold in: none where no pack of known size is small enough.
    """

    product: ProductNow
    id: int
    strength: str
    markets: tuple[str, ...]
    of_directory: bool
    state: State
    offered: tuple[int, ...]


@dataclass(frozen=True)
class PackNow:
    """A pack with its strength; `of_directory` when an import would write it again.

    `stated` is its size where a person read it on the label.
    """

    of: StrengthNow
    id: int
    ndc: str
    of_directory: bool
    state: State
    stated: Stated | None

    @property
    def store_code(self) -> str | None:
        """The store's own code, where the pack has no NDC."""
        return self.ndc if is_store_code(self.ndc) else None


def product(slug: str) -> ProductNow:
    """Raises NotFound."""
    return _product(_row(slug))


def strength(slug: str, variant_id: int) -> StrengthNow:
    """Raises NotFound."""
    row = _row(slug)
    return _strength(row, rows.strength_of(row, variant_id))


def pack(slug: str, variant_id: int, pack_id: int) -> PackNow:
    """Raises NotFound."""
    row = _row(slug)
    variant = rows.strength_of(row, variant_id)
    return _pack(row, variant, rows.pack_of(variant, pack_id))


def known_ingredients() -> frozenset[str]:
    """Names of all ingredients of the catalogue, lower case."""
    return frozenset(name.lower() for name in db.session.scalars(select(Ingredient.name)))


def suggested_ingredients(text: str) -> list[str]:
    """Names of ingredients that begin with the text, then those that have it, at most a dozen."""
    wanted = " ".join(text.lower().split())
    if len(wanted) < 2:
        return []
    begins = Ingredient.name.istartswith(wanted, autoescape=True)
    question = select(Ingredient.name).where(Ingredient.name.icontains(wanted, autoescape=True))
    order = question.order_by(begins.desc(), func.length(Ingredient.name), Ingredient.name)
    return list(db.session.scalars(order.limit(MOST_SUGGESTED)))


def categories() -> list[tuple[int, str]]:
    """Every category, by name."""
    return [
        (row.id, row.name)
        for row in db.session.execute(select(Category.id, Category.name).order_by(Category.name))
    ]


def _row(slug: str) -> Product:
    found = db.session.scalar(select(Product).where(Product.slug == slug))
    if found is None:
        raise NotFound("There is no such product.", "Look it up in the catalog.")
    return found


def _product(row: Product) -> ProductNow:
    return ProductNow(
        row.slug,
        f"{row.name} {row.form_plural}",
        row.unit,
        tuple(one.name for one in row.ingredients),
        row.origin == rows.HAND,
        products.sold_by_container(row),
        plain_form(row.form, "").unit,
        row.listed_at is not None,
        tuple(one.id for one in row.categories),
        products.state_of(row),
    )


def _strength(row: Product, variant: Variant) -> StrengthNow:
    return StrengthNow(
        _product(row),
        variant.id,
        variant.strength,
        tuple(variant.markets),
        strengths.is_of_directory(row, variant),
        strengths.state_of(variant),
        tuple(variant.quantities),
    )


def _pack(row: Product, variant: Variant, found: Pack) -> PackNow:
    return PackNow(
        _strength(row, variant),
        found.id,
        found.ndc,
        packs.is_of_directory(row, found),
        packs.state_of(found),
        sizes.stated_of(found),
    )
