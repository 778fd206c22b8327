"""Why what was ordered may not be dispensed today: one reason, with its day."""

from datetime import date, timedelta

import pytest

from shop.prescriptions.ledger.lapsed import Lapse, Why, lapse

TODAY = date(2026, 12, 1)
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "issued", "fill_from", "expires", "found"),
    [
        ("approved", BEFORE, None, AFTER, None),
        ("approved", TODAY, TODAY, TODAY, None),
        ("approved", BEFORE, None, BEFORE, Lapse(Why.EXPIRED, BEFORE)),
        ("approved", BEFORE, None, None, Lapse(Why.EXPIRED)),
        ("approved", BEFORE, AFTER, AFTER, Lapse(Why.NOT_YET, AFTER)),
        ("approved", AFTER, BEFORE, AFTER, Lapse(Why.NOT_YET, AFTER)),
        ("approved", None, None, AFTER, Lapse(Why.NOT_APPROVED)),
        ("revoked", BEFORE, None, BEFORE, Lapse(Why.REVOKED)),
        ("transferred", BEFORE, AFTER, AFTER, Lapse(Why.TRANSFERRED)),
        ("waiting", BEFORE, None, AFTER, Lapse(Why.NOT_APPROVED)),
    ],
)
def test_one_reason_with_its_day(status, issued, fill_from, expires, found) -> None:
    assert lapse(status, issued, fill_from, expires, TODAY) == found


def test_every_reason_says_something_of_its_own() -> None:
    said = {Lapse(why, day).sentence for why in Why for day in (None, TODAY)}
    assert len(said) == len(Why) + 2  # two of them name a day
