"""Changing a basket. Whether a line may be bought is decided at checkout, not here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from shop.basket.models import Basket, BasketLine
from shop.basket.owner import BasketOwner
from shop.basket.queries import of
from shop.database import db, rows_changed
from shop.errors import DomainError, NotFound
from shop.outbox.service import enqueue
from shop.patients import queries as patients

KEPT = timedelta(days=30)
MOST_LINES = 50


@dataclass(frozen=True)
class Added:
    """The line something was added to, and what it held before: None where it was not in."""

    line_id: int
    before: int | None


class BasketFull(DomainError):
    """More lines than one parcel is packed with."""

    code = "basket_full"


def add(
    owner: BasketOwner, variant_id: int, quantity: int, at: datetime, patient_id: int | None = None
) -> Added:
    """Put `quantity` units in. A variant that is in already takes the new quantity: pressing twice adds once.

    A line for another patient is another line; one for nobody yet is that of the account's only patient.
    Raises BasketFull.
    """
    basket = _basket(owner, at)
    line = _line_for(basket, variant_id, patient_id)
    if line is None:
        if sum(1 for other in basket.lines if other.removed_at is None) >= MOST_LINES:
            raise BasketFull(
                f"A basket holds at most {MOST_LINES} different medicines.",
                "Order these first, or remove one.",
            )
        line = BasketLine(basket_id=basket.id, variant_id=variant_id, quantity=quantity)
        db.session.add(line)
    before = None if line.id is None or line.removed_at is not None else line.quantity
    line.quantity, line.removed_at, line.patient_id = quantity, None, patient_id or line.patient_id
    line.someone_else = bool(line.someone_else) and line.patient_id is None
    db.session.flush()
    return Added(line.id, before)


def set_quantity(owner: BasketOwner, line_id: int, quantity: int, at: datetime) -> None:
    """Change a line's quantity. Raises NotFound when it is not in the owner's basket."""
    _own_line(owner, line_id, at).quantity = quantity
    db.session.flush()


def set_patient(
    owner: BasketOwner, line_id: int, patient_id: int | None, at: datetime, someone_else: bool = False
) -> None:
    """Say for whom a line is: a patient of the account, locked; of what needs no prescription also someone
    else, or None for whoever. A line for the same person joins it: the larger quantity stays.

    Raises NotFound when it is not in the owner's basket.
    """
    line = _own_line(owner, line_id, at)
    same = select(BasketLine).where(
        BasketLine.basket_id == line.basket_id,
        BasketLine.variant_id == line.variant_id,
        BasketLine.patient_id == patient_id,
        BasketLine.id != line.id,
    )
    if other := db.session.scalar(same):
        if other.removed_at is None:
            line.quantity = max(line.quantity, other.quantity)
        db.session.delete(other)
        db.session.flush()  # before the line takes its place
    line.patient_id, line.someone_else = patient_id, someone_else and patient_id is None
    db.session.flush()


def remove(owner: BasketOwner, line_id: int, at: datetime) -> None:
    """Take a line out. It can be put back until the basket changes again."""
    line = _own_line(owner, line_id, at)
    if line.removed_at is None:
        _forget_removed(line.basket_id)
        line.removed_at = at
    db.session.flush()


def put_back(owner: BasketOwner, line_id: int, at: datetime) -> None:
    """Undo `remove`. Raises NotFound when it is too late."""
    _own_line(owner, line_id, at).removed_at = None
    db.session.flush()


def merge(token: str, user_id: int, at: datetime) -> int:
    """Carry a visitor's basket into the account's at sign-in; of one variant the larger quantity stays.

    Returns how many lines did not fit: MOST_LINES holds here too, and what the account had stays.
    """
    guest = db.session.scalar(select(Basket).where(Basket.token == token))
    if guest is None:
        return 0
    own = _basket(BasketOwner(user_id=user_id), at)
    room = MOST_LINES - sum(1 for line in own.lines if line.removed_at is None)
    left_out = 0
    for line in guest.lines:
        if line.removed_at is not None:
            continue
        kept = _line_for(own, line.variant_id, None)
        if kept is not None and kept.removed_at is None:
            kept.quantity = max(kept.quantity, line.quantity)
            continue
        if not room:
            left_out += 1
            continue
        room -= 1
        if kept is None:
            db.session.add(BasketLine(basket_id=own.id, variant_id=line.variant_id, quantity=line.quantity))
        else:
            kept.quantity, kept.removed_at = line.quantity, None
    db.session.delete(guest)
    db.session.flush()
    return left_out


def ordered_by_guest(owner: BasketOwner, guest_id: int) -> None:
    """Remember whose order was made of a visitor's basket."""
    db.session.execute(update(Basket).where(of(owner)).values(guest_id=guest_id))


