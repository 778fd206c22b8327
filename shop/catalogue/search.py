"""The search as the store uses it: the index kept in step with the database, and asked.

The index is disposable and local to a machine. It carries the catalogue version it was built from; whoever
finds another one in the database builds anew, beside the old, which serves until the switch.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select, select

from shop.catalogue.models import (
    Category,
    Ingredient,
    Pack,
    Product,
    Variant,
    product_category,
    product_ingredient,
)
from shop.catalogue.search_index import Index, IndexMissing, SearchAnswer, SearchDocument, build
from shop.config import Settings
from shop.database import db
from shop.freshness.queries import version

log = logging.getLogger(__name__)


def ensure_index(app: Flask, force: bool = False) -> bool:
    """Build the index unless it shows the database as it is now. Returns whether it built.

    Opens no transaction of its own beyond reading. Raises OSError when the folder cannot be written.
    """
    with app.app_context():
        now = version().catalogue
        if not force and index(app).is_current(now):
            return False
        return build(_settings(app).search_folder, documents(), now, force)


def search(text: str, limit: int, offset: int = 0) -> SearchAnswer:
    """Products for what was typed. Without an index (a fresh or damaged disk) one is built first.

    An index that cannot be built finds nothing, and the log says why: the store goes on without its search.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        return index(app).search(text, limit, offset)
    except IndexMissing:
        pass
    try:
        ensure_index(app, force=True)
        return index(app).search(text, limit, offset)
    except (IndexMissing, OSError) as trouble:
        log.error("the search index cannot be built: %s", trouble)
        return SearchAnswer()


def index(app: Flask) -> Index:
    """The one reader of this process."""
    found = app.extensions.get("search")
    if not isinstance(found, Index):
        found = app.extensions["search"] = Index(_settings(app).search_folder)
    return found


def documents() -> Iterator[SearchDocument]:
    """Every listed product, in five queries."""
    ingredients = _names(
        select(product_ingredient.c.product_id, Ingredient.name)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
    )  # fmt: skip
    categories = _names(
        select(product_category.c.product_id, Category.name)
        .join(Category, Category.id == product_category.c.category_id)
    )  # fmt: skip
    packages = _names(select(Variant.product_id, Pack.ndc).join(Pack, Pack.variant_id == Variant.id))
    looks = _names(select(Variant.product_id, Variant.appearance))
    products = select(
        Product.id,
        Product.slug,
        Product.name,
        Product.form,
        Product.brand,
        Product.summary,
        Product.popularity,
    ).where(Product.listed_at.is_not(None))
    for row in db.session.execute(products.execution_options(yield_per=2000)):
        yield SearchDocument(
            row.id, row.slug, row.name, row.form, tuple(ingredients[row.id]),
            (row.brand,) if row.brand else (), tuple(categories[row.id]), row.summary or "", row.popularity,
            tuple(packages[row.id]), _imprints(looks[row.id]),
        )  # fmt: skip


def _imprints(looks: Iterable[Any]) -> tuple[str, ...]:
    return tuple(look["imprint"] for look in looks if look and look.get("imprint"))


def _names(question: Select[*tuple[Any, ...]]) -> dict[int, list[Any]]:
    """Second column by first: product id -> what belongs to it."""
    found: dict[int, list[Any]] = defaultdict(list)
    for product_id, name in db.session.execute(question):
        found[product_id].append(name)
    return found


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings
