"""Quantity and refills as prescriptions write them."""

from fractions import Fraction

import pytest

from shop.prescriptions.verification.as_written import quantity, refills

QUANTITIES = {
    "30": (30, None),
    " 30 ": (30, None),
    "#30": (30, "proposed"),
    "#30 (thirty)": (30, "proposed"),
    "30 (thirty) tablets": (30, "proposed"),
    "thirty": (30, "proposed"),
    "Thirty-six (36)": (36, "proposed"),
    "one hundred and twenty": (120, "proposed"),
    "#120 (one hundred twenty)": (120, "proposed"),
    "Disp: 90 tabs": (90, "proposed"),
    "300 mL": (300, "proposed"),
    "３０": (30, "proposed"),  # full-width figures
    "030": (30, "proposed"),
    "": (None, "missing"),
    "  ": (None, "missing"),
    "#30 (sixty)": (None, "differ"),
    "30 (thirteen)": (None, "differ"),
    "30 or 60": (None, "unreadable"),
    "30 60": (None, "differ"),
    "1.5": (None, "unreadable"),
    "90,0": (None, "unreadable"),
    "1,000": (None, "unreadable"),
    "-30": (None, "unreadable"),
    "a few": (None, "unreadable"),
    "thirty sixty": (None, "unreadable"),
    "tablets": (None, "unreadable"),
    "XXX": (None, "unreadable"),
    "QS": (None, "unreadable"),
}


@pytest.mark.parametrize("text", QUANTITIES)
def test_a_quantity_is_read_proposed_or_asked_about(text):
    found = quantity(text)
    assert (found.value, found.doubt) == QUANTITIES[text]


@pytest.mark.parametrize(
    ("days", "a_day", "value"),
    [(10, Fraction(3), 30), (7, Fraction(3, 2), 11), (10, None, None), (None, Fraction(3), None)],
)
def test_a_sufficient_quantity_follows_from_days_and_directions(days, a_day, value):
    found = quantity("q.s.", days, a_day)
    assert (found.value, found.doubt) == (value, "proposed" if value else "unreadable")


REFILLS = {
    "0": (0, None),
    "3": (3, None),
    "3 (three)": (3, "proposed"),
    "x3": (3, "proposed"),
    "Refill 2 times": (2, "proposed"),
    "none": (0, "proposed"),
    "0 (none)": (0, "proposed"),
    "1 (none)": (None, "differ"),
    "NR": (0, "proposed"),
    "PRN": (11, "proposed"),
    "1 year": (11, "proposed"),
    "for one year": (11, "proposed"),
    "3 (two)": (None, "differ"),
    "": (None, "missing"),
    "unlimited": (None, "unreadable"),
    "?": (None, "unreadable"),
}


@pytest.mark.parametrize("text", REFILLS)
def test_refills_are_read_proposed_or_asked_about(text):
    found = refills(text, days=30)
    assert (found.value, found.doubt) == REFILLS[text]


YEARS = [(30, 11), (90, 3), (100, 2), (365, 0), (400, 0), (7, 11), (None, None)]


@pytest.mark.parametrize(("days", "value"), YEARS)
def test_a_year_of_refills_follows_from_the_days_of_a_fill(days, value):
    assert refills("prn", days).value == value
