"""The catalogue's packs as columns of numbers, by their NDCs: what surveys price."""

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from shop.catalogue.models import Pack, Product, Variant
from shop.database import db
from shop.imports.nadac.rows import UNITS, ndc_code
from shop.pricing.acquisition import needs_no_unit, surveyed_unit

AT_ONCE = 10_000
NONE_FITS = -1


@dataclass(frozen=True)
class Packs:
    """Sorted by `code`. `unit` is the one a survey must price in (NONE_FITS: none), `trusted` whether a price
    without a unit may be believed. `contents`, by variant: mL or g in the container that is its unit.
    """

    code: NDArray[np.int64]
    variant: NDArray[np.int64]
    unit: NDArray[np.int8]
    trusted: NDArray[np.bool_]
    contents: dict[int, Decimal] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.code)

    def find(self, code: NDArray[np.int64]) -> NDArray[np.intp]:
        """The place of each NDC's pack; -1 where there is none."""
        if not len(self):
            return np.full(len(code), -1)
        place = np.minimum(np.searchsorted(self.code, code), len(self) - 1)
        return np.where(self.code[place] == code, place, -1)


def packs() -> Packs:
    """All packs, those the directory no longer has as well: they had a price while they were sold."""
    rows = db.session.execute(
        select(Pack.ndc11, Pack.size, Pack.variant_id, Product.unit, Variant.content, Variant.content_unit)
        .join(Variant, Variant.id == Pack.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .execution_options(yield_per=AT_ONCE)
    )
    codes, variants, units, trusted = [], [], [], []
    contents: dict[int, Decimal] = {}
    for ndc11, size, variant_id, product_unit, content, content_unit in rows:
        unit = surveyed_unit(content_unit or product_unit, size)
        if content:
            contents[variant_id] = content
        codes.append(ndc_code(ndc11))
        variants.append(variant_id)
        units.append(NONE_FITS if unit is None else UNITS[unit])
        trusted.append(needs_no_unit(product_unit))
    order = np.argsort(np.array(codes, np.int64))
    return Packs(
        np.array(codes, np.int64)[order],
        np.array(variants, np.int64)[order],
        np.array(units, np.int8)[order],
        np.array(trusted, np.bool_)[order],
        contents,
    )
