"""Applying the safety data to products: each gets what `safety.sale` answers about it.

Runs on import, before anything is listed, and by `flask safety apply` after the data changed. The data of the
store hold for every product; the admins' list (`mail_exclusions`) only adds to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from shop.catalogue import list_rows
from shop.catalogue.models import Ingredient, Product, product_ingredient
from shop.catalogue.safety_answer import CLEAR, SoldAs, refusal_now, subject_of
from shop.database import db, portions
from shop.projections.cache_version import catalogue_changed
from shop.safety.controlled import substance_in
from shop.safety.subject import Refusal, Subject
from shop.web import settings

Verdict = tuple[str, str | None]


def decide(product_ids: Iterable[int] | None, at: datetime) -> int:
    """Bring what these products (None: all) carry to what the data say; returns how many changed."""
    if product_ids is None:
        product_ids = db.session.scalars(select(Product.id)).all()
    changes: dict[Verdict, list[int]] = defaultdict(list)
    controlled: set[int] = set()
    for some in portions(product_ids):
        ingredients = _ingredients(some)
        for row in db.session.execute(_question(some)):
            its = ingredients.get(row.id, [])
            controlled |= {key for key, name, marked in its if not marked and substance_in(name, row.form)}
            verdict = _verdict(row, its)
            if verdict != (row.safety_code, row.safety_reason):
                changes[verdict].append(row.id)
    for some in portions(controlled):
        db.session.execute(
            update(Ingredient).where(Ingredient.id.in_(some)).values(is_controlled=True),
            execution_options={"synchronize_session": "fetch"},
        )
    return _write(changes, at)


def decide_new(at: datetime) -> int:
    """The same for products that nobody has decided about: after an upgrade, or made by hand."""
    undecided = select(Product.id).where(Product.safety_code.is_(None))
    return decide(db.session.scalars(undecided).all(), at)


def subjects() -> Iterator[Subject]:
    """Every product of the catalogue as the rules know it."""
    for some in portions(db.session.scalars(select(Product.id)).all()):
        ingredients = _ingredients(some)
        for row in db.session.execute(_question(some)):
            yield _subject(row, [name for _key, name, _marked in ingredients.get(row.id, [])])


def verdict_of(found: Refusal | None) -> Verdict:
    """What is written at the product: `CLEAR`, or the code of the refusal and why."""
    return (found.code, found.why) if found else (CLEAR, None)


def _verdict(row: Any, ingredients: Sequence[tuple[int, str, bool]]) -> Verdict:
    names = [name for _key, name, _marked in ingredients]
    marked = any(marked for _key, _name, marked in ingredients)
    return verdict_of(refusal_now(_subject(row, names), marked))


def _subject(row: Any, names: Sequence[str]) -> Subject:
    sold_as = SoldAs(row.prescription_required, row.origin)
    return subject_of(names, row.name, row.brand, row.form, row.route, row.regulatory or {}, sold_as)


def _question(product_ids: Sequence[int]) -> Any:
    columns = (
        Product.id,
        Product.name,
        Product.brand,
        Product.form,
        Product.route,
        Product.regulatory,
        Product.prescription_required,
        Product.origin,
        Product.safety_code,
        Product.safety_reason,
    )
    return select(*columns).where(Product.id.in_(product_ids))


def _ingredients(product_ids: Sequence[int]) -> dict[int, list[tuple[int, str, bool]]]:
    question = (
        select(product_ingredient.c.product_id, Ingredient.id, Ingredient.name, Ingredient.is_controlled)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(product_ingredient.c.product_id.in_(product_ids))
    )
    found: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
    for product_id, key, name, marked in db.session.execute(question):
        found[product_id].append((key, name, marked))
    return found


def _write(changes: Mapping[Verdict, Sequence[int]], at: datetime) -> int:
    changed = [product_id for ids in changes.values() for product_id in ids]
    if not changed:
        return 0
    for (code, why), ids in changes.items():
        for some in portions(ids):
            db.session.execute(
                update(Product)
                .where(Product.id.in_(some))
                .values(safety_code=code, safety_reason=why, changed_at=at),
                execution_options={"synchronize_session": False},
            )
    listed = select(Product.id).where(Product.listed_at.is_not(None))
    shown = [
        key for some in portions(changed) for key in db.session.scalars(listed.where(Product.id.in_(some)))
    ]
    list_rows.refresh(shown, settings().market)
    catalogue_changed(at)
    return len(changed)
