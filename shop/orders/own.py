"""The order that a page is about, for whoever asks: a customer's own, or a guest's that was opened here."""

from flask_login import current_user

from shop import guest_access
from shop.accounts import queries as accounts
from shop.errors import NotFound
from shop.orders import queries
from shop.orders.models import Order


def own_order(number: str) -> Order:
    """The order with this number. Raises NotFound for anybody else's, whether it exists or not.

    A guest's order is a guest's until an account keeps it; then its link opens nothing any more.
    """
    order = queries.own(current_user.id, number) if current_user.is_authenticated else None
    if order is None and guest_access.may_open(number):
        guest_access.keep_private()
        order = queries.by_number(number)
        if order is None or not accounts.is_guest(order.user_id):
            raise NotFound("We couldn’t find this order.", "If it is in an account now, sign in to see it.")
    if order is None:
        raise NotFound("We couldn’t find this order.", "Check your orders.")
    return order
