"""The total as a step of checking out: shown with its sales tax and delivery before anybody agrees to it.

A customer who has no address yet reads a total without tax, and the least that delivery costs. With scripts
the page asks for the total of a state and a method as they are chosen; without, the server shows it when the
form comes in, keeps what was typed, and asks again.
"""

from collections.abc import Callable

from shop.checkout.priced_basket import BasketReview
from shop.us_states import NAMES

Money = Callable[[int], str]


def said_of(review: BasketReview, money: Money) -> str | None:
    """What the total is where it is sent now, in a sentence; None while no state is known."""
    if review.state is None:
        return None
    chosen, tax = review.delivery.chosen, review.tax_cents
    by = f"{money(chosen.cents)} for {chosen.name}" if chosen else "no delivery"
    tax_words = f"{money(tax)} sales tax" if tax else "no sales tax"
    total, state = money(review.total_cents), NAMES[review.state]
    return f"The total is {total}. It includes {by} and {tax_words} for {state}."


def is_only_place(review: BasketReview, shown_total: int, shown_tax: int, shown_delivery: int) -> bool:
    """Whether nothing but the sales tax and the delivery differs from the cents that the customer saw."""
    return shown_total - shown_tax - shown_delivery == review.subtotal_cents
