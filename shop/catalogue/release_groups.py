"""Reading extended releases that stand apart although their ingredients and form are the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shop.catalogue.models import Ingredient, Pack, Product, ReleaseJoin, Variant, product_ingredient
from shop.database import db
from shop.paging import Page, within
from shop.substances.identity import said, set_key

PER_PAGE = 20


@dataclass(frozen=True)
class Released:
    """A product with one release; `says` with its hours where these are known: "XL, 24-hour"."""

    id: int
    slug: str
    label: str
    release: str
    says: str
    listed: bool


@dataclass(frozen=True)
class Group:
    """Products of the same ingredients in one form that differ in their release."""

    ingredients: tuple[str, ...]
    form: str
    products: tuple[Released, ...]

    @property
    def key(self) -> str:
        return set_key(self.ingredients)

    @property
    def first(self) -> str:
        """The address of one of them, by which the group is named."""
        return min(self.products, key=lambda one: one.id).slug


@dataclass(frozen=True)
class Details:
    """What a person looks at before joining: strengths, who labels it, in how many packs."""

    strengths: tuple[str, ...]
    labelers: tuple[str, ...]
    packs: int


@dataclass(frozen=True)
class Joined:
    """A decision that stands: `release` is `joins` from the next import on."""

    release: str
    joins: str
    reason: str
    actor_id: int | None
    at: datetime


def groups(words: str = "", number: int = 1) -> Page[Group]:
    """Groups that stand apart, by ingredients and form; every word is in one of its names."""
    wanted = words.lower().split()
    found = [one for one in _groups() if all(word in _names(one) for word in wanted)]
    number = within(number, PER_PAGE, len(found))
    return Page(found[(number - 1) * PER_PAGE :][:PER_PAGE], number, PER_PAGE, len(found))


def group_of(slug: str) -> Group | None:
    """The group that the product with this address is in."""
    return next((one for one in _groups(1) if slug in {product.slug for product in one.products}), None)


def details(product_ids: Iterable[int]) -> dict[int, Details]:
    """By product."""
    ids = list(product_ids)
    strengths: defaultdict[int, list[str]] = defaultdict(list)
    variants = select(Variant.product_id, Variant.strength).where(Variant.product_id.in_(ids))
    for product_id, strength in db.session.execute(variants.order_by(Variant.strength_value)):
        strengths[product_id].append(strength)
    labelers: defaultdict[int, dict[str, int]] = defaultdict(dict)
    packs = (
        select(Variant.product_id, Pack.labeler, func.count())
        .join(Variant, Variant.id == Pack.variant_id)
        .where(Variant.product_id.in_(ids), Pack.withdrawn_on.is_(None))
        .group_by(Variant.product_id, Pack.labeler)
        .order_by(Pack.labeler)
    )
    for product_id, labeler, number in db.session.execute(packs):
        labelers[product_id][labeler] = number
    return {
        one: Details(tuple(strengths[one]), tuple(labelers[one]), sum(labelers[one].values())) for one in ids
    }


def joined(ingredients: str) -> list[Joined]:
    """Decisions about releases of these ingredients (`set_key`), oldest first."""
    columns = (
        ReleaseJoin.release,
        ReleaseJoin.joins,
        ReleaseJoin.reason,
        ReleaseJoin.actor_id,
        ReleaseJoin.at,
    )
    rows = select(*columns).where(ReleaseJoin.ingredients == ingredients).order_by(ReleaseJoin.at)
    return [Joined(*row) for row in db.session.execute(rows)]


def _names(group: Group) -> str:
    return " ".join((*group.ingredients, group.form, *(one.label for one in group.products))).lower()


def _groups(least: int = 2) -> list[Group]:
    """Of at least so many releases. The extended releases of a whole directory are under a thousand."""
    columns = (
        Product.id,
        Product.slug,
        Product.name,
        Product.form,
        Product.form_plural,
        Product.release,
        Product.listed_at.is_not(None).label("listed"),
    )
    rows = db.session.execute(
        select(*columns)
        .where(Product.release.is_not(None), Product.withdrawn_on.is_(None))
        .order_by(Product.name, Product.id)
    ).all()
    names = _ingredients()
    grouped: defaultdict[tuple[tuple[str, ...], str], list[Released]] = defaultdict(list)
    for row in rows:
        of = tuple(names.get(row.id, ()))
        label = f"{row.name} {row.form_plural}"
        grouped[of, row.form].append(
            Released(row.id, row.slug, label, row.release, said(row.release, of), row.listed)
        )
    return [
        Group(of, form, tuple(products))
        for (of, form), products in sorted(grouped.items())
        if len({one.release for one in products}) >= least
    ]


def _ingredients() -> dict[int, Sequence[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = (
        select(product_ingredient.c.product_id, Ingredient.name)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .join(Product, Product.id == product_ingredient.c.product_id)
        .where(Product.release.is_not(None))
        .order_by(Ingredient.name)
    )
    for product_id, name in db.session.execute(rows):
        found[product_id].append(name)
    return dict(found)
