"""Finding listed pills by imprint, shape and colour: one query, over rows made to be found by."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select, union

from shop.catalogue.look_models import ImprintWord, VariantLook
from shop.catalogue.looks.imprints import beginning_with, folded, words
from shop.catalogue.models import Product, Variant
from shop.database import db


@dataclass(frozen=True)
class Sought:
    """What somebody sees. `shapes` and `colour` as in `looks.terms`, empty where they cannot tell."""

    imprint: str = ""
    shapes: tuple[str, ...] = ()
    colour: str = ""

    @property
    def has_imprint(self) -> bool:
        return bool(folded(self.imprint))

    def __bool__(self) -> bool:
        return bool(self.has_imprint or self.shapes or self.colour)


@dataclass(frozen=True)
class Pill:
    """One listed strength and its look; `appearance` as in `Variant.appearance`."""

    product_slug: str
    variant_slug: str
    name: str
    brand: str | None
    form: str
    strength: str
    prescription_required: bool
    appearance: dict[str, Any]

    @property
    def label(self) -> str:
        """What a pharmacist calls it: "Baclofen tablet 10 mg"."""
        return f"{self.name} {self.form} {self.strength}"

    @property
    def strength_slug(self) -> str:
        return self.variant_slug.removeprefix(self.product_slug).strip("-") or self.variant_slug


def pills(sought: Sought, limit: int) -> list[Pill]:
    """Pills with everything sought on record, those with just this imprint first; none for nothing sought.

    The imprint may be its beginning, or some of its words in any order; the colour that of either half.
    """
    if not sought:
        return []
    question = _listed()
    if sought.has_imprint:
        whole = folded(sought.imprint)
        question = question.where(VariantLook.variant_id.in_(_with_imprint(sought.imprint, whole)))
        question = question.order_by(case((VariantLook.imprint == whole, 0), else_=1), *_SHORTEST)
    if sought.shapes:
        question = question.where(VariantLook.shape.in_(sought.shapes))
    if sought.colour:
        question = question.where(
            or_(VariantLook.colour == sought.colour, VariantLook.colour2 == sought.colour)
        )
    return _read(question.order_by(VariantLook.variant_id).limit(limit))


def with_part_of(imprint: str, limit: int) -> list[Pill]:
    """Pills that have at least one word of `imprint`, of whatever shape and colour; most words first."""
    sought = words(imprint)
    if not sought:
        return []
    shared = (
        select(ImprintWord.variant_id, func.count().label("words"))
        .where(ImprintWord.word.in_(sought))
        .group_by(ImprintWord.variant_id)
        .subquery()
    )
    question = _listed().join(shared, shared.c.variant_id == Variant.id)
    return _read(question.order_by(shared.c.words.desc(), *_SHORTEST, VariantLook.variant_id).limit(limit))


_SHORTEST = (func.length(VariantLook.imprint),)


def _with_imprint(imprint: str, whole: str) -> Any:
    """Ids of what begins with the folded `whole`, and of what has every word of `imprint`."""
    first, last = beginning_with(whole)
    parts = words(imprint)
    every = (
        select(ImprintWord.variant_id)
        .where(ImprintWord.word.in_(parts))
        .group_by(ImprintWord.variant_id)
        .having(func.count() == len(parts))
    )
    return union(select(VariantLook.variant_id).where(VariantLook.imprint.between(first, last)), every)


def _listed() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Product.slug, Variant.slug.label("variant_slug"), Product.name, Product.brand, Product.form,
            Variant.strength, Product.prescription_required, Variant.appearance,
        )
        .select_from(VariantLook)
        .join(Variant, Variant.id == VariantLook.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.listed_at.is_not(None))
    )  # fmt: skip


def _read(question: Select[*tuple[Any, ...]]) -> list[Pill]:
    rows: Iterable[Any] = db.session.execute(question)
    return [Pill(*row) for row in rows]
