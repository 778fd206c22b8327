"""Carrying out a plan, within the caller's transaction: products first, then strengths, then packs.

Values pass through the columns' types, whichever way rows are written.
"""

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, func, insert, select, text, update

from shop.catalogue.models import (
    Category,
    Ingredient,
    Pack,
    Product,
    Variant,
    product_category,
    product_ingredient,
)
from shop.catalogue.safety_answer import SoldAs, subject_of
from shop.clock import business_date
from shop.database import db
from shop.imports.ndc import existing
from shop.imports.ndc.new_rows import (
    CATEGORY_SLUG,
    STRENGTH_SLUG,
    NewCategory,
    NewIngredient,
    NewPack,
    NewProduct,
    NewVariant,
    Slugs,
    new_product,
    new_variant,
)
from shop.imports.ndc.pages import Page, Strength
from shop.imports.ndc.planning import Plan
from shop.listing.deciding import verdict_of
from shop.safety.sale import refusal
from shop.stock.service import follow_packs
from shop.substances.identity import slug_of
from shop.substances.names import readable
from shop.substances.strengths import LONGEST, mark

Named = TypeVar("Named", bound=Hashable)


def carry_out(plan: Plan, at: datetime) -> None:
    """Write what the plan says. Nothing is deleted: what the directory no longer has is withdrawn."""
    writing = _Writing(plan, at)
    writing.words()
    writing.products()
    writing.strengths()
    writing.packs()
    writing.withdrawals()


class _Writing:
    def __init__(self, plan: Plan, at: datetime) -> None:
        self.plan, self.at, self.known = plan, at, plan.known
        self.slugs = Slugs(existing.slugs())
        self.ingredients = {name: key for name, (key, _controlled) in plan.known.ingredients.items()}
        self.categories = dict(plan.known.categories)

    def words(self) -> None:
        """Ingredients and categories that are new."""
        new = self.plan.new_ingredients
        self.ingredients |= _numbered(Ingredient, new)
        rows = (
            NewIngredient(
                self.ingredients[name], self.slugs.free("ingredient", slug_of(name)), readable(name), held
            )
            for name, held in new.items()
        )
        insert_rows(_table(Ingredient), NewIngredient._fields, rows)
        update_rows(_table(Ingredient), {key: {"is_controlled": True} for key in self.plan.now_controlled})
        self.categories |= _numbered(Category, self.plan.new_categories)
        filed = (
            NewCategory(
                self.categories[name], self.slugs.free("category", slug_of(name, CATEGORY_SLUG)), name
            )
            for name in self.plan.new_categories
        )
        insert_rows(_table(Category), NewCategory._fields, filed)

    def products(self) -> None:
        """New pages with their ingredients and categories, and what changed on known ones."""
        pages = sorted(self.plan.new_pages, key=_generics_first)
        ids = self.plan.product_ids
        ids |= _numbered(Product, [page.identity for page in pages])
        insert_rows(_table(Product), NewProduct._fields, (self._product(page) for page in pages))
        parts = ((ids[page.identity], self.ingredients[name]) for page in pages for name in page.ingredients)
        insert_rows(product_ingredient, ("product_id", "ingredient_id"), parts)
        links = [(ids[page.identity], name) for page in pages for name in sorted(page.categories)]
        links += self.plan.new_links
        filed = ((product_id, self.categories[name]) for product_id, name in links)
        insert_rows(product_category, ("product_id", "category_id"), filed)
        update_rows(_table(Product), self.plan.changed_products)
        update_rows(_table(Variant), self.plan.changed_strengths)
        update_rows(_table(Product), {key: {"changed_at": self.at} for key in self.plan.touched})

    def strengths(self) -> None:
        """New strengths, of new pages and of known products."""
        self.plan.variant_ids |= _numbered(Variant, self.plan.new_strengths)
        rows = (self._variant(strength) for strength in self.plan.new_strengths)
        insert_rows(_table(Variant), NewVariant._fields, rows)

    def packs(self) -> None:
        """New packs, changed ones, and those that the directory now files under another strength."""
        variants = self.plan.variant_ids
        rows = (
            NewPack(
                key, variants[pack.strength], pack.ndc, pack.ndc11, pack.labeler, pack.description, pack.size
            )
            for key, pack in zip(
                new_ids(_table(Pack), len(self.plan.new_packs)), self.plan.new_packs, strict=True
            )
        )
        insert_rows(_table(Pack), NewPack._fields, rows)
        update_rows(_table(Pack), self.plan.changed_packs)
        moved = {key: {"variant_id": variants[pack.strength]} for key, pack in self.plan.moved_packs.items()}
        update_rows(_table(Pack), moved)
        self._lots(variants)

    def _lots(self, variants: dict[Strength, int]) -> None:
        """Stock goes with its packs; where these count in other units now, a person has to look at it."""
        same, plan = self.plan.same_unit, self.plan
        sizes = {key: changed.get("size") for key, changed in plan.changed_packs.items() if key in same}
        follow_packs(
            {key: variants[pack.strength] for key, pack in plan.moved_packs.items() if key in same},
            {key: size for key, size in sizes.items() if size},
        )

    def withdrawals(self) -> None:
        """What the directory no longer has: kept for orders that name it, no longer on sale."""
        gone = {"withdrawn_on": business_date(self.at)}
        update_rows(_table(Pack), dict.fromkeys(self.plan.withdrawn_packs, gone))
        unlisted = {product.id: gone | {"listed_at": None} for product in self.plan.withdrawn_products}
        update_rows(_table(Product), unlisted)

    def _product(self, page: Page) -> NewProduct:
        key = self.plan.product_ids[page.identity]
        slug = page.naming.slug
        if self.slugs.is_taken("product", slug):
            slug = slug_of(f"{page.name} {page.form.plural}")
        slug = self.slugs.free("product", slug, page.identity)
        self.known.product_slugs[key] = slug
        return new_product(key, slug, page, decided(page), self.at)

    def _variant(self, strength: Strength) -> NewVariant:
        page = strength.page
        product_id = self.plan.product_ids[page.identity]
        known = self.known.strengths[product_id]
        unit = known.unit or page.unit
        text = strength.text_in(unit)
        if text in known.by_text:
            text = f"{text[: LONGEST - len('12345678') - 3]} ({mark(strength.key)})"
        known.by_text[text] = self.plan.variant_ids[strength]
        slug = f"{self.known.product_slugs[product_id]}-{slug_of(text, STRENGTH_SLUG)}"
        slug = self.slugs.free("variant", slug, f"{page.identity} {text}")
        return new_variant(self.plan.variant_ids[strength], product_id, slug, text, unit, strength)


