"""Writing accounts: new ones, closed ones, links to set a password. Flushes, never commits."""

import unicodedata
from datetime import datetime
from uuid import uuid4

from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from shop.accounts.errors import EmailTaken, PasswordWeak
from shop.accounts.models import Role, User
from shop.accounts.queries import STAFF_ROLES
from shop.accounts.rules import plain_email, weakness
from shop.audit.events import Event
from shop.audit.service import record
from shop.database import db
from shop.outbox.service import enqueue

RESET_KIND = "password_reset_mail"
KEEP_KIND = "guest_keep_mail"
RESET_EVERY_SECONDS = 300  # one mail in five minutes, however often the button is pressed


def plain_password(text: str) -> str:
    """The one spelling of Unicode under which a password is hashed, so that keyboards may differ."""
    return unicodedata.normalize("NFKD", text)


def create_account(
    name: str,
    email: str,
    password: str,
    role: str,
    at: datetime,
    is_demo: bool = False,
    actor_id: int | None = None,
) -> int:
    """A new account that may sign in at once; its id. Refuses a weak password and an email that has one."""
    password = plain_password(password)
    if why := weakness(password, email, name):
        raise PasswordWeak(why)
    return add_account(name, email, hash_password(password), role, at, is_demo, actor_id)


def add_account(
    name: str,
    email: str,
    password_hash: str,
    role: str,
    at: datetime,
    is_demo: bool = False,
    actor_id: int | None = None,
) -> int:
    """As `create_account`, for a password that was judged and hashed before the transaction began."""
    email = plain_email(email)
    if db.session.scalar(select(User.id).where(User.email == email)):
        raise EmailTaken
    user = User(
        name=" ".join(name.split()),
        email=email,
        password=password_hash,
        active=True,
        is_demo=is_demo,
        fs_uniquifier=uuid4().hex,
        created_at=at,
        roles=[_role(role)],
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:  # somebody else took it between the look and the writing
        raise EmailTaken from error
    event = Event.ACCOUNT_STAFF_CREATED if role in STAFF_ROLES else Event.ACCOUNT_REGISTERED
    record(event, at=at, subject=("user", user.id), actor_id=actor_id or user.id, role=role)
    return user.id


def customer_role() -> Role:
    """What lets an account order."""
    return _role("customer")


def _role(name: str) -> Role:
    return db.session.scalars(select(Role).where(Role.name == name)).one()


def rename(user_id: int, name: str, at: datetime) -> None:
    """Call an account by another name; patients and orders have names of their own."""
    user = db.session.get_one(User, user_id)
    user.name = " ".join(name.split())
    db.session.flush()
    record(Event.ACCOUNT_RENAMED, at=at, subject=("user", user_id), actor_id=user_id)


def record_export(user_id: int, at: datetime) -> None:
    """Note that everything on file was handed out."""
    record(Event.ACCOUNT_EXPORTED, at=at, subject=("user", user_id), actor_id=user_id)


def ask_for_reset(user_id: int, at: datetime) -> None:
    """Ask that a link to set a new password be mailed. The link itself is made when the job runs."""
    key = f"{RESET_KIND}:{user_id}:{int(at.timestamp()) // RESET_EVERY_SECONDS}"
    enqueue(RESET_KIND, key, {"user_id": user_id, "key": key, "asked_at": at.isoformat()}, at=at)


def ask_to_keep(guest_id: int, number: str, at: datetime) -> None:
    """Ask that a guest be mailed a link to keep the order in an account. Made when the job runs."""
    key = f"{KEEP_KIND}:{number}:{int(at.timestamp()) // RESET_EVERY_SECONDS}"
    payload = {"user_id": guest_id, "number": number, "key": key, "asked_at": at.isoformat()}
    enqueue(KEEP_KIND, key, payload, at=at)


def deactivate(user_id: int, at: datetime) -> bool:
    """Close an account: it cannot sign in, and is signed out everywhere. False when it was closed already."""
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        return False
    user.active = False
    user.fs_uniquifier = uuid4().hex
    db.session.flush()
    record(Event.ACCOUNT_DEACTIVATED, at=at, subject=("user", user_id))
    return True
