"""Asking to be told that a medicine is back, no longer wanting to be, and telling. Flushes, never commits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from shop.accounts.models import User
from shop.database import db
from shop.errors import DomainError
from shop.outbox.mail import enqueue_mail
from shop.restock.models import StockNotice

MOST = 50
KEPT = timedelta(days=30)
"""So long a customer sees that something they were told of is back."""


class TooManyNotices(DomainError):
    """More than anybody looks for; each costs a look a minute."""

    code = "too_many_notices"


def ask(user_id: int, variant_id: int, at: datetime) -> None:
    """Tell the account once when the strength is back. Asking twice asks once; after being told, again.

    Raises TooManyNotices.
    """
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())  # one click at a time
    notice = db.session.get(StockNotice, (user_id, variant_id), populate_existing=True)
    if notice is None:
        count = select(func.count()).where(StockNotice.user_id == user_id, StockNotice.notified_at.is_(None))
        if (db.session.scalar(count) or 0) >= MOST:
            raise TooManyNotices(
                f"You’ve asked about {MOST} medicines, the most at one time.",
                "Remove one from your list first.",
            )
        db.session.add(StockNotice(user_id=user_id, variant_id=variant_id, requested_at=at))
    elif notice.notified_at is not None:
        notice.requested_at, notice.notified_at = at, None
    db.session.flush()


def stop(user_id: int, variant_id: int) -> None:
    """Take it off the account’s list. It is fine if it is not on it."""
    db.session.execute(
        delete(StockNotice).where(StockNotice.user_id == user_id, StockNotice.variant_id == variant_id)
    )


def tell(variant_ids: Iterable[int], at: datetime) -> int:
    """These strengths can be bought again: one email to each account that waits for any. How many accounts.

    The email names no medicine; the account’s own list does. Two workers at once tell nobody twice.
    """
    told = (
        update(StockNotice)
        .where(StockNotice.variant_id.in_(list(variant_ids)), StockNotice.notified_at.is_(None))
        .values(notified_at=at)
        .returning(StockNotice.user_id)
        .execution_options(synchronize_session=False)
    )
    users = sorted(set(db.session.scalars(told)))
    for user_id in users:
        enqueue_mail("back_in_stock", user_id, f"back_in_stock:{user_id}:{at.isoformat()}", at)
    return len(users)


def forget_told(at: datetime) -> None:
    """What somebody was told of more than `KEPT` ago is nobody’s business any more."""
    db.session.execute(delete(StockNotice).where(StockNotice.notified_at < at - KEPT))


def forget(user_id: int) -> None:
    """All of an account’s."""
    db.session.execute(delete(StockNotice).where(StockNotice.user_id == user_id))
