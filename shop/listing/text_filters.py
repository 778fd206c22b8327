"""What staff type, as conditions on products: words of a name, form or ingredient, the start of a code."""

import re

from sqlalchemy import ColumnElement, and_, or_, select, true

from shop.catalogue.models import Ingredient, Pack, Product, Variant, product_ingredient
from shop.substances.query_text import query_words, telling_words

SHORTEST_CODE = 5
"""Digits and hyphens of the start of a package code. Four digits are a strength, 1000 mg; 0093- a labeler."""
_CODE = re.compile(r"\s*(?:ndc\b[\s:#]*)?(\d[\d-]*)\s*", re.IGNORECASE | re.ASCII)


def says(text: str) -> ColumnElement[bool]:
    """The start of a package code, or every telling word in the name, form or an ingredient."""
    starts = code_starts(text)
    if starts:
        begun = or_(*(begins(start) for start in sorted(starts)))
        return Product.id.in_(select(Variant.product_id).join(Pack).where(begun))
    words = telling_words(query_words(text))
    return and_(*(mentions(word) for word in words)) if words else Product.id.is_(None)


def begins(start: str) -> ColumnElement[bool]:
    """A range of the index: every collation orders digits alike, a LIKE would need an index of its own."""
    after = str(int(start) + 1).zfill(len(start))
    ends = Pack.ndc11 < after if len(after) == len(start) else true()
    return and_(Pack.ndc11 >= start, ends)


def mentions(word: str) -> ColumnElement[bool]:
    """The address is the name and form folded to plain letters, so one comparison finds both."""
    substances = select(Ingredient.id).where(Ingredient.slug.contains(word, autoescape=True))
    named = select(product_ingredient.c.product_id).where(product_ingredient.c.ingredient_id.in_(substances))
    return or_(
        Product.slug.contains(word, autoescape=True),
        Product.id.in_(named),
    )


def code_starts(text: str) -> set[str]:
    """The eleven digits a package code begins with when only a code was typed, in each reading it allows.

    NDCs are written 4-4-2, 5-3-2 or 5-4-1 and kept as eleven digits, the short part padded (21 CFR 207.33).
    """
    typed = _CODE.fullmatch(text)
    if not typed or len(typed[1]) < SHORTEST_CODE:
        return set()
    labeler, *rest = typed[1].rstrip("-").split("-")
    if rest:
        number, package = rest[0], rest[1] if len(rest) > 1 else ""
        numbers = {number.zfill(4)} if package else {number, number.zfill(4)[: len(number) + 1]}
        package = package.zfill(2) if len(package) == 1 else package
        return {labeler.zfill(5) + number + package for number in numbers}
    digits = labeler
    readings = {digits, "0" + digits} if len(digits) < 11 else {digits}
    if 5 < len(digits) < 11:
        readings.add(digits[:5] + "0" + digits[5:])
    if len(digits) == 10:
        readings = {digits[:at] + "0" + digits[at:] for at in (0, 5, 9)}
    return readings
