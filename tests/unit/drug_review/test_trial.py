"""Two sets of prescriptions and baskets judged before the facts were looked at: what the review says of them.

A row that no label at hand supports, or one supports the other way, says so and is held to its difference:
once a label is there, it no longer differs and the row must be read again.
"""

import pytest

from shop.prescriptions.verification.directions import read
from shop.prescriptions.verification.error_prone import error_prone
from tests.unit.drug_review.trial import answers, cells_of, rows

ROWS = {row.name: row for file in ("trial.txt", "second_trial.txt", "third_trial.txt") for row in rows(file)}
DIRECTIONS = [
    cells for file in ("trial_directions.txt", "second_trial_directions.txt") for cells in cells_of(file, 4)
]


@pytest.mark.parametrize("name", ROWS)
def test_the_review_says_what_was_expected(name):
    as_expected, said = answers(ROWS[name])
    assert as_expected == (" but " not in ROWS[name].expected), said


@pytest.mark.parametrize(
    ("letter", "how_many", "unsupported"),
    [("G", 40, 4), ("D", 80, 2), ("H", 60, 12), ("R", 200, 10), ("S", 99, 6)],
)
def test_the_trials_have_good_and_dangerous_ones_and_few_that_no_label_supports(
    letter, how_many, unsupported
):
    said = [row.expected for name, row in ROWS.items() if name.startswith(letter)]
    assert len(said) == how_many
    assert sum(" but " in expected for expected in said) <= unsupported


@pytest.mark.parametrize(("directions", "given", "days", "flags"), DIRECTIONS)
def test_days_supply_and_flags_of_shorthand(directions, given, days, flags):
    quantity, unit = given.split()
    use = read(directions).use(unit)
    wanted, _, differs = days.partition(" but ")
    assert ((str(use.days(int(quantity))) if use else "ask") == wanted) == (not differs)
    assert " ".join(one.code for one in error_prone(directions)) == flags
