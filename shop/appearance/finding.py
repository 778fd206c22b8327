"""Finding listed pills by imprint, shape and color; its tables are written by `set_appearance` alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, and_, case, delete, func, insert, or_, select, union
from sqlalchemy.orm import Mapped, aliased, mapped_column

from shop.appearance.rules import beginning_with, comparable, folded, imprint_words
from shop.catalogue.models import Product, Variant
from shop.database import Base, Key, db
from shop.projections.cache_version import catalogue_changed


class VariantAppearance(Base):
    """The appearance of one strength in comparable words; None where the record is silent."""

    __tablename__ = "variant_appearance"
    __table_args__ = (  # each ends in the id, so that the first few of many are read in order and no more
        Index("ix_variant_appearance_shape", "shape", "variant_id"),
        Index("ix_variant_appearance_shape_color", "shape", "color", "variant_id"),
        Index("ix_variant_appearance_shape_color2", "shape", "color2", "variant_id"),
        Index("ix_variant_appearance_color", "color", "variant_id"),
        Index("ix_variant_appearance_color2", "color2", "variant_id"),
    )

    variant_id: Mapped[int] = mapped_column(
        Key, ForeignKey("variant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    imprint: Mapped[str | None] = mapped_column(String(60), index=True)  # folded as in rules.py
    shape: Mapped[str | None] = mapped_column(String(20))  # a capsule's is "capsule"
    color: Mapped[str | None] = mapped_column(String(12))  # a family of rules.py
    color2: Mapped[str | None] = mapped_column(String(12))


class ImprintWord(Base):
    """One word of an imprint: a person may begin on either side, or read only one."""

    __tablename__ = "imprint_word"

    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    variant_id: Mapped[int] = mapped_column(
        Key, ForeignKey("variant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


# --- Writing: appearances, each together with the rows a pill is found by ---------------------------------
# Flushes, never commits.


def set_appearance(variant: Variant, appearance: Mapping[str, Any] | None, at: datetime) -> bool:
    """Give `variant` this appearance (fields of `attributes.py`, and its source); False if it has it.

    The only way an appearance is written. Whoever calls it brings the list's rows of the product up to date
    (`listing.refresh`), once for all the variants it changed.
    """
    wanted = dict(appearance) if appearance else None
    if variant.id is not None and variant.appearance == wanted and (wanted is None or _is_kept(variant)):
        return False
    variant.appearance = wanted
    variant.product.changed_at = at
    db.session.flush()
    keep(variant)
    catalogue_changed(at)
    return True


def keep(variant: Variant) -> None:
    """Rewrite the rows `variant` is found by, from its appearance."""
    db.session.execute(delete(VariantAppearance).where(VariantAppearance.variant_id == variant.id))
    db.session.execute(delete(ImprintWord).where(ImprintWord.variant_id == variant.id))
    found_by = comparable(variant.appearance, variant.product.form)
    if found_by is None:
        return
    columns = {name: getattr(found_by, name) for name in ("imprint", "shape", "color", "color2")}
    db.session.execute(insert(VariantAppearance).values(variant_id=variant.id, **columns))
    if found_by.words:
        rows = [{"word": word, "variant_id": variant.id} for word in sorted(found_by.words)]
        db.session.execute(insert(ImprintWord), rows)


def _is_kept(variant: Variant) -> bool:
    """Whether the rows it is found by say what its appearance says."""
    wanted = comparable(variant.appearance, variant.product.form)
    row = db.session.get(VariantAppearance, variant.id)
    if wanted is None or row is None:
        return wanted is None and row is None
    return (row.imprint, row.shape, row.color, row.color2) == (
        wanted.imprint,
        wanted.shape,
        wanted.color,
        wanted.color2,
    )


# --- Finding: one query, over rows made to be found by ----------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """What somebody sees. `shapes` and `color` as in `rules`, empty where they cannot tell."""

    imprint: str = ""
    shapes: tuple[str, ...] = ()
    color: str = ""

    @property
    def has_imprint(self) -> bool:
        return bool(folded(self.imprint))

    def __bool__(self) -> bool:
        return bool(self.has_imprint or self.shapes or self.color)


@dataclass(frozen=True)
class Pill:
    """One listed strength; `appearance` as in `Variant.appearance`."""

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

    The imprint may be its beginning, or some of its words in any order; the color that of either half.
    """
    if not sought:
        return []
    few = [way.limit(limit).subquery() for way in _ways(sought)]
    ids = union(*(select(way.c.variant_id) for way in few))
    just_this = case((VariantAppearance.imprint == folded(sought.imprint), 0), else_=1)
    return _read(ids, (just_this, *_SHORTEST) if sought.has_imprint else (), limit)


