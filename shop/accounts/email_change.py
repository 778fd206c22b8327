"""Changing an account's email: asked for, confirmed by a link mailed there, then told to the old address.

Not the library's own change: its link holds the new address for every log to read, changes it when a mail
scanner opens it, and can't be taken back. Here the link holds a digest, opening it changes nothing, and it is
worth nothing once another one was asked for. Flushes, never commits.
"""

import hashlib
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import uuid4

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from shop.accounts.errors import EmailAskedTooOften, EmailTaken, LinkExpired, SameEmail
from shop.accounts.models import User
from shop.accounts.queries import lock
from shop.accounts.rules import plain_email
from shop.audit.events import Event
from shop.audit.queries import latest
from shop.audit.service import record
from shop.database import db
from shop.outbox.service import enqueue

CONFIRM_WITHIN = timedelta(hours=24)
MOST_ASKED = 5
ASKED_WITHIN = timedelta(hours=1)
"""So many links at most: each mail goes to whatever address somebody typed."""
CONFIRM_KIND = "confirm_email_mail"
CHANGED_KIND = "email_changed_mail"


def ask(user_id: int, email: str, at: datetime) -> None:
    """Ask that a link to confirm the new address be mailed there. Until then the old one counts.

    Raises SameEmail, EmailAskedTooOften, and EmailTaken where another account has it.
    """
    user, email = lock(user_id), plain_email(email)
    if email == user.email:
        raise SameEmail
    before = latest(("user", user_id), Event.ACCOUNT_EMAIL_ASKED, MOST_ASKED)
    if len(before) == MOST_ASKED and before[-1].at > at - ASKED_WITHIN:
        raise EmailAskedTooOften
    if db.session.scalar(select(User.id).where(User.email == email)):
        raise EmailTaken
    user.email_wanted = email
    db.session.flush()
    record(Event.ACCOUNT_EMAIL_ASKED, at=at, subject=("user", user_id), actor_id=user_id)
    key = f"{CONFIRM_KIND}:{user_id}:{at.isoformat()}"
    enqueue(CONFIRM_KIND, key, {"user_id": user_id, "key": key, "asked_at": at.isoformat()}, at=at)


def take_back(user_id: int) -> None:
    """Keep the old address; the link that was mailed is worth nothing any more."""
    lock(user_id).email_wanted = None
    db.session.flush()


def forget_wish(user: User) -> None:
    """A new password takes a wish back: perhaps it was not the owner’s, and its mail is still to be sent."""
    user.email_wanted = None
    db.session.flush()


def is_over(user: User, at: datetime) -> bool:
    """Whether the link of the account's wish is too old to be confirmed."""
    asked = latest(("user", user.id), Event.ACCOUNT_EMAIL_ASKED, 1)
    return not asked or asked[0].at < at - CONFIRM_WITHIN


def token_for(user: User) -> str:
    """What the link holds: nobody reads an address in it."""
    return _serializer().dumps([user.id, _digest(user)])


def wanted(token: str) -> User:
    """The account whose new address a link confirms, unlocked. Raises LinkExpired for any other link."""
    try:
        user_id, digest = _serializer().loads(token, max_age=int(CONFIRM_WITHIN.total_seconds()))
    except (BadSignature, ValueError, TypeError) as error:
        raise LinkExpired from error
    user = db.session.get(User, user_id)
    if user is None or not user.active or not user.email_wanted or not compare_digest(digest, _digest(user)):
        raise LinkExpired
    return user


def confirm(token: str, at: datetime) -> int:
    """From now on the new address counts; the account's id. Signed out everywhere; the old address is told.

    Raises LinkExpired, EmailTaken.
    """
    lock(wanted(token).id)
    user = wanted(token)  # another click may have been quicker
    former, user.email = user.email, user.email_wanted or ""
    user.email_wanted = None
    user.fs_uniquifier = uuid4().hex  # links to set a password that went to the old address end with it
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        raise EmailTaken from error
    record(Event.ACCOUNT_EMAIL_CHANGED, at=at, subject=("user", user.id), actor_id=user.id)
    key = f"{CHANGED_KIND}:{user.id}:{at.isoformat()}"
    payload = {"user_id": user.id, "to": former, "key": key, "asked_at": at.isoformat()}
    enqueue(CHANGED_KIND, key, payload, at=at)
    return user.id


def _digest(user: User) -> str:
    said = f"{user.fs_uniquifier}\n{user.email}\n{user.email_wanted}"
    return hashlib.sha256(said.encode()).hexdigest()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="change of email")
