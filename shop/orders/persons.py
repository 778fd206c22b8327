"""What one person bought over the counter, over all accounts: by the account, and by name and address; a
guest, who has no account, also by email, among guests only.

Addresses and emails are kept here only as hashes under keys derived from the vault's. Orders are found under
every key that the settings hold, so a new vault key hides none. An account is never found by its email:
anybody may type that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from shop.accounts import queries as accounts
from shop.addresses import PostalAddress
from shop.clock import business_date, day_start, days_back
from shop.database import db, lock_name
from shop.orders.models import Order, OrderLine
from shop.orders.person_models import OrderPerson
from shop.orders.same_person import kept_as, plain_mailbox, sought_as
from shop.orders.states import ENDED, OrderStatus
from shop.safety.otc_limits import PERIOD_DAYS
from shop.vault.keyed_hash import keyed_hashes

_PURPOSE = b"formulary person of an order v1"
_MAILBOX = b"formulary guest of an order v1"


@dataclass(frozen=True)
class Bought:
    """Units of one variant, over several orders."""

    variant_id: int
    quantity: int


def keys_of(address: PostalAddress) -> frozenset[str]:
    """What orders of the person at an address are kept under, with every vault key: 64 hex digits each."""
    return _keys(sought_as(address))


def kept_keys(address: PostalAddress) -> tuple[str, ...]:
    """What an order sent to an address is kept under, with the primary vault key: 64 hex digits each."""
    return tuple(keyed_hashes(_PURPOSE, text)[0] for text in kept_as(address))


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(key for text in texts for key in keyed_hashes(_PURPOSE, text))


def _mailbox_keys(email: str | None) -> tuple[str, ...]:
    """A guest's mailbox under each vault key, the primary one first; none without one."""
    return keyed_hashes(_MAILBOX, plain_mailbox(email)) if email else ()


def remember(order_id: int, address: PostalAddress, email: str | None = None) -> None:
    """Let an order be found by the person it is sent to, and by the email of the guest who made it."""
    _add_person(order_id, address)
    if email:
        remember_mailbox(order_id, email)


def remember_mailbox(order_id: int, email: str) -> None:
    """Let a guest's order be found by another email too; by the one before as well."""
    _add(order_id, _mailbox_keys(email)[0])


def move(order_id: int, former: PostalAddress, address: PostalAddress) -> None:
    """The order is sent to another person, or elsewhere."""
    db.session.execute(
        delete(OrderPerson).where(
            OrderPerson.order_id == order_id, OrderPerson.key.in_(_keys(kept_as(former)))
        )
    )
    _add_person(order_id, address)


def _add_person(order_id: int, address: PostalAddress) -> None:
    for key in kept_keys(address):
        _add(order_id, key)


def _add(order_id: int, key: str) -> None:
    if db.session.get(OrderPerson, (order_id, key)) is None:
        db.session.add(OrderPerson(order_id=order_id, key=key))
        db.session.flush()


def lock(address: PostalAddress, user_id: int | None = None) -> None:
    """Lock the person, so that no other account orders for them until the transaction ends.

    Who counts what a person bought asks for this first: another order of theirs may not be committed yet.
    `user_id` orders: if it is a guest, nobody else orders with that email either.
    """
    persons = _keys((*kept_as(address), *sought_as(address)))
    for key in sorted(persons.union(_mailbox_keys(_guest_email(user_id)))):
        lock_name(f"orders of {key}")


def _guest_email(user_id: int | None) -> str | None:
    """Of somebody who is a guest."""
    return accounts.guest_emails([user_id]).get(user_id) if user_id is not None else None


def bought_over_the_counter(
    user_id: int | None, address: PostalAddress | None, since: datetime, but: str | None = None
) -> Sequence[Bought]:
    """What the account or the person at `address` ordered without a prescription since then, by variant.

    Orders that were canceled or expired do not count, nor does the one with the number `but`.
    """
    keys = (
        *(keys_of(address) if address else ()),
        *_mailbox_keys(_guest_email(user_id)),
    )
    if user_id is None and not keys:
        return []
    theirs = select(Order.id).where(Order.user_id == user_id, Order.created_at >= since)
    found = select(OrderPerson.order_id).where(OrderPerson.key.in_(keys))
    rows = db.session.execute(
        select(OrderLine.variant_id, func.sum(OrderLine.quantity))
        .join(Order)
        .where(
            Order.id.in_(theirs.union_all(found)),
            Order.created_at >= since,
            Order.status.not_in(ENDED),
            Order.number != (but or ""),
            OrderLine.prescription_required.is_(False),
            OrderLine.removed_at.is_(None),
        )
        .group_by(OrderLine.variant_id)
    )
    return [Bought(variant_id, int(units)) for variant_id, units in rows]


def bought_beside(orders: Sequence[Order]) -> dict[int, list[Bought]]:
    """By order, what else the same person bought over the counter that counts before it ships.

    In the 30 days before it was ordered, or later; and ordered before it, or shipped already: of two orders
    that are too much together, the later one stays. In three queries, whatever the number of orders.
    """
    days = {order.id: day_start(days_back(business_date(order.created_at), PERIOD_DAYS)) for order in orders}
    keys = {order.id: frozenset(keys_of(order.address)) for order in orders}
    rows = _counted(orders, keys, min(days.values(), default=None))
    known_by: dict[int, set[str]] = {}
    for person in db.session.execute(
        select(OrderPerson.order_id, OrderPerson.key).where(
            OrderPerson.order_id.in_({row.id for row in rows} | keys.keys())
        )
    ):
        known_by.setdefault(person.order_id, set()).add(person.key)
    keys = {order_id: mine | known_by.get(order_id, set()) for order_id, mine in keys.items()}
    return {
        order.id: [
            Bought(row.variant_id, row.quantity)
            for row in rows
            if row.id != order.id
            and row.created_at >= days[order.id]
            and (row.id < order.id or row.status == OrderStatus.SHIPPED)
            and (row.user_id == order.user_id or keys[order.id] & known_by.get(row.id, set()))
        ]
        for order in orders
    }


def _counted(
    orders: Sequence[Order], keys: Mapping[int, frozenset[str]], since: datetime | None
) -> Sequence[Any]:
    """Lines over the counter of any order of these persons since then, ended orders left out."""
    if since is None:
        return []
    people = {order.user_id for order in orders}
    theirs = select(Order.id).where(Order.user_id.in_(people), Order.created_at >= since)
    wanted = frozenset().union(*keys.values())
    own = aliased(OrderPerson)  # a guest's email is there as a key too
    kept = select(own.key).where(own.order_id.in_(keys))
    found = [select(OrderPerson.order_id).where(OrderPerson.key.in_(one)) for one in (wanted, kept)]
    return db.session.execute(
        select(
            Order.id, Order.user_id, Order.created_at, Order.status, OrderLine.variant_id, OrderLine.quantity
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.id.in_(theirs.union_all(*found)),
            Order.created_at >= since,
            Order.status.not_in(ENDED),
            OrderLine.prescription_required.is_(False),
            OrderLine.removed_at.is_(None),
        )
    ).all()
