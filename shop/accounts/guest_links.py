"""Links that are mailed to guests: to the page of their order, and to keep it in an account.

Signed and dated, so a link opens one order, and only for a while. It holds no address for a log to read.
"""

import hashlib
from datetime import timedelta
from hmac import compare_digest

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shop.accounts.errors import GuestLinkExpired
from shop.accounts.models import User
from shop.database import db

ORDER_LASTS = timedelta(days=30)
KEEP_LASTS = timedelta(hours=24)
_ORDER, _KEEP = "page of a guest's order", "keep a guest's order"


def order_path(user: User, number: str) -> str:
    """The address that opens a guest's order, inside the site. Good until the email is corrected."""
    return f"/guest-order/{_serializer(_ORDER).dumps([user.id, number, _digest(user)])}"


def order_of(token: str) -> tuple[str, str]:
    """The number of the order that a link opens, and the key of its guest (`key_of`), as the link says.

    Raises GuestLinkExpired for one that is too old or not ours.
    """
    _, number, key = _read(_ORDER, token, ORDER_LASTS)
    return number, key


def key_of(user_id: int) -> str | None:
    """What links to the guest's order hold as long as they are good; None where it is no guest any more."""
    user = db.session.get(User, user_id)
    return _digest(user) if user and user.is_guest else None


def keep_path(user: User, number: str) -> str:
    """The address that makes a guest an account, or gives the order to one. Good until that has happened, or
    the email has changed."""
    return f"/guest-order/keep/{_serializer(_KEEP).dumps([user.id, number, _digest(user)])}"


def kept_by(token: str) -> tuple[User, str]:
    """The guest that such a link is about, unlocked, and the order's number. Raises GuestLinkExpired."""
    user_id, number, digest = _read(_KEEP, token, KEEP_LASTS)
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None or not user.is_guest or not compare_digest(digest, _digest(user)):
        raise GuestLinkExpired
    return user, number


def kept_number(token: str) -> str:
    """The number of the order that such a link is about, whatever became of the order. Raises
    GuestLinkExpired."""
    return str(_read(_KEEP, token, KEEP_LASTS)[1])


def _read(salt: str, token: str, lasts: timedelta) -> list:  # type: ignore[type-arg]
    try:
        said = _serializer(salt).loads(token, max_age=int(lasts.total_seconds()))
    except BadSignature as error:
        raise GuestLinkExpired from error
    if not isinstance(said, list) or len(said) != 3:
        raise GuestLinkExpired
    return said


def _digest(user: User) -> str:
    """Another one for another guest, and after each change of the email, also to one it was before."""
    return hashlib.sha256(f"{user.fs_uniquifier}\n{user.guest_email}".encode()).hexdigest()[:32]


def _serializer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)
