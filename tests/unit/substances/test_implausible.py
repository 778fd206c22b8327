"""Strengths that cannot be right as filed, and ordinary ones that must never be doubted."""

import pytest

from shop.substances.strengths import GREATEST_SHARE, MOST_IN_A_PILL, NOT_STATED, Doubt, doubt


@pytest.mark.parametrize(
    ("strength", "unit", "why"),
    [
        ("750", "pill", Doubt.NO_UNIT),
        ("250 mg / 250 mg / 65", "pill", Doubt.NO_UNIT),
        ("100000/g", "g", Doubt.NO_UNIT),
        ("0.4/1001", "pack", Doubt.NO_UNIT),
        ("500 mg/5001", "pill", Doubt.SHARE_WITHOUT_UNIT),
        ("750 mg/241 / 250 mg/241", "pill", Doubt.SHARE_WITHOUT_UNIT),
        ("1 g/1.21", "pack", Doubt.SHARE_WITHOUT_UNIT),
        ("5 mg / 10 mg/21", "pill", Doubt.SHARE_WITHOUT_UNIT),
        ("325 g", "pill", Doubt.TOO_HEAVY),
        ("2 g / 20 g / 10 g", "pill", Doubt.TOO_HEAVY),
        ("10 g", "pill", Doubt.TOO_HEAVY),
        ("2 mg/mg", "pill", Doubt.MORE_THAN_THE_WHOLE),
        ("220 mg/200 mg", "pill", Doubt.MORE_THAN_THE_WHOLE),
        ("41 kg/g", "g", Doubt.MORE_THAN_THE_WHOLE),
        ("400 international units/g / 3.5 mg/g / 5000 mg/g", "g", Doubt.MORE_THAN_THE_WHOLE),
        ("62 mL/mL", "mL", Doubt.MORE_THAN_THE_WHOLE),
        ("665 mL/g", "g", Doubt.MORE_THAN_THE_WHOLE),
        ("17.5 g/mL", "mL", Doubt.MORE_THAN_THE_WHOLE),
        ("6500 mg/hour", "pack", Doubt.MORE_THAN_THE_WHOLE),
        ("41 kg/g / 5 mg/g and 7 more (0123abcd)", "g", Doubt.MORE_THAN_THE_WHOLE),
        ("41 mg/g / 65 and 7 more (0123abcd)", "g", Doubt.NO_UNIT),
    ],
)
def test_what_no_medicine_can_be_is_to_be_checked(strength, unit, why):
    assert doubt(strength, unit) is why


@pytest.mark.parametrize(
    ("strength", "unit"),
    [
        ("250 mg/5 mL", "mL"),
        ("10 mg", "pill"),
        ("1500 mg", "pill"),
        ("325 mg / 1000 mg / 1916 mg", "pill"),
        ("9.999 g", "pill"),
        ("300 g", "pack"),  # a pharmacy's bulk package
        ("50 g", "g"),
        ("25.2 g", "mL"),  # of the whole packet
        ("25 mg/25 mg", "pill"),
        ("1 g/g", "g"),
        ("70 mL/100 mL", "mL"),
        ("1 L/L", "pack"),
        ("1.26 g/mL", "mL"),
        ("3 g/mL", "mL"),
        ("21 mg/24 hours", "pack"),
        ("100000 USP units/g / 1 mg/g", "g"),
        ("1000000 international units", "pill"),
        ("18 mCi/mL", "mL"),
        ("0.2 mg/cm² / 5 mg/cm²", "g"),
        ("400 mg / 80 mg", "pill"),
        ("41 mg/g / 5 mg/g and 7 more (0123abcd)", "g"),
        ("9 ingredients (0123abcd)", "g"),
        (NOT_STATED, "pack"),
        ("", "pill"),
        ("one tablet", "pill"),
    ],
)
def test_what_is_ordinary_or_merely_unusual_is_not(strength, unit):
    assert doubt(strength, unit) is None


@pytest.mark.parametrize(("measure", "most"), GREATEST_SHARE.items())
def test_up_to_the_limit_itself_nothing_is_doubted(measure, most):
    unit, per = measure.split("/")
    assert doubt(f"{most} {unit}/{per}", "g") is None
    assert doubt(f"{most + 1} {unit}/{per}", "g") is Doubt.MORE_THAN_THE_WHOLE


def test_only_what_is_sold_by_the_pill_is_weighed_as_one():
    assert doubt(f"{MOST_IN_A_PILL} mg", "pill") is Doubt.TOO_HEAVY
    assert doubt(f"{MOST_IN_A_PILL} mg", "pack") is None
