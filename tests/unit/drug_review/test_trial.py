"""Prescriptions and baskets judged before the facts were looked at: what the review says of them.

A row that no label at hand supports, or one supports the other way, says so and is held to its difference:
once a label is there, it no longer differs and the row must be read again.
"""

import pytest

from shop.prescriptions.verification.directions import read
from shop.prescriptions.verification.error_prone import error_prone
from tests.unit.drug_review.trial import answers, cells_of, rows

ROWS = {row.name: row for row in rows()}
DIRECTIONS = cells_of("trial_directions.txt", 4)


@pytest.mark.parametrize("name", ROWS)
def test_the_review_says_what_was_expected(name):
    as_expected, said = answers(ROWS[name])
    assert as_expected == (" but " not in ROWS[name].expected), said


def test_the_trial_has_good_and_dangerous_ones_and_few_that_no_label_supports():
    assert sum(name.startswith("G") for name in ROWS) == 40
    assert sum(name.startswith("D") for name in ROWS) == 80
    assert sum(" but " in row.expected for row in ROWS.values()) <= 6


@pytest.mark.parametrize(("directions", "given", "days", "flags"), DIRECTIONS)
def test_days_supply_and_flags_of_shorthand(directions, given, days, flags):
    quantity, unit = given.split()
    use = read(directions).use(unit)
    assert (str(use.days(int(quantity))) if use else "ask") == days
    assert " ".join(one.code for one in error_prone(directions)) == flags
