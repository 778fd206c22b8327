"""Reading a basket. Prices and stock are not here: a line holds an id and a quantity."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from shop.accounts.models import User
from shop.basket.models import Basket, BasketLine
from shop.basket.owner import BasketOwner
from shop.database import db


@dataclass(frozen=True)
class BasketLineFacts:
    """One line: so many units of a variant, for a patient where that was said, or for someone else."""

    id: int
    variant_id: int
    quantity: int
    patient_id: int | None = None
    someone_else: bool = False


def of(owner: BasketOwner) -> ColumnElement[bool]:
    """The condition that finds the owner's basket."""
    return Basket.user_id == owner.user_id if owner.user_id else Basket.token == owner.token


def guest_of(owner: BasketOwner | None) -> int | None:
    """The guest whose order was made of a visitor's basket and is not paid yet."""
    if owner is None or owner.token is None:
        return None
    guest = select(Basket.guest_id).join(User, User.id == Basket.guest_id)
    return db.session.scalar(guest.where(Basket.token == owner.token, User.guest_email.is_not(None)))


def buyer_of(owner: BasketOwner | None) -> int | None:
    """Whose unpaid order is this visitor's: the account's, or the guest's."""
    return owner.user_id or guest_of(owner) if owner else None


def lines(owner: BasketOwner | None) -> list[BasketLineFacts]:
    """What is in the basket, in the order it was put in."""
    return _lines(owner, removed=False)


def removed_lines(owner: BasketOwner | None) -> list[BasketLineFacts]:
    """What was taken out by the latest changes and can still be put back."""
    return _lines(owner, removed=True)


def count(owner: BasketOwner | None) -> int:
    """How many lines the basket has."""
    if owner is None:
        return 0
    statement = (
        select(func.count(BasketLine.id)).join(Basket).where(of(owner), BasketLine.removed_at.is_(None))
    )
    return db.session.scalar(statement) or 0


def _lines(owner: BasketOwner | None, removed: bool) -> list[BasketLineFacts]:
    if owner is None:
        return []
    gone = BasketLine.removed_at.is_not(None) if removed else BasketLine.removed_at.is_(None)
    rows = db.session.execute(
        select(
            BasketLine.id,
            BasketLine.variant_id,
            BasketLine.quantity,
            BasketLine.patient_id,
            BasketLine.someone_else,
        )
        .join(Basket)
        .where(of(owner), gone)
        .order_by(BasketLine.id)
    )
    return [BasketLineFacts(*row) for row in rows]
