"""What may be over the counter: by the directory's word, or by an entry of the safety data."""

import pytest

from shop.safety.sale import refusal
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
