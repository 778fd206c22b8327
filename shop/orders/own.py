"""The order that a page is about, for whoever asks: a customer's own, or a guest's that was opened here."""

from flask_login import current_user

from shop import guest_access
from shop.accounts import guest_links
from shop.errors import NotFound
from shop.orders import queries
from shop.orders.models import Order


def own_order(number: str) -> Order:
    """The order with this number. Raises NotFound for anybody else's, whether it exists or not.

    A guest's order is a guest's until an account keeps it; then its link opens nothing any more. Nor does a
    browser that opened a link from before the email was corrected.
    """
    order = queries.own(current_user.id, number) if current_user.is_authenticated else None
    if order is None and guest_access.knows(number):
        guest_access.keep_private()
        order = queries.by_number(number)
        key = guest_links.key_of(order.user_id) if order else None
        if order is None or key is None or not guest_access.may_open(number, key):
            raise NotFound(
                "We couldn’t find this order.",
                "If it is in an account now, sign in to see it. If not, open the latest link we emailed.",
            )
    if order is None:
        raise NotFound("We couldn’t find this order.", "Check your orders.")
    return order
