"""Whose basket a request means: the account's, or that of the token in a visitor's session."""

import secrets
from dataclasses import dataclass

from flask import session
from flask_login import current_user

from shop.access import Permission, allowed
from shop.errors import Forbidden

TOKEN = "basket_token"  # noqa: S105  (the name it has in the session)
NEWS = "basket_news"
"""In the session: the line that was added to last, for the basket to say so once and offer to undo it."""


@dataclass(frozen=True)
class BasketOwner:
    """Exactly one of the two is set."""

    user_id: int | None = None
    token: str | None = None


class StaffCannotShop(Forbidden):
    """A pharmacist's or admin's account has no basket: what staff buy would be verified by themselves."""

    code = "staff_cannot_shop"

    def __init__(self) -> None:
        super().__init__(
            "Staff accounts can’t place orders.", "Sign out, then sign in with a customer account."
        )


def current_owner() -> BasketOwner | None:
    """The owner, or None for a visitor without a basket; staff are refused.

    A visitor without a session is answered without asking the database or touching the cookie.
    """
    if session.get("_user_id") and current_user.is_authenticated:
        if not allowed(Permission.SHOP):
            raise StaffCannotShop
        return BasketOwner(user_id=current_user.id)
    token = session.get(TOKEN)
    return BasketOwner(token=token) if token else None


def new_owner() -> BasketOwner:
    """An owner for a visitor who puts the first thing in: this is where their session begins."""
    token = secrets.token_urlsafe(32)
    session[TOKEN] = token
    session.permanent = True
    return BasketOwner(token=token)
