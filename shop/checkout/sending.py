"""Where an order may be sent, and what has to be declared for it: refusals of the order as a whole."""

from collections.abc import Collection, Sequence
from datetime import date

from shop.addresses import PostalAddress
from shop.checkout.basket_review import BasketReview
from shop.errors import DomainError
from shop.patients.errors import HealthIncomplete
from shop.safety import states_served
from shop.safety.otc_words import age_declared as declaration
from shop.safety.otc_words import age_wanted
from shop.safety.states import barred_in
from shop.safety.states_served import NAMES, state_code
from shop.safety.zip_codes import zip_fits


class NotServed(DomainError):
    """An address in a state, or in no state, that the pharmacy holds no license for."""

    code = "state_not_served"

    def __init__(self, region: str) -> None:
        name = NAMES.get(state_code(region) or "", region.strip())
        super().__init__(
            f"We don’t ship to {name} because we aren’t licensed there."
            if name
            else "The address names no state.",
            "Choose an address in a state we serve.",
        )


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


def is_served(address: PostalAddress) -> bool:
    """Whether the pharmacy sends there. Only addresses in the United States are held against the list."""
    return address.country != states_served.COUNTRY or states_served.is_served(address.region)


def zip_doubt(address: PostalAddress) -> str | None:
    """That its ZIP code is not in its state, in a sentence; None: it is. Taxes and rules follow the state."""
    code = state_code(address.region)
    if address.country != states_served.COUNTRY or code is None or zip_fits(code, address.postal_code):
        return None
    return f"The ZIP code {address.postal_code} is not in {NAMES[code]}."


def why_not_sent(address: PostalAddress, ingredients: Sequence[str]) -> str | None:
    """Why a medicine with these ingredients is not sent to an address, in a sentence; None when it is."""
    if not is_served(address):
        return NotServed(address.region).message
    bar = barred_in(state_code(address.region) or "", ingredients)
    return bar.sentence if bar else None


def check_served(address: PostalAddress) -> None:
    """Raises NotServed."""
    if not is_served(address):
        raise NotServed(address.region)


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
