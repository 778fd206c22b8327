"""Reading a basket. Prices and stock are not here: a line holds an id and a quantity."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

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
