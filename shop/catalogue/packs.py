"""Reading packs for the stock desk: by variant, by id, by their printed code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select

from shop.catalogue.models import Pack
from shop.catalogue.ndc_codes import is_store_code
from shop.database import db
from shop.paging import Page, within
from shop.substances.query_text import package_query

PER_PAGE = 20
PACK_COLUMNS = (Pack.id, Pack.variant_id, Pack.ndc, Pack.labeler, Pack.description, Pack.size)


@dataclass(frozen=True)
class PackFacts:
    """One labeler's package; `size` in units, if the description states it."""

    id: int
    variant_id: int
    ndc: str
    labeler: str
    description: str
    size: int | None


def packs_of(variant_ids: Iterable[int]) -> dict[int, list[PackFacts]]:
    """By variant, its packs. Absent means none."""
    found: dict[int, list[PackFacts]] = {}
    for pack in _packs(Pack.variant_id.in_(set(variant_ids))):
        found.setdefault(pack.variant_id, []).append(pack)
    return found


def packs_page(variant_id: int, number: int = 1, words: str = "", fits: int = 0) -> Page[PackFacts]:
    """Packs of a variant by labeler, those in the directory first; `words` are in labeler, code, description.

    Packs that make `fits` units come before the others, where it is given.
    """
    chosen = select(*PACK_COLUMNS).where(Pack.variant_id == variant_id)
    for word in words.split():
        named = (Pack.labeler, Pack.ndc, Pack.ndc11, Pack.description)
        chosen = chosen.where(or_(*(column.icontains(word, autoescape=True) for column in named)))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    number = within(number, PER_PAGE, total)
    fitting = [case((fits % Pack.size == 0, 0), else_=1)] if fits else []
    in_order = chosen.order_by(*fitting, Pack.withdrawn_on.is_not(None), Pack.labeler, Pack.ndc11)
    rows = db.session.execute(in_order.limit(PER_PAGE).offset((number - 1) * PER_PAGE))
    return Page([PackFacts(*row) for row in rows], number, PER_PAGE, total)


def pack_counts(variant_ids: Iterable[int]) -> dict[int, int]:
    """By variant, how many packs it has. Absent means none."""
    counted = select(Pack.variant_id, func.count()).where(Pack.variant_id.in_(set(variant_ids)))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Pack.variant_id))}


def packs(ids: Iterable[int]) -> dict[int, PackFacts]:
    """Packs by id, in one query; none for no ids."""
    wanted = set(ids)
    return {pack.id: pack for pack in _packs(Pack.id.in_(wanted))} if wanted else {}


def packs_by_code(text: str) -> list[PackFacts]:
    """Packs that carry this NDC or code of the store.

    An NDC may have 10 or 11 digits, with or without hyphens.

    Ten digits without hyphens do not say where the padding zero belongs (21 CFR 207.33), so each of the three
    readings is looked up, and whoever asked chooses among what is found.
    """
    own = text.strip().upper()
    if is_store_code(own):
        return _packs(Pack.ndc11 == own)
    codes = {reading for digits in package_query(text) for reading in _readings(digits)}
    return _packs(Pack.ndc11.in_(codes)) if codes else []


def _readings(digits: str) -> set[str]:
    if len(digits) == 10:
        return {digits[:at] + "0" + digits[at:] for at in (0, 5, 9)}
    return {digits} if len(digits) >= 11 else set()


def _packs(where: Any) -> list[PackFacts]:
    return [
        PackFacts(*row) for row in db.session.execute(select(*PACK_COLUMNS).where(where).order_by(Pack.id))
    ]
