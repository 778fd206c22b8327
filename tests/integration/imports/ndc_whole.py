"""The packs of the whole FDA directory, put into the tables by the shortest way, without our import."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from shop.catalogue.models import Pack, Product, Variant
from shop.database import transaction
from shop.imports.ndc.merging import refresh_statistics

PILLS = {"TABLET", "CAPSULE", "LOZENGE", "GUM", "PILL"}
LIQUIDS = {"SOLUTION", "SUSPENSION", "SYRUP", "LIQUID", "LOTION", "ELIXIR", "INJECTION", "SHAMPOO"}
WEIGHED = {"CREAM", "OINTMENT", "GEL", "PASTE"}

Shelf = dict[str, tuple[int, str]]
"""By NDC of 11 digits: the variant's id and the unit it is sold in."""


def fill_with_the_whole_directory(folder: Path, begins: str = "") -> Shelf:
    """One product with one strength for each substance, form and strength; packs whose NDC begins so."""
    products = {
        row["PRODUCTID"]: tuple(
            row[name]
            for name in ("SUBSTANCENAME", "DOSAGEFORMNAME", "ACTIVE_NUMERATOR_STRENGTH", "ACTIVE_INGRED_UNIT")
        )
        for row in _lines(folder / "ndc/product_2019-04-29.txt.gz")
    }
    numbers: dict[tuple[str, ...], int] = {}
    shelf: Shelf = {}
    for row in _lines(folder / "ndc/package_2019-04-29.txt.gz"):
        parts = row["NDCPACKAGECODE"].split("-")
        code = "".join(part.zfill(length) for part, length in zip(parts, (5, 4, 2), strict=True))
        if code.startswith(begins) and code not in shelf and (key := products.get(row["PRODUCTID"])):
            shelf[code] = numbers.setdefault(key, len(numbers) + 1), _unit(key[1])
    units = dict(shelf.values())
    with transaction() as session:
        _insert(session, Product, (_product(number, unit) for number, unit in units.items()))
        _insert(session, Variant, (_variant(number) for number in units))
        _insert(session, Pack, (_pack(code, variant) for code, (variant, _) in shelf.items()))
        refresh_statistics(Product.__table__, Variant.__table__, Pack.__table__)
    return shelf


def _insert(session: Any, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    session.connection().execute(insert(table.__table__), list(rows))  # past the ORM, which takes its time


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="latin-1", newline="\r\n") as file:
        names = next(file).rstrip("\r\n").split("\t")
        for line in file:
            yield dict(zip(names, line.rstrip("\r\n").split("\t"), strict=False))


def _unit(form: str) -> str:
    kind = form.split(",")[0].split("/")[0]
    for unit, kinds in (("pill", PILLS), ("mL", LIQUIDS), ("g", WEIGHED)):
        if kind in kinds:
            return unit
    return "pack"


def _product(number: int, unit: str) -> dict[str, Any]:
    return {
        "id": number,
        "slug": f"p-{number}",
        "name": f"Product {number}",
        "form": "tablet",
        "form_plural": "tablets",
        "unit": unit,
        "route": "oral",
        "prescription_required": True,
        "popularity": 0,
        "origin": "ndc",
    }


def _variant(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "product_id": number,
        "slug": f"v-{number}",
        "strength": "1 mg",
        "strength_value": 1,
        "strength_unit": "mg",
        "quantities": [30],
        "markets": ["US"],
        "price_breaks": [],
        "price_basis": "fixed",
        "sold_outside_market": False,
    }


def _pack(code: str, variant: int) -> dict[str, Any]:
    return {
        "variant_id": variant,
        "ndc": code,
        "ndc11": code,
        "labeler": "Example",
        "description": "",
        "size": 1,
    }
