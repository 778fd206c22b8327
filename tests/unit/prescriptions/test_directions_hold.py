"""However directions are spelled: read with right figures or not at all, and printed as they were read."""

from fractions import Fraction
from random import Random

import pytest

from shop.prescriptions.verification.directions import Reading, read
from shop.prescriptions.verification.directions_words import in_words

AMOUNTS = [
    (Fraction(1), ["1", "one", "1 (one)", "one (1)", "i"]),
    (Fraction(2), ["2", "two", "two (2)", "ii"]),
    (Fraction(1, 2), ["½", "1/2", "0.5", ".5", "half a", "one-half"]),
    (Fraction(3, 2), ["1½", "1 1/2", "1-1/2", "1.5", "1 ½", "one and one-half", "1 & 1/2"]),
    (Fraction(5, 2), ["2½", "2.5", "2 1/2"]),
    (Fraction(10), ["10", "ten"]),
    (Fraction(1, 4), ["¼", "1/4", "0.25", ".25"]),
]
OFTEN = [
    (Fraction(1), ["daily", "qd", "q day", "once a day", "every day", "QHS", "q am", "every morning"]),
    (Fraction(2), ["bid", "B.I.D.", "twice daily", "2 times a day", "q12h", "every 12 hours", "2x/day"]),
    (Fraction(3), ["tid", "three times daily", "q8h", "q 8 hrs", "3 times per day", "with meals", "TID AC"]),
    (Fraction(4), ["qid", "q6h", "4 times a day", "q.i.d."]),
    (Fraction(6), ["q4h", "every 4 hours", "six times a day"]),
    (Fraction(1, 2), ["qod", "every other day", "q 2 days", "q48h"]),
    (Fraction(1, 7), ["weekly", "once a week", "once weekly", "every Monday", "on Fridays", "q week"]),
    (Fraction(3, 7), ["3x/wk", "three times weekly", "M-W-F", "on Mon, Wed and Fri", "3 times a week"]),
]
WORDS = ["tab", "tabs", "tablet", "tablets", "Tab."]
ROUTES = ["", "po", "by mouth", "orally", "PO"]
ENDS = ["", "x 10 days", "for 10 days", "× 10 d", "x 10d", "prn pain", "as needed for pain", "with food"]
SAMPLES = 500


def sampled():
    """As many directions with what they mean, the same in every run."""
    chance = Random(14)
    for _ in range(SAMPLES):
        (amount, said), (often, how) = chance.choice(AMOUNTS), chance.choice(OFTEN)
        end = chance.choice(ENDS)
        words = [chance.choice(said), chance.choice(WORDS), chance.choice(ROUTES), chance.choice(how), end]
        yield " ".join(filter(None, ["Take" if chance.random() < 0.5 else "", *words])), amount, often, end


def test_a_reading_is_right_or_there_is_none():
    left = []
    for text, amount, often, end in sampled():
        said = read(text)
        if said.reading is Reading.LEFT:
            left.append(text)
            continue
        use = said.use("pill")
        assert use is not None, text
        assert (said.most_at_once("pill"), use.high) == (amount, amount * often), text
        assert said.days == (10 if "10" in end else None), text
        assert said.as_needed == ("pain" in end), text
    assert len(left) < SAMPLES / 50, left


STEPS = [
    "2 tabs on day 1, then 1 tab daily for 4 days",
    "4 tabs daily x 3 days, 2 tabs daily x 3 days, 1 tab daily x 3 days",
    "2 tabs bid for 2 weeks then 1 tab bid",
    "6 tabs on day 1, 5 tabs on day 2, 4 tabs on day 3",
    "1 tab by mouth once",
    "1-2 caps q4-6h prn pain, max 8 capsules a day",
    "1 tab bid - tid",
]


def test_what_is_printed_reads_as_what_was_printed():
    texts = [text for text, *_ in sampled()]
    printed = 0
    for text in [*texts, *STEPS]:
        first = read(text)
        sentence = in_words(first, "en")
        if sentence is None:
            continue
        printed += 1
        again = read(sentence)
        assert again.reading is Reading.READ, (text, sentence)
        assert in_words(again, "en") == sentence, text
        assert again.use("pill") == first.use("pill"), (text, sentence)
        assert (again.days, again.as_needed, again.most_a_day) == (
            first.days,
            first.as_needed,
            first.most_a_day,
        )
        assert (in_words(again, "es") is None) == (in_words(first, "es") is None)
    assert printed > SAMPLES * 0.9


@pytest.mark.parametrize(
    ("directions", "on_a_day", "days", "quantity", "lasts"),
    [
        ("2 tabs on day 1, then 1 tab daily for 4 days", 2, 5, 6, 5),
        ("take 2 tablets on day 1 and 1 tablet on days 2-5", 2, 5, 6, 5),
        (
            "4 tabs daily x 3 days, 3 tabs daily x 3 days, 2 tabs daily x 3 days, 1 tab daily x 3 days",
            4,
            12,
            30,
            12,
        ),
        (
            "1 tab bid for 1 week, then 2 tabs bid",
            4,
            None,
            60,
            None,
        ),  # how long the last one lasts isn't said
        ("1 po bid x 3 days 1/2 po bid x 3 days 1/2 po qd x 3 days", 2, 9, 11, 9),
    ],
)
def test_steps_are_not_added(directions, on_a_day, days, quantity, lasts):
    said = read(directions)
    assert (said.most_on_a_day("pill"), said.days, said.phased) == (on_a_day, days, True)
    use = said.use("pill")
    assert (use.days(quantity) if use else None) == lasts


NO_STEPS = [
    "1 tab in the morning, then 1 tab at bedtime",
    "1 tab in the morning for 7 days, 2 tabs at bedtime for 7 days",
    "1 tab daily for 7 days then as needed",
    "2 tabs bid for 3 days then 5 mL bid",
    "2 tabs on day 1, 1 tab on days 3-5",
    "2 tabs on day 2, then 1 tab daily",
    "2 tabs on day 1, 1 tab on days 2-5 for 3 days",
    "2 tabs daily for 14 days then decrease to 1 tab every 14 days",
    "150 mg tab bid x 5 days 100 mg tab bid x 5 days",
    "1 tab bid x 5 days then repeat in 2 weeks",
    # days of the week that aren't when it is taken
    "1 tab daily, start on Monday",
    "1 tab at bedtime. Appointment on Monday",
    "1 tab daily except Sunday",
    "1 tab Monday through Friday",
    "1 tab mon-fri",
    "1 tab every other Monday",
    "1 tab bid on Mondays",
    "1 tab on Monday and 2 tabs on Thursday",
    "1 tab Monday and Monday",
    # once, and more
    "1 tab once, may repeat in 3 days",
    "1 tab twice a month",
    "1 tab once for 3 days",
    "1 tab 10 times a week",
    "1 tab tid to bid",
]


@pytest.mark.parametrize("directions", NO_STEPS)
def test_what_changes_in_another_way_is_left(directions):
    said = read(directions)
    assert said.reading is Reading.LEFT
    assert (said.use("pill"), said.most_on_a_day("pill"), in_words(said, "en")) == (None, None, None)


def test_steps_and_days_of_the_week_in_spanish():
    assert in_words(read("2 tabs on day 1, then 1 tab daily for 4 days"), "es") == (
        "Tome 2 tabletas por la boca una vez al día durante 1 día, "
        "luego 1 tableta una vez al día durante 4 días."
    )
    assert in_words(read("2 tabs M-W-F"), "es") == (
        "Tome 2 tabletas por la boca todos los lunes, miércoles y viernes."
    )
