"""Guests: an account's row for one order, without a password. Flushes, never commits.

A guest is deleted like an account whose owner asked for it, unless it becomes one.
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from shop.accounts import deletion
from shop.accounts.email_change import CHANGED_KIND
from shop.accounts.errors import EmailCorrectedTooOften, EmailTaken, GuestLinkExpired, SameEmail
from shop.accounts.models import User
from shop.accounts.queries import lock
from shop.accounts.rules import plain_email
from shop.accounts.service import customer_role
from shop.audit.events import Event
from shop.audit.queries import latest
from shop.audit.service import record
from shop.database import db
from shop.outbox.service import enqueue

NOBODYS = "guest.invalid"
"""The domain of the `email` that a guest's row has: nobody receives mail there (RFC 2606)."""
CORRECTED_KIND = "guest_email_corrected_mail"
MOST_CORRECTED = 3
"""So often at most: each mail goes to whatever address somebody typed."""


def add(email: str, name: str, at: datetime) -> int:
    """A new guest, whose mails go to `email`; its id."""
    unique = uuid4().hex
    user = User(
        name=" ".join(name.split()),
        email=f"{unique}@{NOBODYS}",
        guest_email=plain_email(email),
        active=True,
        fs_uniquifier=uuid4().hex,
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    record(Event.ACCOUNT_GUEST_ADDED, at=at, subject=("user", user.id), actor_id=user.id)
    deletion.plan(user.id, at)
    return user.id


def readdress(guest_id: int, email: str, name: str) -> bool:
    """The guest's order was never paid, and they try again: perhaps with another email. False for a guest
    who was deleted in this moment."""
    user = lock(guest_id)
    if not user.is_guest:
        return False
    user.guest_email, user.name = plain_email(email), " ".join(name.split())
    db.session.flush()
    return True


def correct_email(guest_id: int, number: str, email: str, at: datetime) -> None:
    """The guest's mails go to another address from now on, and no link that was mailed before opens anything.

    The former address is told that it gets no more. Raises SameEmail, EmailCorrectedTooOften, and
    GuestLinkExpired for a guest who is none any more.
    """
    user, email = lock(guest_id), plain_email(email)
    if not user.is_guest:
        raise GuestLinkExpired
    if email == user.guest_email:
        raise SameEmail
    if len(corrected_at(guest_id)) >= MOST_CORRECTED:
        raise EmailCorrectedTooOften
    former, user.guest_email, user.fs_uniquifier = user.guest_email, email, uuid4().hex
    db.session.flush()
    record(Event.ACCOUNT_GUEST_EMAIL_CORRECTED, at=at, subject=("user", guest_id), actor_id=guest_id)
    key = f"{CHANGED_KIND}:{guest_id}:{at.isoformat()}"  # goes with the guest: it holds an address
    payload = {"user_id": guest_id, "number": number, "to": former, "key": key, "asked_at": at.isoformat()}
    enqueue(CORRECTED_KIND, key, payload, at=at)


def corrected_at(guest_id: int) -> list[datetime]:
    """When the guest's email was corrected, the latest first; also of an account that was a guest."""
    corrected = latest(("user", guest_id), Event.ACCOUNT_GUEST_EMAIL_CORRECTED, MOST_CORRECTED)
    return [one.at for one in corrected]


def become_account(guest_id: int, password_hash: str, at: datetime) -> None:
    """From now on it is an account with the guest's email, which was confirmed by a link.

    The password was judged and hashed before the transaction began. Raises EmailTaken.
    """
    user = lock(guest_id)
    user.email, user.guest_email = user.reached_at, None
    user.password, user.fs_uniquifier = password_hash, uuid4().hex
    user.roles = [customer_role()]
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        raise EmailTaken from error
    deletion.forget_plan(guest_id)
    record(Event.ACCOUNT_REGISTERED, at=at, subject=("user", guest_id), actor_id=guest_id, role="customer")
