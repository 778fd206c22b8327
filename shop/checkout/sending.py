"""What has to be declared for an order, and what is not sent to an address: said before and at checkout."""

from collections.abc import Collection, Sequence
from datetime import date

from shop.addresses import PostalAddress
from shop.checkout.priced_basket import BasketReview
from shop.errors import DomainError
from shop.orders.destination import NotServed, is_served
from shop.patients.errors import HealthIncomplete
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


class HealthNotConfirmed(DomainError):
    """Nobody has said whether anything is new about a patient's health."""

    status = 422
    code = "health_not_confirmed"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Is anything new about the health of {name}?",
            "Check the box under “Health” if nothing is, or change the answers first.",
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


def check_health(review: BasketReview, nothing_new: Collection[int], day: date) -> None:
    """Raises HealthIncomplete for the first patient with an unanswered question, HealthNotConfirmed for one
    of whom the customer has not said that nothing is new."""
    for patient in review.ordered_for:
        if patient.missing_on(day):
            raise HealthIncomplete(patient.name)
        if patient.id not in nothing_new:
            raise HealthNotConfirmed(patient.name)
