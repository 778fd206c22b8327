"""What directions use a day: read right, or not read at all."""

from fractions import Fraction

import pytest

from shop.prescriptions.verification.directions import daily_use

READ = {
    # one dose, so many times a day
    "1 tablet three times a day": (3, 3),
    "1 three times a day": (3, 3),
    "Take one (1) tablet by mouth twice daily.": (2, 2),
    "take 1 tablet by mouth 2 two times daily": (2, 2),
    "1 po qd": (1, 1),
    "1 TAB PO BID x 7 days": (2, 2),
    "1 tab p.o. t.i.d.": (3, 3),
    "2 caps oral q.i.d": (8, 8),
    "40 tablets every hour": (960, 960),
    "½ tablet twice a day": (1, 1),
    "one-half tablet at bedtime": (Fraction(1, 2), Fraction(1, 2)),
    "take 1 and 1/2 tablets daily": (Fraction(3, 2), Fraction(3, 2)),
    "1.5 tablets daily": (Fraction(3, 2), Fraction(3, 2)),
    "Take 1 tablet (20 mg total) by mouth daily with 8 oz of water": (1, 1),
    "take 1 tablet 30-60 minutes before breakfast": (1, 1),
    "take 1 tablet every 12 hours daily": (2, 2),
    "1 tab po q 72 hrs": (Fraction(1, 3), Fraction(1, 3)),
    "1 tablet every other day": (Fraction(1, 2), Fraction(1, 2)),
    "1 tablet once a week": (Fraction(1, 7), Fraction(1, 7)),
    "1 tablet 3 times a week": (Fraction(3, 7), Fraction(3, 7)),
    "1½ tablets daily": (Fraction(3, 2), Fraction(3, 2)),
    "1-½ tabs daily": (Fraction(3, 2), Fraction(3, 2)),
    "1-1/2 tabs daily": (Fraction(3, 2), Fraction(3, 2)),
    "½-1½ tabs daily": (Fraction(1, 2), Fraction(3, 2)),
    ".5 tab daily": (Fraction(1, 2), Fraction(1, 2)),
    "twenty (20) tablets daily": (20, 20),
    "1 po qd - bid": (1, 2),
    "take one tablet on monday wednesday friday": (Fraction(3, 7), Fraction(3, 7)),
    "take 1 tablet by mouth once": (1, 1),
    # by the time of day
    "1 tablet in the morning and 1 tablet before bedtime for 7 days": (2, 2),
    "1 tablet in the morning, 2 tablets at bedtime": (3, 3),
    "one tablet by mouth in the morning, at noon and at bedtime": (3, 3),
    "1 tablet every morning and evening": (2, 2),
    "take 2 capsules before breakfast, before lunch, before evening meal and at bedtime": (8, 8),
    "1 tablet with meals": (3, 3),
    "1 tablet twice daily with meals": (2, 2),
    "1 tablet daily at bedtime": (1, 1),
    "1 tablet daily for no more than 2 weeks at a time": (1, 1),
    # from, to, at most
    "1-2 tabs every 4 to 6 hours": (4, 12),
    "1 or 2 tablets twice a day": (2, 4),
    "1 tablet up to 3 times a day as needed": (0, 3),
    "take 2 tablets every 8 hours as needed, maximum daily dose 5 tablets": (0, 5),
    "1-2 by mouth every 6 hours prn mdd 6": (0, 6),
    "1 to 2 tablets every 4 hours as needed; do not exceed 8 tablets in 24 hours": (0, 8),
    "take 1 tablet 3 times daily as needed mdd 1.5 mg per day": (0, 3),
    "take 4 tablets at bedtime maximum daily dose 2 milligram mdd 2 mg": (4, 4),
    "1 tabs po tidprnas needed for nausea/vomiting": (0, 3),
    "1 tabs oral bidx30 daysprnanxiety severe": (0, 2),
}
READ_ML = {
    "take 2.5 mL by mouth every eight hours": (Fraction(15, 2), Fraction(15, 2)),
    "1 teaspoonful twice a day": (10, 10),
    "10 ml orally every 6 hrs as needed 7 days": (0, 40),
}
NOT_READ = [
    "",
    "as directed",
    "use as directed",
    "take 1 tablet by mouth",
    "take 1 mg by mouth daily",
    "take 40mg x 2 days 30mg x 2 days",
    "take 2 tablets daily for 14 days then 1 tablet daily",  # how long the last step lasts isn't said
    "take one 150 mg tab twice a day x 5 days take one 100 mg tab twice a day x 5 days",
    "1 tablet tid with 5 additional tablets for breakthrough pain",
    "1 tablet daily in the morning and at bedtime",
    "1 tablet at 8 am and 8 pm",
    "take 4 tablets at the first sign, repeat in 12 hours",
    "tome una tableta tres veces al día",
    "take on tablet twice a day",
    "apply twice daily",
    "5 mL twice a day",
    "inhale 2 puffs twice daily",
    "1 tablet every 0 hours",
    "1/0 tablet daily",
    "1/0 tablet in the morning and 1 tablet at bedtime",
    "0 tablets in the morning and 1 tablet at bedtime",
    "5.5/2 tablets daily",
    "11/2 tablets daily",  # 1 1/2 run together?
    "1 - 1/2 tablets daily",
    "2-1 tablets daily",
    "1² tablets daily",
    "1.5.2 tablets daily",
    "1 tab.2 times a day",
    "1,5 tablets daily",
    "twenty one tablets daily",
    "1 tablet daily at 9am",
    "1 tablet 9 a.m. and 1 tablet 9 p.m.",
    "1 tablet every 8 to 6 hours",
    "1 tablet 3 to 2 times a day",
    "1 tablet daily for 7 days, 2 tablets daily",
    "1 tablet twice daily for 7 days and 2 tablets at bedtime",
    "1 tablet @0@",
    "1 tablet @7@ daily @",
    "0 tablets daily",
]


