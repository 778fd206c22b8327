"""Extended releases of one medicine: which stand apart, and joining and parting them.

A person decides, on record, and the next import follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.models import Ingredient, Pack, Product, ReleaseJoin, Variant, product_ingredient
from shop.database import db, lock_name, rows_changed
from shop.errors import DomainError, NotFound
from shop.paging import Page, within
from shop.substances.identity import said, set_key


class ReleasesDiffer(DomainError):
    """Two products that are not two releases of one substance in one form."""

    status = 422
    code = "releases_differ"


def joins() -> Mapping[tuple[str, str], str]:
    """By ingredients and release, the release it joins."""
    rows = db.session.execute(select(ReleaseJoin.ingredients, ReleaseJoin.release, ReleaseJoin.joins))
    return {(ingredients, release): joined for ingredients, release, joined in rows}


def join(
    slug: str, into: str, at: datetime, actor_id: int | None = None, reason: str = ""
) -> tuple[str, str]:
    """Let the release of the product `slug` be that of `into`; the two releases, as they are stored.

    Its packs move with the next import of the directory; until then nothing changes. What `into` has been
    joined to counts for both. Raises NotFound and ReleasesDiffer.
    """
    lock_name("catalogue: releases")
    joined, kept = _extended(slug), _extended(into)
    ingredients = set_key(one.name for one in joined.ingredients)
    assert joined.release
    assert kept.release
    if ingredients != set_key(one.name for one in kept.ingredients) or joined.form != kept.form:
        raise ReleasesDiffer(
            f"{joined.name} and {kept.name} differ in their ingredients or their form.",
            "Join releases of one substance in one form.",
        )
    decided = joins()
    target = decided.get((ingredients, kept.release), kept.release)
    if target in (joined.release, decided.get((ingredients, joined.release))):
        raise ReleasesDiffer("These are already one release.", "Name two products with different releases.")
    db.session.execute(
        update(ReleaseJoin)
        .where(ReleaseJoin.ingredients == ingredients, ReleaseJoin.joins == joined.release)
        .values(joins=target)
    )
    db.session.merge(
        ReleaseJoin(
            ingredients=ingredients,
            release=joined.release,
            joins=target,
            at=at,
            actor_id=actor_id,
            reason=reason,
        )
    )
    audit.record(
        Event.RELEASES_JOINED,
        at=at,
        subject=("product", joined.id),
        actor_id=actor_id,
        release=joined.release,
        into=target,
        reason=reason,
    )
    db.session.flush()
    return joined.release, target


def part(slug: str, release: str, at: datetime, actor_id: int | None, reason: str) -> None:
    """Undo that a release of the product's ingredients was joined to another; the next import parts them.

    Raises NotFound.
    """
    lock_name("catalogue: releases")
    product = _extended(slug)
    ingredients = set_key(one.name for one in product.ingredients)
    gone = delete(ReleaseJoin).where(ReleaseJoin.ingredients == ingredients, ReleaseJoin.release == release)
    if not rows_changed(gone):
        raise NotFound("These releases are not joined.", "Somebody else may have parted them.")
    audit.record(
        Event.RELEASES_PARTED,
        at=at,
        subject=("product", product.id),
        actor_id=actor_id,
        release=release,
        reason=reason,
    )
    db.session.flush()


def _extended(slug: str) -> Product:
    product = db.session.scalar(select(Product).where(Product.slug == slug))
    if product is None or product.release is None:
        raise NotFound(
            f"No extended-release product from the NDC directory has the address “{slug[:80]}”.",
            "Look it up in the catalog: the address is the part after /medicines/.",
        )
    return product


# --- Reading those that stand apart although their ingredients and form are the same ----------------------

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
