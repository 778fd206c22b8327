"""Sales tax as a step of checking out: what the total comes to in each state, before anybody agrees to it.

A customer who has no address yet reads a total without tax. With scripts the page shows the total of a state
as it is chosen; without, the server shows it when the form comes in, keeps what was typed, and asks again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shop.checkout.basket_review import BasketReview
from shop.safety.states_served import served
from shop.us_states import NAMES

Money = Callable[[int], str]


@dataclass(frozen=True)
class TaxStep:
    """The total in a state: amounts in cents, as numbers and as the page writes them, and a sentence."""

    state: str
    tax_cents: int
    total_cents: int
    tax: str
    total: str
    said: str


def step_of(review: BasketReview, money: Money) -> TaxStep | None:
    """The total where it is sent now; None while no state is known."""
    return _step(review, review.state, money) if review.state else None


def steps(review: BasketReview, money: Money) -> Iterator[TaxStep]:
    """The total in every state served."""
    return (_step(review, state, money) for state in sorted(served()))


def is_only_tax(review: BasketReview, shown_total_cents: int, shown_tax_cents: int) -> bool:
    """Whether nothing but the sales tax differs from the total that the customer saw."""
    return shown_total_cents - shown_tax_cents == review.total_cents - review.tax_cents


def _step(review: BasketReview, state: str, money: Money) -> TaxStep:
    tax_cents = review.tax_in(state)
    total_cents = review.total_cents - review.tax_cents + tax_cents
    tax, total = money(tax_cents), money(total_cents)
    what = f"includes {tax} sales tax" if tax_cents else "includes no sales tax"
    said = f"The total is {total}. It {what} for {NAMES[state]}."
    return TaxStep(state, tax_cents, total_cents, tax, total, said)
