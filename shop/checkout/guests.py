"""Ordering without an account: which guest the basket of a visitor is ordered by. Flushes, never commits.

A guest has one order: only one that was never paid is taken up again, perhaps with another email.
"""

from datetime import datetime

from shop.accounts import guests
from shop.basket import queries as basket
from shop.basket.owner import BasketOwner
from shop.checkout.refusals import OrderMovedOn
from shop.database import lock_name
from shop.orders import queries as orders
from shop.orders.states import OrderStatus


def guest_for(owner: BasketOwner, email: str, name: str, at: datetime) -> int:
    """The guest that orders what is in a visitor's basket; its id.

    Of two clicks at once the second waits here for the first, and then finds its guest. Say
    `basket.service.ordered_by_guest` once the order is made. Raises OrderMovedOn where the guest has an
    order that awaits its payment: it may be paid in this moment, and keeps its email then.
    """
    lock_name(f"guest of basket {owner.token}")
    guest_id = basket.guest_of(owner)
    others = orders.beside_attempts(guest_id) if guest_id else set()
    if OrderStatus.AWAITING_PAYMENT in others:
        raise OrderMovedOn
    if guest_id is None or others or not guests.readdress(guest_id, email, name):
        return guests.add(email, name, at)
    return guest_id
