"""For whom the lines of a basket are."""

import pytest

from shop.basket.queries import BasketLineFacts
from shop.checkout.whom import patients_of_lines
from shop.patients.profile import Profile
from shop.patients.queries import PatientFacts

ADA, BEN = (
    PatientFacts(number, name, 1, None, name, None, Profile(), None)
    for number, name in ((1, "ada"), (2, "ben"))
)
GONE = 9


def line(number: int, patient_id: int | None = None, variant_id: int = 1) -> BasketLineFacts:
    return BasketLineFacts(number, variant_id, 30, patient_id)


@pytest.mark.parametrize(
    ("lines", "known", "whom"),
    [
        ([line(1)], [], [None]),
        ([line(1)], [ADA], [ADA]),
        ([line(1)], [ADA, BEN], [None]),
        ([line(1, 2)], [ADA, BEN], [BEN]),
        ([line(1, 1), line(2, 2)], [ADA, BEN], [ADA, BEN]),
        ([line(1, GONE)], [ADA, BEN], [None]),
        ([line(1, GONE)], [ADA], [None]),  # what was for somebody else is not given to her
        ([line(1, 1), line(2)], [ADA], [ADA, None]),
        ([line(1, 1), line(2, None, 7)], [ADA], [ADA, ADA]),
    ],
)
def test_a_line_is_for_whom_it_says_or_for_the_only_one(lines, known, whom):
    assert list(patients_of_lines(lines, known).values()) == whom
