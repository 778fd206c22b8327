"""Days' supply against directions, ceilings of a fill, a day and a year, and what was written in words."""

from dataclasses import replace

import pytest

from shop.prescriptions.verification import as_written
from shop.prescriptions.verification.checks import all_checks, unmet
from shop.prescriptions.verification.supply_checks import supply_checks
from shop.prescriptions.verification.typed import Typed, TypedItem
from tests.unit.prescriptions.test_prescriptions_checks import GOOD, ITEM, TODAY, grounds, item

TABLE = {
    "three a day for 30 days": (ITEM, "pill", {}),
    "one day is entered for thirty": (replace(ITEM, days_supply=1), "pill", {"days": "needs"}),
    "no days are entered": (replace(ITEM, days_supply=None), "pill", {"days": "stops"}),
    "directions that cannot be read": (replace(ITEM, directions="as directed"), "pill", {"days": "needs"}),
    "an abbreviation that is misread": (
        replace(ITEM, directions="3 tabs q.d."),
        "pill",
        {"error_prone": "needs"},
    ),
    "misread figures, and no quantity yet": (
        replace(ITEM, directions="take .5 mg", quantity=None),
        "pill",
        {"error_prone": "needs"},
    ),
    "a taper": (replace(ITEM, directions="2 daily for 3 days then 1 daily"), "pill", {"days": "needs"}),
    "40 tablets every hour": (
        replace(ITEM, directions="40 tablets every hour", days_supply=1),
        "pill",
        {"daily": "stops"},
    ),
    "fifteen a day": (
        replace(ITEM, directions="5 tablets tid", days_supply=6),
        "pill",
        {"daily": "needs"},
    ),
    "twelve fills of 31 days": (
        replace(ITEM, quantity=31, directions="1 daily", days_supply=31, refills=11),
        "pill",
        {},
    ),
    "five fills of 90 days": (
        replace(ITEM, directions="1 daily", days_supply=90, refills=4),
        "pill",
        {"year": "stops"},
    ),
    "a thousand tablets": (
        replace(ITEM, quantity=1000, directions="4 tablets tid", days_supply=83),
        "pill",
        {"amount": "needs"},
    ),
    "four liters, once": (
        replace(ITEM, quantity=4000, directions="drink 240 mL every 10 minutes", days_supply=1, refills=0),
        "mL",
        {"amount": "needs", "days": "needs"},
    ),
    "eye drops": (
        replace(ITEM, quantity=1, directions="1 drop in each eye at bedtime", days_supply=30),
        "pack",
        {"days": "needs"},
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_amount_and_days(name):
    typed, unit, expected = TABLE[name]
    found = {check.key: check.verdict for check in supply_checks(typed, unit) if check.verdict != "passed"}
    assert found == expected


def of(quantity: str, refills: str) -> Typed:
    read = {"quantity": as_written.quantity(quantity), "refills": as_written.refills(refills, 30)}
    return item(quantity=read["quantity"].value, refills=read["refills"].value, written=read)


@pytest.mark.parametrize(
    ("quantity", "refills", "expected"),
    [
        ("90", "1", []),
        ("#90 (ninety)", "1", [("quantity_read-0", "needs")]),
        ("90", "PRN", [("refills_read-0", "needs")]),
        ("#30 (sixty)", "1", [("quantity-0", "stops")]),
        ("90", "12", [("refills-0", "stops"), ("year-0", "stops")]),
        ("90", "99", [("refills-0", "stops"), ("year-0", "stops")]),
        ("some", "1", [("quantity-0", "stops")]),
    ],
)
def test_what_is_not_a_plain_figure_is_confirmed_or_asked_about(quantity, refills, expected):
    found = unmet(all_checks(of(quantity, refills), grounds()), {})
    assert [(check.key, check.verdict.value) for check in found] == expected


def test_a_reading_that_was_confirmed_stands():
    found = unmet(all_checks(of("#90 (ninety)", "1"), grounds()), {"quantity_read-0": "read_right"})
    assert found == []


def again(directions: str) -> Typed:
    return replace(GOOD, items=(ITEM, replace(ITEM, directions=directions)))


def test_the_same_tablet_twice_is_a_taper_with_other_directions_and_a_slip_with_the_same():
    assert ("twice-1", "needs") in keys(again("1 tablet twice a day for 45 days"))
    assert ("twice-1", "stops") in keys(again("1  Tablet three times a day"))


@pytest.mark.parametrize(("years", "verdict"), [(2, "needs"), (11, "needs"), (12, None), (80, None)])
def test_a_childs_doses_are_looked_at(years, verdict):
    born = TODAY.replace(year=TODAY.year - years, day=1)
    found = dict(keys(replace(GOOD, patient_birth_date=born)))
    assert found.get("birth") == verdict


def test_nobody_is_born_after_the_prescription_was_written():
    late = replace(GOOD, patient_birth_date=TODAY)
    assert ("birth", "stops") in keys(late)


def keys(typed: Typed) -> list[tuple[str, str]]:
    return [(check.key, check.verdict.value) for check in unmet(all_checks(typed, grounds()), {})]


def test_a_typed_item_without_figures_is_only_incomplete():
    assert list(supply_checks(TypedItem(1, None, None, None, ""), "pill")) == []
