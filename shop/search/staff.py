"""Finding strengths and packages for staff, listed or not: conditions, order, and the best of what is found.

The search index says quickly which listed products a name means. Where it does not know (it is behind, or too
much is meant), and for what is not listed, every product is compared.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, case, exists, false, func, or_, select

from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.packs import PACK_COLUMNS, PackFacts
from shop.catalogue.queries import VariantFacts, facts_from, facts_query
from shop.database import db
from shop.listing.finding import begins, code_starts, mentions
from shop.projections.cache_version import version
from shop.search.current_index import index, search
from shop.substances.query_text import query_words
from shop.substances.strengths import SCALES, SPOKEN

MOST_WORDS = 6
MOST_MEANT = 2000  # products; of more, the index is no shorter way
MEASURES = frozenset(
    word for unit in (*SPOKEN.values(), *SCALES, "hours", "days") for word in query_words(unit)
)


@dataclass(frozen=True)
class Packages:
    """The best of what was looked for, as variant id and pack (None: none is on file); how many in all."""

    rows: list[tuple[int, PackFacts | None]]
    total: int


def find_variants(text: str, limit: int = 20) -> list[VariantFacts]:
    """Strengths in which every word of `text` occurs, as `conditions` says, the likeliest medicine first.

    For staff, so unlisted ones too; strengths in numeric order. An empty text finds nothing.
    """
    wanted = conditions(text)
    if not wanted:
        return []
    question = facts_query().where(*wanted).order_by(*in_order(text)).limit(limit)
    return [facts_from(row) for row in db.session.execute(question)]


def packages(text: str, most: int) -> Packages:
    """At most so many packages in which every word of `text` occurs: name, strength, start of the NDC.

    In the order of `in_order`; of one strength, what the directory still has comes first.
    """
    wanted = conditions(text, of_pack=True)
    if not wanted:
        return Packages([], 0)
    joined = Variant.__table__.join(Product).outerjoin(Pack, Pack.variant_id == Variant.id)
    order = (*in_order(text), Pack.withdrawn_on.is_not(None), Pack.labeler, Pack.ndc11)
    question = select(Variant.id.label("strength"), *PACK_COLUMNS).select_from(joined).where(*wanted)
    rows = db.session.execute(question.order_by(*order).limit(most)).all()
    found = [(row.strength, PackFacts(*row[1:]) if row.id else None) for row in rows]
    if len(found) < most:
        return Packages(found, len(found))
    count = select(func.count()).select_from(joined).where(*wanted)
    return Packages(found, db.session.scalar(count) or 0)


def conditions(text: str, of_pack: bool = False) -> list[ColumnElement[bool]]:
    """Conditions on Variant and Product (with `of_pack` also on Pack, joined): every word has to occur.

    In a name, form, brand, ingredient or strength, or as the start of a package code: of the strength's, or,
    `of_pack`, of this very package. A text without words gives no condition; who asks then finds nothing.
    """
    words = text.split()[:MOST_WORDS]
    code = _code(words[0], of_pack) if len(words) == 1 else None
    if code is not None and db.session.scalar(select(exists().where(_begun(words[0])))):
        own = _code(words[0], of_pack=False)
        return [code] if own is None else [own, code]  # the first alone may use the index of codes
    names = [word for word in words if _is_name(word)]
    meant = _meant(names)
    if meant is None:
        return [_occurs(word, of_pack) for word in words]
    return [Product.id.in_(meant), *(_occurs(word, of_pack) for word in words if word not in names)]


def in_order(text: str) -> tuple[Any, ...]:
    """Names that begin with what was typed, then by name, plain forms first, strengths as numbers."""
    name = next((_folded(word) for word in text.split() if _is_name(word)), "")
    begun = case((Product.slug.startswith(name, autoescape=True), 0), else_=1)
    return (
        begun,
        func.lower(Product.name),
        func.length(Product.form),
        Product.form,
        Product.id,
        Variant.strength_value,
        Variant.id,
    )


def _meant(names: list[str]) -> list[int] | None:
    """The products an up-to-date index finds exactly, and the unlisted ones; None where it cannot say."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not names or not index(app).is_current(version().catalogue):
        return None
    answer = search(" ".join(names), MOST_MEANT)
    if answer.spelling != "exact" or answer.total > len(answer.hits):
        return None
    unlisted = select(Product.id).where(Product.listed_at.is_(None), *map(_is_called, names))
    others = list(db.session.scalars(unlisted.limit(MOST_MEANT + 1)))
    return None if len(others) > MOST_MEANT else [*(hit.product_id for hit in answer.hits), *others]


def _occurs(word: str, of_pack: bool) -> ColumnElement[bool]:
    ways = [Variant.strength.icontains(word, autoescape=True), _is_called(word)]
    code = _code(word, of_pack)
    return or_(*ways) if code is None else or_(*ways, code)


def _is_called(word: str) -> ColumnElement[bool]:
    """The word occurs in the product's name or form, in one of its ingredients, or in its brand."""
    name = _folded(word)
    return or_(mentions(name), Product.brand.icontains(word, autoescape=True)) if name else false()


def _code(word: str, of_pack: bool) -> ColumnElement[bool] | None:
    """The word begins a package code; None for what is too short to be one, or none."""
    if not code_starts(word):
        return None
    return _begun(word) if of_pack else Variant.id.in_(select(Pack.variant_id).where(_begun(word)))


def _begun(word: str) -> ColumnElement[bool]:
    return or_(*(begins(start) for start in sorted(code_starts(word))))


def _folded(word: str) -> str:
    """As addresses write it: "Co-Trimoxazole" is co-trimoxazole."""
    return "-".join(query_words(word))


def _is_name(word: str) -> bool:
    """Whether it says a medicine rather than how strong: "metformin", not "mg/5" or "24"."""
    return any(part[0].isalpha() and part not in MEASURES for part in query_words(word))