def clear_ordered(user_id: int, ordered: Iterable[tuple[int, int | None]]) -> None:
    """Take out what was just ordered, as (variant, patient); what was added meanwhile stays.

    A line for nobody yet is that of the account's only patient. A guest's basket is a visitor's again: with
    one order paid, the next is another guest's.
    """
    owned = or_(Basket.user_id == user_id, Basket.guest_id == user_id)
    basket_id = db.session.scalar(select(Basket.id).where(owned).with_for_update())
    if basket_id is None:
        return
    db.session.execute(update(Basket).where(Basket.guest_id == user_id).values(guest_id=None))
    only = patients.only(user_id)
    for variant_id, patient_id in ordered:
        theirs = BasketLine.patient_id == patient_id
        if patient_id is None or patient_id == only:
            theirs = or_(theirs, BasketLine.patient_id.is_(None))
        mine = (BasketLine.basket_id == basket_id) & (BasketLine.variant_id == variant_id)
        db.session.execute(delete(BasketLine).where(mine, theirs))


def forget_old(basket_id: int, at: datetime) -> None:
    """Delete a basket nobody changed for 30 days; look again later at one that was."""
    basket = db.session.get(Basket, basket_id)
    if basket is None:
        return
    if basket.changed_at + KEPT > at:
        _look_again(basket.id, basket.changed_at, at)
    else:
        db.session.delete(basket)


def _basket(owner: BasketOwner, at: datetime) -> Basket:
    """The owner's basket, locked for this transaction by being touched; made when there is none."""
    if not _touch(of(owner), at):
        try:
            with db.session.begin_nested():
                basket = Basket(user_id=owner.user_id, token=owner.token, changed_at=at)
                db.session.add(basket)
                db.session.flush()
            _look_again(basket.id, at, at)
        except IntegrityError:  # the same customer's other click made it in this very moment
            _touch(of(owner), at)
    return db.session.scalars(select(Basket).where(of(owner)).execution_options(populate_existing=True)).one()


def _touch(which: ColumnElement[bool], at: datetime) -> int:
    return rows_changed(update(Basket).where(which).values(changed_at=at))


def _look_again(basket_id: int, changed_at: datetime, at: datetime) -> None:
    key = f"basket:{basket_id}:{changed_at.isoformat()}"
    enqueue("forget_old_basket", key, {"basket_id": basket_id}, at=at, run_after=changed_at + KEPT)


def _line_for(basket: Basket, variant_id: int, patient_id: int | None) -> BasketLine | None:
    """The line that units for a patient, or for nobody yet, belong to: of an only patient it is the same."""
    lines = db.session.scalars(
        select(BasketLine).where(BasketLine.basket_id == basket.id, BasketLine.variant_id == variant_id)
    )
    by_patient = {line.patient_id: line for line in lines}
    if patient_id in by_patient or not by_patient:
        return by_patient.get(patient_id)
    only = patients.only(basket.user_id)
    if only is None or patient_id not in (None, only):
        return None
    return by_patient.get(only if patient_id is None else None)


def _own_line(owner: BasketOwner, line_id: int, at: datetime) -> BasketLine:
    _touch(of(owner), at)  # locks the basket before reading it: the line may be gone with the click before
    line = db.session.scalar(select(BasketLine).join(Basket).where(of(owner), BasketLine.id == line_id))
    if line is None:
        raise NotFound("This item is no longer in your basket.", "Check your basket, then try again.")
    return line


def _forget_removed(basket_id: int) -> None:
    db.session.execute(
        delete(BasketLine).where(BasketLine.basket_id == basket_id, BasketLine.removed_at.is_not(None))
    )