def decided(page: Page) -> tuple[str, str | None]:
    """What the safety data say of a new page."""
    form, route, facts = page.form.word, page.route, page.regulatory
    sold_as = SoldAs(not page.over_the_counter, "ndc")
    asked = subject_of(page.ingredients, page.name, page.brand_name, form, route, facts, sold_as)
    return verdict_of(refusal(asked))


def _numbered(kind: type[Any], things: Iterable[Named]) -> dict[Named, int]:
    """A new id for each thing, in their order."""
    listed = list(things)
    return dict(zip(listed, new_ids(_table(kind), len(listed)), strict=True))


def _table(kind: type[Any]) -> Table:
    table = kind.__table__
    assert isinstance(table, Table)
    return table


def _generics_first(page: Page) -> tuple[bool, bool, str]:
    return page.brand_name is not None, page.over_the_counter, page.identity


# --- Many rows at once: COPY into PostgreSQL, batches into SQLite -----------------------------------------

AT_ONCE = 5_000


def new_ids(table: Table, count: int) -> Iterator[int]:
    """As many unused ids; the caller holds the transaction in which they are used."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
        return iter(connection.execute(drawn, {"name": table.name, "n": count}).scalars().all())
    highest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    return iter(range(highest + 1, highest + 1 + count))


def insert_rows(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows whose values are in the order of `columns`.

    Goes past the object mapper, whose bookkeeping would cost more than the writing.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    bind = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    bound = (
        tuple(prepare(value) if prepare else value for prepare, value in zip(bind, row, strict=True))
        for row in rows
    )
    if dialect.name == "postgresql":
        _copy(table, columns, bound)
        return
    statement = insert(table).compile(dialect=dialect, column_keys=columns)
    in_its_order = itemgetter(*(columns.index(name) for name in statement.positiontup or ()))
    while batch := [in_its_order(row) for row in islice(bound, AT_ONCE)]:
        connection.exec_driver_sql(str(statement), batch)


def _copy(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def update_rows(table: Table, changes: dict[int, dict[str, Any]]) -> None:
    """Set some columns of some rows, by id; rows that change the same columns go together."""
    together: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, values in changes.items():
        together.setdefault(tuple(sorted(values)), []).append({"row_id": key} | values)
    for rows in together.values():
        db.session.connection().execute(update(table).where(table.c.id == bindparam("row_id")), rows)


def refresh_statistics(*tables: Table) -> None:
    """Let PostgreSQL's planner know of what was written: its own turn comes a minute later.

    Until then it takes these tables for empty, and a join of them for hours. SQLite plans without statistics.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(text(f"ANALYZE {table.name}"))
