"""Which products have a strength that cannot be right as filed. `directory.plausible` decides; not stored."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select

from shop.catalogue.models import Product, Variant
from shop.database import db, portions
from shop.substances.implausible import doubt

UNITS = ("pill", "mL", "g", "pack")  # by which anything is sold
_STRENGTHS = select(Variant.product_id, Variant.strength, Product.unit).join_from(Variant, Product)


def doubted(product_ids: Iterable[int] | None = None) -> dict[int, int]:
    """By product, how many of its strengths are to be checked; of all products for None. Absent: none."""
    if product_ids is None:
        return _of_all()
    found: Counter[int] = Counter()
    for some in portions(product_ids):
        for product_id, strength, unit in db.session.execute(_STRENGTHS.where(Variant.product_id.in_(some))):
            found[product_id] += doubt(strength, unit) is not None
    return dict(+found)


def _of_all() -> dict[int, int]:
    """A hundred thousand strengths are said in a few thousand ways, of which a few hundred are doubted."""
    ways = db.session.scalars(select(Variant.strength).distinct())
    slips = [text for text in ways if any(doubt(text, unit) for unit in UNITS)]
    found: Counter[int] = Counter()
    for some in portions(slips):
        for product_id, strength, unit in db.session.execute(_STRENGTHS.where(Variant.strength.in_(some))):
            found[product_id] += doubt(strength, unit) is not None
    return dict(+found)
