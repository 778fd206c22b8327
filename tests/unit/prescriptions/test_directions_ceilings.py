"""Directions with a daily ceiling, or with a step that rests on the one before: read by it, or left."""

from fractions import Fraction

import pytest

from shop.prescriptions.verification.directions import Reading, read

BY_THEIR_CEILING = {  # most at once, most on a day
    "1 tab prn, max 4 tabs per day": (1, 4),
    "1 tab, max 3 a day": (1, 3),
    "1-2 tabs prn mdd 6": (2, 6),
    "1 tab 1 hour before sex, max 1 per day": (1, 1),
    "1 tab at onset of migraine, may repeat in 2 hrs, max 2/day": (1, 2),
    "1 tab at onset, may be repeated once after 2 hours, max 2 tabs per day": (1, 2),
    "1 tab q6h prn, max 3 doses a day": (1, 3),
    "2 tabs q4h prn, no more than 5 doses daily": (2, 10),
    "1 tab bid 30 min ac": (1, 2),
    "1 tab 30 min ac": (1, 3),
}
LEFT = [
    "1 tab at onset, may repeat once",
    "1 tab at onset, may repeat in 2 hours, max 2 tabs per attack",
    "1 tab prn, max 2 tabs per week",
    "1 tab prn, max 2 tabs per 48 hours",
    "2 tabs prn, max 1 tab per day",
    "1 tab daily or as directed",
    "2 tabs now then 1 tab 1 hour before bed",
    "2 tabs daily then 1 tab 1 hour later",
    "2 tabs now then 1 tab q6h x 3 days",
    "2 tabs daily x 5 days then half daily",
    "2 tabs daily x 5 days then twice the dose daily",
    "2 tabs today then tomorrow",
    "1 tab bid x 7d then as directed",
]
STEPS = {  # most on a day, days
    "2 tabs stat then 1 tab daily x 4d": (2, 5),
    "2 tabs today then 1 tab bid x 4 days": (2, 5),
    "1 tab TID x5d then BID x5d then QD x5d": (3, 15),
    "1-2 tabs tid x 2 days then take bid with food x 3 days": (6, 5),
    "1 tab bid x 7d then daily": (2, None),
}


@pytest.mark.parametrize("directions", BY_THEIR_CEILING)
def test_a_daily_ceiling_says_how_often(directions):
    said = read(directions)
    at_once, a_day = BY_THEIR_CEILING[directions]
    assert (said.most_at_once("pill"), said.most_on_a_day("pill")) == (at_once, a_day)
    assert said.reading is Reading.GUESSED  # words are left over, so nothing is printed in other words


@pytest.mark.parametrize("directions", LEFT)
def test_what_says_no_daily_figure_has_none(directions):
    assert read(directions).use("pill") is None
    assert read(directions).reading is Reading.LEFT


@pytest.mark.parametrize("directions", STEPS)
def test_a_step_without_a_dose_has_the_one_before_and_the_first_day_is_a_step(directions):
    said = read(directions)
    assert (said.most_on_a_day("pill"), said.days) == STEPS[directions]


@pytest.mark.parametrize(
    "directions",
    [
        "2 tabs now, then 1 tab 1 hour later",
        "Take 2 tablets at the first sign of flare then take 1 tablet 1 hour later",
        "2 tabs po stat then 1 tab in 1 hr x 1",
    ],
)
def test_a_second_dose_of_the_same_day_is_added(directions):
    said = read(directions)
    assert (said.most_at_once("pill"), said.most_on_a_day("pill"), said.days) == (2, 3, 1)
    assert said.reading is Reading.GUESSED
    assert said.rest.words


@pytest.mark.parametrize("dose", [1, 2, 3])
@pytest.mark.parametrize("ceiling", range(1, 9))
def test_no_ceiling_is_ever_exceeded(dose, ceiling):
    said = read(f"{dose} tabs prn, max {ceiling} tabs per day")
    assert (said.most_on_a_day("pill") or Fraction(ceiling)) == ceiling
    assert (said.use("pill") is None) == (dose > ceiling)
