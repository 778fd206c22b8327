"""The delivery addresses a customer keeps: used, added, corrected, removed, put back. Flushes, never commits.

One of them is the default wherever there are any. Orders have copies, so nothing here changes an order.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from shop.accounts.errors import TooManyAddresses
from shop.accounts.models import Address
from shop.addresses import PostalAddress
from shop.database import db, lock_name
from shop.errors import NotFound
from shop.names import bare_letters
from shop.outbox.service import enqueue

MOST_ADDRESSES = 10
FORGETTING_KIND = "forget_removed_address"
UNDO_FOR = timedelta(days=1)
"""A removed address can be put back for so long, or until another one is removed; then it is deleted."""


def keep_address(
    user_id: int,
    *,
    recipient: str,
    line1: str,
    city: str,
    region: str,
    postal_code: str,
    country: str,
    at: datetime,
    line2: str = "",
    phone: str = "",
) -> int:
    """Remember that a customer used this address; its id. The same address is kept once, the oldest go."""
    address = PostalAddress(recipient, line1, line2, city, region, postal_code, country, phone)
    kept = _locked(user_id)
    row = _same(kept, address) or _new(user_id, at, first=not kept)
    _write(row, address)
    row.last_used_at = at
    db.session.flush()
    others = [one for one in kept if not one.is_default and one is not row]
    too_many = len({row, *kept}) - MOST_ADDRESSES
    for old in sorted(others, key=lambda one: (one.last_used_at, one.id))[: max(too_many, 0)]:
        db.session.delete(old)
    db.session.flush()
    return row.id


def add(user_id: int, address: PostalAddress, at: datetime) -> int:
    """Another address, as typed on the account's page; its id. Raises TooManyAddresses."""
    kept = _locked(user_id)
    if row := _same(kept, address):
        _write(row, address)
    elif len(kept) >= MOST_ADDRESSES:
        raise TooManyAddresses(MOST_ADDRESSES)
    else:
        row = _new(user_id, at, first=not kept)
        _write(row, address)
    db.session.flush()
    return row.id


def change(user_id: int, address_id: int, address: PostalAddress) -> None:
    """Correct an address. One that becomes the same as another takes its place. Raises NotFound."""
    kept = _locked(user_id)
    row = _own(kept, address_id)
    twin = _same([one for one in kept if one is not row], address)
    if twin is not None:
        was_default = twin.is_default
        db.session.delete(twin)
        db.session.flush()
        row.is_default = row.is_default or was_default
    _write(row, address)
    db.session.flush()


def make_default(user_id: int, address_id: int) -> None:
    """Offer this address first. Raises NotFound."""
    kept = _locked(user_id)
    _set_default(kept, _own(kept, address_id))


def remove(user_id: int, address_id: int, at: datetime) -> None:
    """Take an address off the list; the one used last becomes the default. Raises NotFound."""
    kept = _locked(user_id)
    row = _own(kept, address_id)
    db.session.execute(delete(Address).where(Address.user_id == user_id, Address.removed_at.is_not(None)))
    was_default, row.removed_at, row.is_default = row.is_default, at, False
    db.session.flush()
    others = [one for one in kept if one is not row]
    if was_default and others:
        _set_default(others, max(others, key=lambda one: (one.last_used_at, one.id)))
    key = f"{FORGETTING_KIND}:{row.id}:{at.isoformat()}"
    enqueue(FORGETTING_KIND, key, {"address_id": row.id}, at=at, run_after=at + UNDO_FOR)


def put_back(user_id: int, address_id: int) -> None:
    """Undo `remove`. Raises NotFound when it is too late, TooManyAddresses."""
    kept = _locked(user_id)
    removed = Address.user_id == user_id, Address.id == address_id, Address.removed_at.is_not(None)
    row = db.session.scalar(select(Address).where(*removed))
    if row is None:
        raise NotFound("It’s too late to restore this address.", "Add it again.")
    if _same(kept, row.address):  # typed again meanwhile
        db.session.delete(row)
    elif len(kept) >= MOST_ADDRESSES:
        raise TooManyAddresses(MOST_ADDRESSES)
    else:
        row.removed_at, row.is_default = None, not kept
    db.session.flush()


def forget(address_id: int, at: datetime) -> None:
    """Delete an address removed UNDO_FOR ago. Its age is looked at: SQLite gives numbers again."""
    old = Address.removed_at.is_not(None) & (Address.removed_at <= at - UNDO_FOR)
    db.session.execute(delete(Address).where(Address.id == address_id, old))


def _locked(user_id: int) -> list[Address]:
    """The account's addresses; nobody else changes them until the transaction ends."""
    lock_name(f"addresses of {user_id}")
    mine = select(Address).where(Address.user_id == user_id, Address.removed_at.is_(None))
    return list(db.session.scalars(mine.order_by(Address.id).execution_options(populate_existing=True)))


def _own(kept: list[Address], address_id: int) -> Address:
    row = next((one for one in kept if one.id == address_id), None)
    if row is None:
        raise NotFound("We couldn’t find this address.", "Go back to your addresses.")
    return row


def _same(kept: list[Address], address: PostalAddress) -> Address | None:
    """The one that reads the same, whatever its capitals, accents and telephone number."""
    return next((one for one in kept if _plain(one.address) == _plain(address)), None)


def _plain(address: PostalAddress) -> list[str]:
    return [" ".join(bare_letters(text).split()) for name, text in asdict(address).items() if name != "phone"]


def _new(user_id: int, at: datetime, first: bool) -> Address:
    row = Address(user_id=user_id, last_used_at=at, is_default=first)
    db.session.add(row)
    return row


def _write(row: Address, address: PostalAddress) -> None:
    for name, text in asdict(address).items():
        setattr(row, name, text)


def _set_default(kept: list[Address], chosen: Address) -> None:
    for one in kept:
        one.is_default = False
    db.session.flush()  # there is never more than one, not even for a moment
    chosen.is_default = True
    db.session.flush()
