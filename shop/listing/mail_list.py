"""Reading the not-by-mail list: its entries, the file it starts from, and the products it means."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from shop.catalogue.models import Ingredient, Product, product_ingredient
from shop.database import db, portions
from shop.listing.models import MailExclusion
from shop.safety.mailable import Exclusion, is_form, is_substance, starting_list


@dataclass(frozen=True)
class Entry:
    """What is written into the list: lower case, single spaces; "" stands for every substance or form."""

    ingredient: str
    form: str
    reason: str
    source: str


def entries() -> list[MailExclusion]:
    """The list, by form and substance."""
    order = (MailExclusion.form, MailExclusion.ingredient, MailExclusion.id)
    return list(db.session.scalars(select(MailExclusion).order_by(*order)))


def products_by_entry() -> dict[int, int]:
    """How many products each entry means, by its id. Absent means none."""
    counts: dict[int, int] = {}
    for found in meant(exclusions()).values():
        for exclusion in found:
            counts[exclusion.id] = counts.get(exclusion.id, 0) + 1
    return counts


def read_file() -> list[Entry]:
    """The entries that come with the store, in the file's order."""
    return [Entry(*one) for one in starting_list()]


def exclusions() -> list[Exclusion]:
    """The list as the rules know it, the entry added first in front."""
    rows = db.session.scalars(select(MailExclusion).order_by(MailExclusion.id))
    return [Exclusion(row.id, row.ingredient, row.form, row.reason) for row in rows]


def meant(listed: Collection[Exclusion]) -> dict[int, list[Exclusion]]:
    """By product, the entries that mean it, the one added first in front; in a few queries."""
    forms = _forms({exclusion.form for exclusion in listed if exclusion.form})
    found: dict[int, set[Exclusion]] = {}
    for exclusion, product_id, form in (*_of_substances(listed), *_of_forms(listed, forms)):
        if not exclusion.form or form in forms[exclusion.form]:
            found.setdefault(product_id, set()).add(exclusion)
    return {product_id: sorted(those, key=lambda one: one.id) for product_id, those in found.items()}


def _forms(words: Collection[str]) -> dict[str, set[str]]:
    """By an excluded word, the forms of the catalogue that have it."""
    present = list(db.session.scalars(select(Product.form).distinct())) if words else []
    return {word: {form for form in present if is_form(form, word)} for word in words}


def _of_substances(listed: Collection[Exclusion]) -> Iterator[tuple[Exclusion, int, str]]:
    """Entries that name a substance, with each product that has it and the product's form."""
    named = [exclusion for exclusion in listed if exclusion.ingredient]
    if not named:
        return
    means = {
        row.id: those
        for row in db.session.execute(select(Ingredient.id, Ingredient.name))
        if (those := [exclusion for exclusion in named if is_substance(row.name, exclusion.ingredient)])
    }
    pairs = select(product_ingredient.c.ingredient_id, Product.id, Product.form).join(
        Product, Product.id == product_ingredient.c.product_id
    )
    for some in portions(means):
        for row in db.session.execute(pairs.where(product_ingredient.c.ingredient_id.in_(some))):
            for exclusion in means[row.ingredient_id]:
                yield exclusion, row.id, row.form


def _of_forms(
    listed: Collection[Exclusion], forms: dict[str, set[str]]
) -> Iterator[tuple[Exclusion, int, str]]:
    """Entries that name a form only, with each product in it."""
    for exclusion in listed:
        if not exclusion.ingredient:
            question = select(Product.id, Product.form).where(Product.form.in_(forms[exclusion.form]))
            for row in db.session.execute(question):
                yield exclusion, row.id, row.form
