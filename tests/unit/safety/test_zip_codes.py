"""ZIP codes by state: the ends of every state's ranges, and what lies just outside."""

import pytest

from shop.safety.zip_codes import datasets, prefixes, zip_fits
from shop.us_states import NAMES

ENDS = [
    (entry.text("state"), *said.partition("-")[::2])
    for entry in datasets()[0].entries
    for said in entry.texts("prefixes")
]
SHARED = {"063": {"CT", "NY"}, "834": {"ID", "WY"}, "967": {"HI", "AS"}, "969": {"GU", "MP"}}


@pytest.mark.parametrize(("state", "first", "last"), ENDS)
def test_the_ends_of_every_range_lie_in_the_state_and_in_no_other(state, first, last):
    for prefix in (first, last or first):
        fitting = {code for code in NAMES if zip_fits(code, f"{prefix}01")}
        assert fitting == SHARED.get(prefix, {state})
    assert not zip_fits(state, f"{int(first) - 1:03d}01") or f"{int(first) - 1:03d}" in prefixes()[state]


def test_no_prefix_is_of_two_states_but_those_that_are_known():
    seen = {}
    for state, theirs in prefixes().items():
        for prefix in theirs:
            seen.setdefault(prefix, set()).add(state)
    assert {prefix: states for prefix, states in seen.items() if len(states) > 1} == SHARED


@pytest.mark.parametrize(
    ("state", "zip_code", "fits"),
    [
        ("CA", "94103", True),
        ("California", "94103-1234", True),
        ("TX", "94103", False),
        ("TX", "78701", True),
        ("TX", "88510", True),
        ("NY", "06390", True),
        ("NY", "10001", True),
        ("NJ", "10001", False),
        ("DC", "20001", True),
        ("VA", "20101", True),
        ("NY", "00000", False),
        ("ZZ", "10001", False),
        ("", "10001", False),
        ("NY", "", False),
        ("NY", "١٠٠01", False),
    ],
)
def test_a_zip_code_fits_its_state(state, zip_code, fits):
    assert zip_fits(state, zip_code) is fits
