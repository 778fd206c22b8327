"""A guest’s order goes into an account: the guest becomes one, or an account with the same email takes it.

Both need the link that was mailed to the guest: an email that somebody typed proves nothing. Flushes, never
commits.
"""

from dataclasses import asdict
from datetime import datetime

from shop.accounts import deletion, guest_links, guests
from shop.accounts import queries as accounts
from shop.accounts.address_book import keep_address
from shop.accounts.errors import GuestLinkExpired
from shop.accounts.queries import lock
from shop.audit.events import Event
from shop.audit.service import record
from shop.database import db
from shop.orders import queries as orders
from shop.orders.models import Order
from shop.outbox.mail import enqueue_mail, send_on

MAILED_EVERY_SECONDS = 300  # one mail in five minutes, however often the button is pressed


def ask_for_link(number: str, email: str, at: datetime) -> None:
    """Mail a new link to the order with this number, if it was ordered with this email."""
    order = orders.by_number(number)
    customer = accounts.person(order.user_id) if order else None
    if order is None or customer is None or customer.email != email:
        return
    key = f"order_link:{number}:{int(at.timestamp()) // MAILED_EVERY_SECONDS}"
    enqueue_mail("order_link", customer.id, key, at, number=number)


def become_account(token: str, password_hash: str, at: datetime) -> int:
    """The guest of this link is an account from now on; its id. Raises GuestLinkExpired, EmailTaken."""
    order = _locked(token)
    guests.become_account(order.user_id, password_hash, at)
    keep_address(order.user_id, **asdict(order.address), at=at)
    return order.user_id


def give_to(account_id: int, token: str, at: datetime) -> None:
    """The account takes the order of this link, and the guest is deleted.

    Raises GuestLinkExpired, also where the account has another email than the guest.
    """
    order = _locked(token)
    account, guest = accounts.person(account_id), accounts.person(order.user_id)
    if account is None or guest is None or account.email != guest.email or account.is_guest:
        raise GuestLinkExpired
    guest_id, order.user_id = order.user_id, account_id
    db.session.flush()
    record(Event.ORDER_CLAIMED, at=at, subject=("order", order.id), actor_id=account_id)
    send_on(f"order:{order.number}", guest_id, account_id)
    deletion.erase_now(guest_id, at)


def _locked(token: str) -> Order:
    """The order that the link is about, locked like its guest, as they are now."""
    guest, number = guest_links.kept_by(token)
    order = orders.lock(orders.id_of(number) or 0)
    lock(guest.id)
    guest_links.kept_by(token)  # another click may have been quicker
    if order is None or order.user_id != guest.id or order.placed_at is None:
        raise GuestLinkExpired
    return order
