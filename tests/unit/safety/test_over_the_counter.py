"""What may be over the counter: by the directory's word, or by an entry of the safety data."""

import pytest

from shop.safety.otc_limits import limits
from shop.safety.sale import refusal, strength_refusal
from shop.safety.subject import Subject


@pytest.mark.parametrize(
    ("ingredients", "route", "license_", "by_hand", "code"),
    [
        (("gabapentin",), "oral; oral", "NDA", True, "prescription_only"),
        (("gabapentin",), "oral; oral", "NDA", False, None),
        (("loratadine",), "oral; oral", "OTC MONOGRAPH", True, None),
        (("Diphenhydramine hydrochloride",), "oral; oral", "OTC MONOGRAPH", True, None),
        (("loratadine", "gabapentin"), "oral; oral", "NDA", True, "prescription_only"),
        (("minoxidil",), "on the skin; topical", "NDA", True, None),
        (("minoxidil",), "oral; oral", "NDA", True, "prescription_only"),
        (("diclofenac",), "oral; oral", "NDA", True, "prescription_only"),
        (("loratadine",), "", "NDA", True, "prescription_only"),
        (("loratadine",), "not stated", "NDA", True, "prescription_only"),
        (("loratadine",), "oral; oral", "COMPOUNDED", True, "prescription_only"),
        (("loratadine",), "oral", "NDA; COMPOUNDED", False, "prescription_only"),
    ],
)
def test_over_the_counter(ingredients, route, license_, by_hand, code):
    asked = Subject(ingredients, route=route, license=license_, over_the_counter=True, by_hand=by_hand)
    found = refusal(asked)
    assert (found.code if found else None) == code
    on_prescription = Subject(ingredients, route=route, license=license_, by_hand=by_hand)
    assert refusal(on_prescription) is None


@pytest.mark.parametrize(
    ("names", "route", "unit", "strength", "sold"),
    [
        (("ibuprofen",), "oral", "pill", "200 mg", True),
        (("ibuprofen",), "oral", "pill", "0.2 g", True),
        (("ibuprofen",), "oral", "pill", "200.1 mg", False),
        (("ibuprofen",), "oral", "pill", "800 mg", False),
        (("Ibuprofen sodium",), "oral", "pill", "800 mg", False),
        (("ibuprofen",), "oral", "mL", "100 mg/5 mL", True),
        (("ibuprofen",), "oral", "mL", "400 mg/5 mL", False),
        (("ibuprofen",), "oral", "pack", "200 mg", False),  # in one container: no fact
        (("ibuprofen",), "oral", "pill", "not stated", False),
        (("ibuprofen", "diphenhydramine"), "oral", "pill", "38 mg / 200 mg", True),
        (("ibuprofen", "diphenhydramine"), "oral", "pill", "38 mg / 800 mg", False),
        (("ibuprofen", "diphenhydramine"), "oral", "pill", "200 mg", False),
        (("famotidine",), "oral", "pill", "40 mg", False),
        (("minoxidil",), "on the skin", "mL", "5 %", True),
        (("minoxidil",), "on the skin", "mL", "15 %", False),
        (("diclofenac",), "on the skin", "g", "1 %", True),
        (("diclofenac",), "on the skin", "g", "30 mg/g", False),
        (("cetirizine",), "on the skin", "g", "1 mg/g", False),
    ],
)
def test_how_strong_by_hand(names, route, unit, strength, sold):
    asked = Subject(names, route=f"{route}; {route}", over_the_counter=True, by_hand=True)
    found = strength_refusal(asked, strength, unit)
    assert (found is None) is sold
    assert found is None or (found.code, bool(found.source)) == ("prescription_only", True)
    for other in (Subject(names, route=route, by_hand=True), Subject(names, over_the_counter=True)):
        assert strength_refusal(other, strength, unit) is None


def test_each_entry_says_how_strong_with_source_and_day():
    for limit in limits():
        assert limit.strongest, limit.ingredient
        assert all(one.source and one.reviewed for one in limit.strongest.values())
        assert all(one.mg <= limit.per_order for one in limit.strongest.values())
