"""When a supply runs out, and when a new prescription is asked for: two truth tables."""

from datetime import date, timedelta

import pytest

from shop.prescriptions.ledger.fills import Covered, Why
from shop.prescriptions.ledger.running_out import Renewal, Supply, days_of, renewal, run_out

START = date(2026, 3, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


RUNS_OUT = {
    "nothing left yet": ([], None),
    "one fill of 30 days": ([(0, 30)], 30),
    "two parts of one fill": ([(0, 20), (5, 10)], 30),
    "a refill before the first ends": ([(0, 30), (20, 30)], 60),
    "a refill on the day the first ends": ([(0, 30), (30, 30)], 60),
    "a refill after a gap": ([(0, 30), (50, 30)], 80),
    "in any order": ([(50, 30), (0, 30)], 80),
    "no days' supply": ([(0, None)], None),
    "no days' supply of one of two": ([(0, 30), (20, None)], None),
}


@pytest.mark.parametrize("case", RUNS_OUT)
def test_supplies_follow_each_other_and_end(case):
    supplies, ends = RUNS_OUT[case]
    found = run_out(Supply(day(on), days) for on, days in supplies)
    assert found == (None if ends is None else day(ends))


@pytest.mark.parametrize(
    ("units", "fill", "days", "lasts"),
    [(90, 90, 30, 30), (60, 90, 30, 20), (61, 90, 30, 21), (90, 90, None, None)],
)
def test_a_part_lasts_its_part_of_the_days(units, fill, days, lasts):
    assert days_of(units, fill, days) == lasts


FAR, SOON = day(300), day(30)
RENEWALS = {
    "the first of four fills is open": (Covered(Why.OPEN, 90, day(20), 90, 1, 1), FAR, None),
    "the next fill waits": (Covered(Why.TOO_EARLY, 0, day(20), 90, 1, 2), FAR, None),
    "the last fill is open": (Covered(Why.OPEN, 90, None, 0, 1, 4), FAR, Renewal.LAST_FILL),
    "nothing follows before it expires": (Covered(Why.OPEN, 30, None, 0, 1, 2), FAR, None),
    "all fills are used": (Covered(Why.USED_UP, item_id=1), FAR, Renewal.USED_UP),
    "it expired": (Covered(Why.EXPIRED, item_id=1), day(-1), Renewal.EXPIRED),
    "it expires in 30 days": (Covered(Why.OPEN, 90, None, 0, 1, 1), SOON, Renewal.EXPIRES_SOON),
    "it expires in 31 days": (Covered(Why.OPEN, 90, None, 0, 1, 1), day(31), None),
    "the next fill waits, and it expires soon": (
        Covered(Why.TOO_EARLY, 0, day(20), 90, 1, 2),
        SOON,
        Renewal.EXPIRES_SOON,
    ),
    "nobody knows how long a fill lasts": (Covered(Why.DAYS_UNKNOWN, item_id=1, number=2), FAR, None),
}


@pytest.mark.parametrize("case", RENEWALS)
def test_a_new_prescription_is_asked_for_when_this_one_ends(case):
    covered, expires_on, wanted = RENEWALS[case]
    assert renewal(covered, 4, expires_on, START) is wanted
