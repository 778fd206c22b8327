"""A photo or scan that a customer sent is a copy. Pure.

It is read, checked, approved and ordered on; it ships once the prescriber has confirmed it or the original
is here. Where a copy suffices, a setting says by the state it is sent to (`COPY_SUFFICES_IN`); by default
nowhere. Store policy: states differ, and a pharmacist decides about each before real use.
"""

from collections.abc import Collection

from shop.prescriptions.origins import REQUIRED
from shop.prescriptions.states import ConfirmedHow, Origin

CODE = "prescription_is_a_copy"


def needs_confirmation(origin: Origin, confirmed: ConfirmedHow | None) -> bool:
    """Whether it is a copy that nobody has confirmed."""
    return REQUIRED[origin].confirmation and confirmed is None


def shipping_refusal(
    origin: Origin,
    confirmed: ConfirmedHow | None,
    state: str | None,
    states_where_copies_suffice: Collection[str],
) -> str | None:
    """CODE where nothing may ship on it to `state` (a postal code, None where it is unknown), or None."""
    if not needs_confirmation(origin, confirmed) or (state and state in states_where_copies_suffice):
        return None
    return CODE
