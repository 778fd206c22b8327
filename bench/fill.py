"""A catalogue of any size for measuring: copies of what is listed, under invented names, until it is full.

Copies keep form, strengths, prices, categories and ingredients, so that facets, searches and pages have the
proportions of what they were copied from. Every tenth strength gets a lot.
"""

import sys
from datetime import date
from itertools import cycle, islice
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from shop import create_app
from shop.catalogue import list_rows
from shop.catalogue.models import Pack, Product, Variant, product_category, product_ingredient
from shop.clock import now
from shop.database import Base, db, transaction
from shop.projections.cache_version import catalogue_changed
from shop.stock.models import Lot
from shop.storefront.finder.service import follow

AT_ONCE = 2000
SYLLABLES = (
    "bel",
    "cor",
    "dan",
    "fex",
    "gil",
    "hob",
    "jun",
    "kip",
    "lam",
    "mor",
    "nis",
    "pol",
    "quo",
    "rav",
    "sut",
    "tam",
    "ulm",
    "vex",
    "wob",
    "yar",
    "zel",
)
EQUIVALENTS = 5  # copies that count as the same medicine of another brand
LAST_DAY = date(2031, 12, 31)


def fill(app: Flask, wanted: int) -> int:
    """Copy until `wanted` products are listed; returns how many copies were made."""
    with app.app_context(), transaction():
        missing = wanted - (db.session.scalar(select(func.count(Product.id)).where(_listed())) or 0)
        if missing > 0:
            _copy(missing)
        list_rows.refresh(None, app.extensions["settings"].market)
        catalogue_changed(now())
        return max(0, missing)


def _listed() -> Any:
    return Product.listed_at.is_not(None)


def _copy(missing: int) -> None:
    products = _rows(select(Product.__table__).where(_listed()).order_by(Product.id))
    variants, packs = _by(Variant, "product_id"), _by(Pack, "variant_id")
    categories, ingredients = _links(product_category), _links(product_ingredient)
    next_product, next_variant = (_last(model) + 1 for model in (Product, Variant))
    new: dict[Any, list[dict[str, Any]]] = {table: [] for table in _TABLES}
    for number, original in enumerate(islice(cycle(products), missing)):
        product_id, name = next_product + number, _name(number)
        new[Product.__table__].append(
            original
            | {
                "id": product_id,
                "slug": f"{name}-{product_id}",
                "name": name.capitalize(),
                "identity": None,
                "popularity": number % 97,
                "monograph_slug": None,
                "equivalence": f"copy-{number // EQUIVALENTS}",
            }
        )
        for table, links in ((product_category, categories), (product_ingredient, ingredients)):
            new[table] += [link | {"product_id": product_id} for link in links.get(original["id"], ())]
        for variant in variants.get(original["id"], ()):
            strength = f"{name}-{product_id}-{next_variant}"
            new[Variant.__table__].append(
                variant | {"id": next_variant, "product_id": product_id, "slug": strength}
            )
            for pack in packs.get(variant["id"], [])[:1]:
                code = f"9{next_variant:010d}"
                new[Pack.__table__].append(
                    {key: value for key, value in pack.items() if key != "id"}
                    | {"variant_id": next_variant, "ndc11": code, "ndc": f"{code[:5]}-{code[5:9]}-{code[9:]}"}
                )
            if next_variant % 10 == 0:
                new[Lot.__table__].append(_lot(next_variant))
            next_variant += 1
        if len(new[Product.__table__]) == AT_ONCE:
            _write(new)
    _write(new)


_TABLES = (
    Product.__table__,
    product_category,
    product_ingredient,
    Variant.__table__,
    Pack.__table__,
    Lot.__table__,
)


def _write(new: dict[Any, list[dict[str, Any]]]) -> None:
    for table in _TABLES:
        if new[table]:
            db.session.execute(insert(table), new[table])
            new[table].clear()


def _lot(variant_id: int) -> dict[str, Any]:
    return {
        "variant_id": variant_id,
        "number": f"B{variant_id}",
        "expires_on": LAST_DAY,
        "status": "pickable",
        "on_hand": 600,
        "held": 0,
        "received_at": now(),
    }


def _name(number: int) -> str:
    """A different pronounceable word for every number."""
    word, base = "", len(SYLLABLES)
    number = (number * 7919 + 104729) % base**4 + base**4
    while number:
        number, syllable = divmod(number, base)
        word += SYLLABLES[syllable]
    return word


def _rows(question: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(question).mappings()]


def _by(model: type[Base], column: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(select(model.__table__).order_by(model.__table__.c.id)):
        found.setdefault(row[column], []).append(row)
    return found


def _links(table: Any) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(select(table)):
        found.setdefault(row["product_id"], []).append(row)
    return found


def _last(model: Any) -> int:
    return db.session.scalar(select(func.max(model.id))) or 0


if __name__ == "__main__":
    store = create_app()
    fill(store, int(sys.argv[1]))
    with store.app_context():
        follow(store)
