"""The lock under which an account changes."""

from shop.accounts.models import User
from shop.database import db


def locked(user_id: int) -> User:
    """The row as it is now, locked until the transaction ends."""
    return db.session.get_one(User, user_id, populate_existing=True, with_for_update=True)
