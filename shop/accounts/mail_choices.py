"""Which emails a customer may do without. All others are sent: they ask something, or are about money,
a decision, or the account itself."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import delete, select

from shop.accounts.models import MutedMail
from shop.database import db, lock_name


class OptionalMail(StrEnum):
    """Names of templates in `templates/mail`."""

    PRESCRIPTION_RECEIVED = "prescription_received"
    ORDER_SHIPPED = "order_shipped"


def muted_by(user_id: int) -> set[OptionalMail]:
    """Those that the account does not want."""
    rows = db.session.scalars(select(MutedMail.template).where(MutedMail.user_id == user_id))
    return {OptionalMail(row) for row in rows if row in set(OptionalMail)}


def is_muted(user_id: int, template: str) -> bool:
    """Whether this email is not sent to the account. Those that are no choice always are."""
    return template in set(OptionalMail) and template in muted_by(user_id)


def choose(user_id: int, wanted: Collection[OptionalMail]) -> None:
    """From now on only the `wanted` ones of those that are a choice are sent. Flushes."""
    lock_name(f"mail choices of {user_id}")
    db.session.execute(delete(MutedMail).where(MutedMail.user_id == user_id))
    db.session.add_all(MutedMail(user_id=user_id, template=one) for one in OptionalMail if one not in wanted)
    db.session.flush()
