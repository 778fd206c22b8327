"""Reading accounts: who somebody is, staff names, and the delivery addresses a customer keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop.accounts import mail_choices
from shop.accounts.dependents import exports_account
from shop.accounts.models import Address, Role, User
from shop.accounts.rules import plain_email
from shop.addresses import PostalAddress, exported
from shop.database import db

STAFF_ROLES = ("pharmacist", "admin")


@dataclass(frozen=True)
class Person:
    """An account as other rooms see it; never its password."""

    id: int
    name: str
    email: str
    role_names: frozenset[str]
    active: bool
    is_demo: bool
    is_guest: bool = False


@dataclass(frozen=True)
class AddressFacts:
    """A delivery address that a customer keeps."""

    id: int
    address: PostalAddress
    is_default: bool = False


def person(user_id: int) -> Person | None:
    """The account with this id."""
    user = db.session.get(User, user_id)
    return _person(user) if user else None


def lock(user_id: int) -> User:
    """The row as it is now, locked until the transaction ends."""
    return db.session.get_one(User, user_id, populate_existing=True, with_for_update=True)


def person_by_email(email: str) -> Person | None:
    """The account with this email, in any case of letters; never a guest."""
    user = db.session.scalar(select(User).where(User.email == plain_email(email)))
    return _person(user) if user else None


def is_guest(user_id: int) -> bool:
    """Whether it is a guest's row, and no account."""
    guest = User.id == user_id, User.guest_email.is_not(None)
    return db.session.scalar(select(User.id).where(*guest)) is not None


def guest_emails(user_ids: Iterable[int]) -> dict[int, str]:
    """The emails of those who are guests, by id, in one query; none of an account."""
    wanted = set(user_ids)
    guests = select(User.id, User.guest_email).where(User.id.in_(wanted), User.guest_email.is_not(None))
    return {row.id: row.guest_email for row in db.session.execute(guests)} if wanted else {}


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, in one query; an account without a name is called by its email."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_(wanted)))
    return {row.id: row.name or row.email for row in rows}


def emails_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Where each is reached, by id, in one query: an account's email or a guest's; none of one that was
    deleted, whose address nobody can have.
    """
    reached = func.coalesce(User.guest_email, User.email)
    rows = db.session.execute(select(User.id, reached).where(User.id.in_(set(user_ids))))
    return {user_id: email for user_id, email in rows if not email.endswith(".invalid")}


def staff() -> list[Person]:
    """Pharmacists and admins, active or not, by email."""
    found = select(User).where(User.roles.any(Role.name.in_(STAFF_ROLES))).order_by(User.email)
    return [_person(user) for user in db.session.scalars(found)]


def addresses_of(user_id: int) -> list[AddressFacts]:
    """The addresses a customer keeps: the default, then the one used last first."""
    return _addresses(Address.user_id == user_id, Address.removed_at.is_(None))


def own_address(user_id: int, address_id: int) -> AddressFacts | None:
    """An account's own address; None for a removed one, another's and none."""
    mine = Address.user_id == user_id, Address.id == address_id, Address.removed_at.is_(None)
    return next(iter(_addresses(*mine)), None)


def removed_address(user_id: int) -> AddressFacts | None:
    """The one removed last, which can still be put back."""
    return next(iter(_addresses(Address.user_id == user_id, Address.removed_at.is_not(None))), None)


@exports_account("account")
def everything(user_id: int) -> dict[str, Any]:
    """What an account is given of itself when it exports everything."""
    user = db.session.get_one(User, user_id)
    return {
        "name": user.name,
        "email": user.email,
        "email_waiting_to_be_confirmed": user.email_wanted,
        "created_at": user.created_at,
        "emails_not_wanted": sorted(mail_choices.muted_by(user_id)),
        "addresses": [{"default": one.is_default} | exported(one.address) for one in addresses_of(user_id)],
    }


def _addresses(*where: ColumnElement[bool]) -> list[AddressFacts]:
    order = Address.is_default.desc(), Address.last_used_at.desc(), Address.id.desc()
    rows = db.session.scalars(select(Address).where(*where).order_by(*order))
    return [AddressFacts(row.id, row.address, row.is_default) for row in rows]


def _person(user: User) -> Person:
    roles = frozenset(user.role_names)
    return Person(user.id, user.name, user.reached_at, roles, user.active, user.is_demo, user.is_guest)
