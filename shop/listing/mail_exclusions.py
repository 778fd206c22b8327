"""The not-by-mail list: its entries, changing it, and marking the products it covers.

A product carries the reason in `not_by_mail`. A reason that is not in the list was written by hand
and is never overwritten or cleared here.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import list_rows
from shop.catalogue.models import Ingredient, Product, product_ingredient
from shop.database import Base, Key, db, portions
from shop.errors import DomainError, NotFound
from shop.projections.cache_version import catalogue_changed
from shop.safety.mailable import Exclusion, ListEntry, is_form, is_substance, starting_list
from shop.web import settings


class MailExclusion(Base):
    """A substance, in some form or in all, that is not sent by mail; admins keep the list."""

    __tablename__ = "mail_exclusion"
    __table_args__ = (UniqueConstraint("ingredient", "form"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ingredient: Mapped[str] = mapped_column(String(200))  # in lower case; "" stands for every substance
    form: Mapped[str] = mapped_column(String(80))  # a word of the form ("injection"), "" for every form
    reason: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))


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


class ExclusionKnown(DomainError):
    """The list has this substance in this form already."""

    code = "exclusion_known"

    def __init__(self) -> None:
        super().__init__("This entry is already on the list.", "To change its reason, remove it first.")


def load(at: datetime, actor_id: int | None = None) -> int:
    """Add what the store's own file has and the list has not; returns how many. The products are marked."""
    known = {(row.ingredient, row.form) for row in entries()}
    fresh = [entry for entry in starting_list() if (entry.ingredient, entry.form) not in known]
    db.session.add_all(MailExclusion(**entry._asdict()) for entry in fresh)
    db.session.flush()
    marked = apply_mail_exclusions(None, at)
    if fresh:
        _record(Event.MAIL_EXCLUSIONS_LOADED, at, actor_id, "file", entries=len(fresh), products=marked)
    return len(fresh)


def load_if_empty(at: datetime) -> int:
    """Load the file into a list without any entry: before anything is listed by a rule, say."""
    if db.session.scalar(select(MailExclusion.id).limit(1)) is not None:
        return 0
    return load(at)


def add(entry: ListEntry, actor_id: int, at: datetime) -> int:
    """Put an entry on the list; returns how many products changed. Raises ExclusionKnown."""
    row = MailExclusion(**entry._asdict())
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise ExclusionKnown from None
    marked = apply_mail_exclusions(None, at)
    _record(Event.MAIL_EXCLUSION_ADDED, at, actor_id, row.id, products=marked)
    return marked


def remove(exclusion_id: int, actor_id: int, at: datetime) -> tuple[ListEntry, int]:
    """Take an entry off the list; returns what it said and how many products changed. Raises NotFound."""
    row = db.session.scalar(select(MailExclusion).where(MailExclusion.id == exclusion_id).with_for_update())
    if row is None:
        raise NotFound("This entry no longer exists.", "Somebody else may have removed it. Reload the list.")
    removed = ListEntry(row.ingredient, row.form, row.reason, row.source)
    db.session.delete(row)
    db.session.flush()
    marked = apply_mail_exclusions(None, at, formerly=(removed.reason,))
    _record(Event.MAIL_EXCLUSION_REMOVED, at, actor_id, exclusion_id, products=marked)
    return removed, marked


def apply_mail_exclusions(
    product_ids: Iterable[int] | None, at: datetime, formerly: Collection[str] = ()
) -> int:
    """Bring `not_by_mail` of these products (None: of all) to what the list says; returns how many changed.

    `formerly` are reasons that stood in the list until now, so that they are known as its own.
    """
    listed = exclusions()
    ours = {exclusion.reason for exclusion in listed} | set(formerly)
    wanted = {product_id: found[0].reason for product_id, found in meant(listed).items()}
    marked = select(Product.id, Product.not_by_mail).where(Product.not_by_mail.is_not(None))
    present = {row.id: row.not_by_mail for row in db.session.execute(marked)}
    changes = {
        product_id: wanted.get(product_id)
        for product_id in wanted.keys() | present.keys()
        if present.get(product_id) != wanted.get(product_id)
        and (product_id not in present or present[product_id] in ours)
    }
    if product_ids is not None:
        changes = {product_id: changes[product_id] for product_id in changes.keys() & set(product_ids)}
    _mark(changes, at)
    return len(changes)


def _mark(changes: dict[int, str | None], at: datetime) -> None:
    if not changes:
        return
    for reason in set(changes.values()):
        for some in portions(number for number, wanted in changes.items() if wanted == reason):
            db.session.execute(
                update(Product).where(Product.id.in_(some)).values(not_by_mail=reason, changed_at=at),
                execution_options={"synchronize_session": False},
            )
    list_rows.refresh(changes, settings().market)
    catalogue_changed(at)


def _record(what: Event, at: datetime, actor_id: int | None, subject: int | str, **counts: int) -> None:
    audit.record(what, at=at, subject=("mail_exclusion", subject), actor_id=actor_id, **counts)
