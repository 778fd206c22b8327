"""Whether a parcel may go to an address at all: asked when an order is placed, and before it ships. Pure.

What a state bars is a line's matter, in `safety_review`; this is about the order as a whole.
"""

from shop.addresses import PostalAddress
from shop.errors import DomainError
from shop.postal_codes import postal_code
from shop.safety import states_served
from shop.safety.states_served import state_code
from shop.safety.zip_codes import zip_fits
from shop.us_states import NAMES

MOST = {
    "recipient": 120,
    "line1": 120,
    "line2": 120,
    "city": 80,
    "region": 40,
    "postal_code": 16,
    "phone": 32,
}
"""The most characters of each field, so that it fits on the label."""
_NEEDED = {"recipient": "recipient’s name", "line1": "street address", "city": "city"}


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


class NotDeliverable(DomainError):
    """An address that is not complete, or contradicts itself: taxes and rules follow what it says."""

    status = 422
    code = "not_deliverable"


def is_served(address: PostalAddress) -> bool:
    """Whether the pharmacy sends there. Only addresses in the United States are held against the list."""
    return address.country != states_served.COUNTRY or states_served.is_served(address.region)


def zip_doubt(address: PostalAddress) -> str | None:
    """That its ZIP code is not in its state, in a sentence; None: it is. Taxes and rules follow the state."""
    code = state_code(address.region)
    if address.country != states_served.COUNTRY or code is None or zip_fits(code, address.postal_code):
        return None
    return f"The ZIP code {address.postal_code} is not in {NAMES[code]}."


def destination_refusal(address: PostalAddress, market: str) -> NotServed | NotDeliverable | None:
    """Why a store in `market` (ISO 3166 alpha-2) sends nothing to an address, or None where it does."""
    if address.country != market:
        return NotDeliverable("We don’t ship to this country.", "Choose an address in the store’s country.")
    if not is_served(address):
        return NotServed(address.region)
    if missing := next((what for name, what in _NEEDED.items() if not getattr(address, name).strip()), None):
        return NotDeliverable(f"The address has no {missing}.", "Enter the whole address.")
    if any(len(getattr(address, name)) > most for name, most in MOST.items()):
        return NotDeliverable("The address is too long for the label.", "Shorten it.")
    if postal_code(address.postal_code, address.country) is None:
        return NotDeliverable("The address has no valid postal code.", "Enter the postal code.")
    if doubt := zip_doubt(address):
        return NotDeliverable(doubt, "Correct the ZIP code or the state.")
    return None


def check_destination(address: PostalAddress, market: str) -> None:
    """Raises NotServed and NotDeliverable."""
    if refusal := destination_refusal(address, market):
        raise refusal
