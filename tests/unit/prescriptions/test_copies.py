"""When something ships on a copy."""

import pytest

from shop.prescriptions.copies import CODE, needs_confirmation, shipping_refusal
from shop.prescriptions.states import ConfirmedHow, Origin

COPIES = {Origin.PHOTO}


@pytest.mark.parametrize(
    ("confirmed", "state", "suffice", "refusal"),
    [
        (None, "NY", (), CODE),
        (None, "NY", ("CA",), CODE),
        (None, "NY", ("CA", "NY"), None),
        (None, None, ("NY",), CODE),
        (None, "", ("", "NY"), CODE),
        (ConfirmedHow.PHONE, "NY", (), None),
        (ConfirmedHow.FAX, None, (), None),
        (ConfirmedHow.MESSAGE, "NY", ("CA",), None),
        (ConfirmedHow.ORIGINAL, "NY", (), None),
    ],
)
@pytest.mark.parametrize("origin", list(Origin))
def test_a_copy_waits_for_its_confirmation_and_nothing_else_does(origin, confirmed, state, suffice, refusal):
    wanted = refusal if origin in COPIES else None
    assert shipping_refusal(origin, confirmed, state, suffice) == wanted


@pytest.mark.parametrize("origin", list(Origin))
def test_what_waits_for_a_confirmation(origin):
    assert needs_confirmation(origin, None) is (origin in COPIES)
    assert not needs_confirmation(origin, ConfirmedHow.ORIGINAL)