def with_part_of(imprint: str, limit: int) -> list[Pill]:
    """Pills that have at least one word of `imprint`, of whatever shape and color; most words first.

    One letter or digit counts only where there is no longer word.
    """
    typed = imprint_words(imprint)
    sought = {word for word in typed if len(word) > 1} or typed
    if not sought:
        return []
    shared = (
        select(ImprintWord.variant_id, func.count().label("words"))
        .where(ImprintWord.word.in_(sought), _is_listed(ImprintWord.variant_id))
        .group_by(ImprintWord.variant_id)
        .order_by(func.count().desc(), ImprintWord.variant_id)
        .limit(limit)
        .subquery()
    )
    most = select(shared.c.words).where(shared.c.variant_id == VariantAppearance.variant_id).scalar_subquery()
    return _read(select(shared.c.variant_id), (most.desc(), *_SHORTEST), limit)


_SHORTEST = (func.length(VariantAppearance.imprint),)


def _ways(sought: Sought) -> list[Select[Any]]:
    """Ids of what is sought, by ways that each go along an index in the order asked for.

    So none reads much more than it gives, however many tablets are white and round.
    """
    row = VariantAppearance
    fitting = select(row.variant_id).where(_is_listed(row.variant_id))
    if sought.shapes:
        shapes = sought.shapes
        fitting = fitting.where(row.shape == shapes[0] if len(shapes) == 1 else row.shape.in_(shapes))
    if not sought.has_imprint:
        by_id = fitting.order_by(row.variant_id)
        colors = (row.color, row.color2) if sought.color else ()
        return [by_id.where(color == sought.color) for color in colors] or [by_id]
    if sought.color:
        fitting = fitting.where(or_(row.color == sought.color, row.color2 == sought.color))
    beginning = row.imprint.between(*beginning_with(folded(sought.imprint)))
    return [fitting.where(beginning).order_by(row.imprint), _with_every_word(fitting, sought.imprint)]


def _with_every_word(question: Select[Any], imprint: str) -> Select[Any]:
    """Going along a number, or else the longest word: the fewest have it."""
    parts = sorted(imprint_words(imprint), key=lambda word: (not word.isdecimal(), -len(word), word))
    rows = [aliased(ImprintWord) for _ in parts]
    for row, word in zip(rows, parts, strict=True):
        question = question.join(row, and_(row.variant_id == VariantAppearance.variant_id, row.word == word))
    return question.order_by(rows[0].variant_id)


def _is_listed(variant_id: Any) -> Any:
    on_sale = select(Variant.id).join(Product, Product.id == Variant.product_id)
    on_sale = on_sale.where(
        Variant.id == variant_id, Variant.withdrawn_on.is_(None), Product.listed_at.is_not(None)
    )
    return on_sale.correlate_except(Variant, Product).exists()


def _read(ids: Any, order: tuple[Any, ...], limit: int) -> list[Pill]:
    question = (
        select(
            Product.slug,
            Variant.slug.label("variant_slug"),
            Product.name,
            Product.brand,
            Product.form,
            Variant.strength,
            Product.prescription_required,
            Variant.appearance,
        )
        .select_from(VariantAppearance)
        .join(Variant, Variant.id == VariantAppearance.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(VariantAppearance.variant_id.in_(ids))
        .order_by(*order, VariantAppearance.variant_id)
        .limit(limit)
    )
    return [Pill(*row) for row in db.session.execute(question)]
