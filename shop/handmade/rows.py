"""What making and changing by hand share: locks, free addresses, ingredients, what follows a change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import list_rows
from shop.catalogue.models import Ingredient, Pack, Product, Variant, product_ingredient
from shop.catalogue.safety_answer import CLEAR
from shop.catalogue.safety_answer import HAND as HAND
from shop.database import db, lock_name
from shop.errors import NotFound
from shop.handmade.states import State, as_record, changed
from shop.listing import service as listing
from shop.listing.deciding import decide
from shop.listing.mail_exclusions import apply_mail_exclusions
from shop.orders.models import OrderLine
from shop.prescriptions.models import PrescriptionItem
from shop.projections.cache_version import catalogue_changed
from shop.safety.controlled import in_every_form
from shop.stock.models import Lot
from shop.substances.identity import slug_of
from shop.substances.names import readable
from shop.web import settings

_RESERVED = frozenset({"new", "ingredients"})


def one_at_a_time() -> None:
    """Whoever makes or renames something by hand passes here: what is free stays free until it is taken."""
    lock_name("catalogue: by hand")


def locked(slug: str) -> Product:
    """The product, as it is now and locked until the transaction ends. Raises NotFound."""
    question = select(Product).where(Product.slug == slug).with_for_update()
    product = db.session.scalar(question.execution_options(populate_existing=True))
    if product is None:
        raise NotFound("There is no such product.", "Look it up in the catalog.")
    return product


def strength_of(product: Product, variant_id: int) -> Variant:
    """A strength of the product. Raises NotFound."""
    variant = db.session.get(Variant, variant_id, populate_existing=True)
    if variant is None or variant.product_id != product.id:
        raise NotFound("There is no such strength.", "Look it up in the catalog.")
    return variant


def pack_of(variant: Variant, pack_id: int) -> Pack:
    """A pack of the strength. Raises NotFound."""
    pack = db.session.get(Pack, pack_id, populate_existing=True)
    if pack is None or pack.variant_id != variant.id:
        raise NotFound("There is no such pack.", "Look it up in the catalog.")
    return pack


def free_slug(kind: Any, text: str, longest: int) -> str:
    """An address that no other row of `kind` has."""
    wanted, number = slug_of(text, longest), 1
    candidate = wanted
    while candidate in _RESERVED or db.session.scalar(select(exists().where(kind.slug == candidate))):
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def ingredients(names: Iterable[str]) -> list[Ingredient]:
    """The rows of these canonical names, new ones added."""
    wanted = list(names)
    rows = db.session.scalars(select(Ingredient).where(func.lower(Ingredient.name).in_(wanted)))
    found = {row.name.lower(): row for row in rows}
    for name in wanted:
        if name not in found:
            controlled = in_every_form(name)
            found[name] = Ingredient(
                slug=free_slug(Ingredient, name, 160), name=readable(name), is_controlled=controlled
            )
            db.session.add(found[name])
            db.session.flush()
    return [found[name] for name in wanted]


def classes_of(rows: Iterable[Ingredient]) -> list[str]:
    """Established classes that the directory states of these ingredients where they stand alone."""
    ids = [row.id for row in rows]
    containing = select(product_ingredient.c.product_id).where(product_ingredient.c.ingredient_id.in_(ids))
    alone = (
        select(product_ingredient.c.product_id)
        .where(product_ingredient.c.product_id.in_(containing))
        .group_by(product_ingredient.c.product_id)
        .having(func.count() == 1)
    )
    stated = select(Product.regulatory).where(Product.id.in_(alone), Product.regulatory.is_not(None))
    facts = db.session.scalars(stated)
    return sorted({name for one in facts for name in (one or {}).get("classes", ())})


def used(variant_ids: Iterable[int]) -> bool:
    """Whether an order, a prescription or a lot names one of these strengths."""
    ids = list(variant_ids)
    named = [exists().where(kind.variant_id.in_(ids)) for kind in (OrderLine, PrescriptionItem, Lot)]
    return bool(ids) and bool(db.session.scalar(select(or_(*named))))


def settle(product: Product, actor_id: int | None, at: datetime, *, off_sale: bool = False) -> bool:
    """What follows a change, in its transaction; returns whether the product was taken off sale.

    The safety data decide anew, and what they refuse, or what has no strength left, is not on sale.
    """
    product.changed_at = at
    db.session.flush()
    decide([product.id], at)
    apply_mail_exclusions([product.id], at)
    db.session.refresh(product)
    left = db.session.scalar(
        select(exists().where(Variant.product_id == product.id, Variant.withdrawn_on.is_(None)))
    )
    taken = product.listed_at is not None and (off_sale or product.safety_code != CLEAR or not left)
    if taken:
        listing.set_listed([product.id], False, actor_id, at)
        db.session.refresh(product)
    list_rows.refresh([product.id], settings().market)
    catalogue_changed(at)
    return taken


def record(
    what: Event, subject: tuple[str, int], actor_id: int | None, at: datetime, before: State, after: State
) -> None:
    """What was changed, as it was and as it is, under the name of who did it."""
    was, becomes = changed(before, after)
    audit.record(
        what, at=at, subject=subject, actor_id=actor_id, before=as_record(was), after=as_record(becomes)
    )