@pytest.mark.parametrize("directions", READ)
def test_what_is_read_of_tablets(directions):
    use = daily_use(directions, "pill")
    assert use is not None
    assert (use.low, use.high) == READ[directions]


@pytest.mark.parametrize("directions", READ_ML)
def test_what_is_read_of_liquids(directions):
    use = daily_use(directions, "mL")
    assert use is not None
    assert (use.low, use.high) == READ_ML[directions]


@pytest.mark.parametrize("directions", NOT_READ)
def test_what_is_not_read_whole_is_not_read(directions):
    assert daily_use(directions, "pill") is None


@pytest.mark.parametrize("unit", ["g", "pack"])
def test_creams_and_packs_are_not_counted(unit):
    assert daily_use("1 tablet daily", unit) is None


@pytest.mark.parametrize(
    ("directions", "quantity", "days", "agrees"),
    [
        ("1 tablet three times a day", 90, 30, True),
        ("1 tablet three times a day", 90, 1, False),
        ("1 tablet three times a day", 90, 31, False),
        ("1 tablet three times a day", 100, 33, True),
        ("1 tablet three times a day", 100, 34, True),  # a begun day
        ("1-2 tablets every 6 hours", 40, 5, True),
        ("1-2 tablets every 6 hours", 40, 10, True),
        ("1-2 tablets every 6 hours", 40, 11, False),
        ("1 tablet every 6 hours as needed", 40, 90, True),  # as needed: it may last
        ("1 tablet every 6 hours as needed", 40, 9, False),
    ],
)
def test_days_that_a_quantity_can_last(directions, quantity, days, agrees):
    use = daily_use(directions, "pill")
    assert use is not None
    assert use.agrees(quantity, days) is agrees


def test_the_days_follow_from_the_most_that_is_used():
    use = daily_use("1-2 tablets every 6 hours", "pill")
    assert use is not None
    assert use.days(90) == 11


def test_of_real_directions_most_are_read_and_each_reading_is_possible(shared_data):
    lines = (shared_data / "sigs" / "parserx_input_250.csv").read_text("utf-8").splitlines()
    uses = [use for line in lines if (use := daily_use(line, "pill")) is not None]
    assert len(uses) >= 140
    assert all(0 <= use.low <= use.high <= 24 for use in uses)
