"""What forbids shipping a paid order as things stand: other rooms know it and declare it, asked here.

Its customer reads it, no day is promised, and its money is not captured while it holds.
"""

from collections.abc import Callable
from datetime import date

from shop.orders.models import Order
from shop.orders.states import TO_SHIP

Asked = Callable[[Order, date], str | None]
_asked: list[Asked] = []


def holds_back(asked: Asked) -> Asked:
    """Declare a question: given an order to ship and the day, a sentence for its customer, or None."""
    if asked not in _asked:
        _asked.append(asked)
    return asked


def held_back(order: Order, today: date) -> str | None:
    """The first reason why an order that is to be shipped must not ship as it is, in words for its customer;
    None where there is none, or it has shipped or ended."""
    if order.status not in TO_SHIP:
        return None
    return next((sentence for asked in _asked if (sentence := asked(order, today))), None)
