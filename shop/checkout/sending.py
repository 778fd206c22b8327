"""What has to be declared for an order, and what is not sent to an address: said before and at checkout."""

from collections.abc import Sequence

from shop.addresses import PostalAddress
from shop.checkout.basket_review import BasketReview
from shop.errors import DomainError
from shop.orders.destination import NotServed, is_served
from shop.safety.otc_words import age_declared as declaration
from shop.safety.otc_words import age_wanted
from shop.safety.states import barred_in
from shop.safety.states_served import state_code


class AgeNotDeclared(DomainError):
    """A medicine in the basket asks for an age that nobody has declared."""

    status = 422
    code = "age_not_declared"

    def __init__(self, review: BasketReview) -> None:
        assert review.age_asked is not None
        super().__init__(
            f"{review.age_asked_for}: {age_wanted(review.age_asked)}",
            f"Check “{declaration(review.age_asked)}”, or remove the medicine.",
        )


def why_not_sent(address: PostalAddress, ingredients: Sequence[str]) -> str | None:
    """Why a medicine with these ingredients is not sent to an address, in a sentence; None when it is."""
    if not is_served(address):
        return NotServed(address.region).message
    bar = barred_in(state_code(address.region) or "", ingredients)
    return bar.sentence if bar else None


def check_age(review: BasketReview, declared: int | None) -> None:
    """Raises AgeNotDeclared when the lines ask for an age that `declared` does not reach."""
    if review.age_asked and (declared or 0) < review.age_asked.age:
        raise AgeNotDeclared(review)
