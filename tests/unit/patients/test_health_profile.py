"""The health profile: what is asked at which age, what is missing, and what may be confirmed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.patients import profile
from shop.patients.profile import UNKNOWN, Kidneys, Profile, Topic, YesNo

WHOLE = Profile((), (), (), YesNo.NO, YesNo.NO, Decimal("70"), Kidneys.NO_PROBLEM)
PREGNANCY = (Topic.PREGNANCY, Topic.BREASTFEEDING)


@pytest.mark.parametrize(
    ("changes", "age", "missing"),
    [
        ({}, 40, ()),
        ({}, None, ()),
        ({"allergies": None}, 40, (Topic.ALLERGIES,)),
        ({"allergies": ("penicillin",)}, 40, ()),
        ({"conditions": None, "medicines": None}, 40, (Topic.CONDITIONS, Topic.MEDICINES)),
        ({"kidneys": None}, 40, (Topic.KIDNEYS,)),
        ({"kidneys": Kidneys.UNKNOWN}, 40, ()),
        ({"weight": None}, 40, (Topic.WEIGHT,)),
        ({"weight": UNKNOWN}, 40, ()),
        ({"weight": UNKNOWN}, 18, ()),
        ({"weight": UNKNOWN}, 17, (Topic.WEIGHT,)),
        ({"weight": UNKNOWN}, None, ()),
        ({"pregnancy": None, "breastfeeding": None}, 9, ()),
        ({"pregnancy": None, "breastfeeding": None}, 10, PREGNANCY),
        ({"pregnancy": None, "breastfeeding": None}, None, PREGNANCY),
        ({"pregnancy": YesNo.UNKNOWN}, 30, ()),
    ],
)
def test_what_is_missing(changes, age, missing):
    one = replace(WHOLE, **changes)
    assert profile.missing(one, age) == missing
    assert profile.may_confirm(one, age) is (not missing)


def test_of_an_empty_profile_everything_asked_is_missing():
    assert profile.missing(Profile(), 30) == tuple(Topic)
    assert profile.missing(Profile(), 3) == tuple(topic for topic in Topic if topic not in PREGNANCY)


@pytest.mark.parametrize(
    "one",
    [
        Profile(),
        WHOLE,
        replace(WHOLE, allergies=("penicillin: rash", "péanut"), weight=Decimal("12.5")),
        replace(WHOLE, weight=UNKNOWN, kidneys=Kidneys.DIALYSIS, pregnancy=YesNo.YES),
    ],
)
def test_a_profile_comes_back_as_it_was_written(one):
    assert profile.from_text(profile.as_text(one)) == one


def test_nothing_written_is_an_empty_profile():
    assert profile.from_text(None) == profile.from_text("") == Profile()


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", ()),
        (" ; \n", ()),
        ("penicillin", ("penicillin",)),
        ("penicillin;  peanut\nlatex \n peanut", ("penicillin", "peanut", "latex")),
    ],
)
def test_entries_are_read_one_a_line_or_between_semicolons(text, entries):
    assert profile.entries(text) == entries


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("12", "12"),
        (" 12.5 ", "12.5"),
        ("12,5", "12.5"),
        ("0.3", "0.3"),
        ("400", "400"),
        ("12.50", "12.5"),
        ("0.2", None),
        ("400.1", None),
        ("12.55", None),
        ("", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e9999", None),
        ("-5", None),
        ("+70", None),
        ("1e2", None),
        ("٧٠", None),
        ("1,234", None),
        ("12 kg", "12"),
        ("12,5KG", "12.5"),
        ("150 lb", "68.0"),
        ("150lbs.", "68.0"),
        ("7.5 pounds", "3.4"),
        ("0.5 lb", None),
        ("881.8 lb", "400.0"),
        ("882 lb", None),
        ("7.55 lb", None),
        ("150 #", None),
        ("lb", None),
        ("10 st", None),
        ("9" * 30, None),
    ],
)
def test_a_weight_is_kilograms_or_pounds_with_one_decimal(text, kg):
    assert profile.weight_in_kg(text) == (None if kg is None else Decimal(kg))
