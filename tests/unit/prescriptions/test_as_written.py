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
    "100ml": (100, "proposed"),
    "60g": (60, "proposed"),
    "15 gm": (15, "proposed"),
    "２0tabs": (20, "proposed"),
    "3x10": (None, "unreadable"),
    "90 day supply": (None, "unreadable"),
    "30th": (None, "unreadable"),
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


@pytest.mark.parametrize(
    ("text", "days", "found"),
    [
        ("QS x 10 days", 10, (30, "proposed")),
        ("qs 10 day supply", None, (30, "proposed")),
        ("q.s. for 10 days", 30, (None, "differ")),
        ("QS 10 weeks", 10, (None, "unreadable")),
        ("QSAD 100 mL", 10, (None, "unreadable")),
    ],
)
def test_a_sufficient_quantity_may_say_its_days(text, days, found):
    written = quantity(text, days, Fraction(3))
    assert (written.value, written.doubt) == found


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
    "no refills": (0, "proposed"),
    "Do not refill": (0, "proposed"),
    "Non-refillable": (0, "proposed"),
    "no refills until seen": (None, "unreadable"),
    "PRN": (11, "proposed"),
    "refill prn": (11, "proposed"),
    "PRN x 1 year": (11, "proposed"),
    "prn x1yr": (11, "proposed"),
    "refills prn for 12 months": (11, "proposed"),
    "PRN x 6 months": (5, "proposed"),
    "six months": (5, "proposed"),
    "x 3 mo": (2, "proposed"),
    "2 years": (11, "proposed"),
    "0 months": (None, "unreadable"),
    "PRN pain": (None, "unreadable"),
    "3 in 6 months": (None, "unreadable"),
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
