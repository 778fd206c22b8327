"""Medicines as patients call them: brands, short forms, names used elsewhere."""

import pytest

from shop.drug_review.known_names import matching, taking_of

NAMED = {
    "Zocor 20 mg at bedtime": {"simvastatin"},
    "Tylenol PM": {"acetaminophen", "diphenhydramine"},
    "HCTZ": {"hydrochlorothiazide"},
    "ASA 81": {"aspirin"},
    "paracetamol": {"acetaminophen"},
    "Lasix (water pill)": {"furosemide"},
    "acetaminophen": {"acetaminophen"},
    "migraine": set(),
    "metropolol": set(),
    "those white ones": set(),
}


@pytest.mark.parametrize("words", NAMED)
def test_medicines_from_elsewhere(words):
    taking = taking_of("elsewhere-0", words)
    assert {part.ingredient for part in taking.parts} == NAMED[words]
    assert taking.use.most_a_day is None
    assert taking.unrecognized is not bool(NAMED[words])


def test_a_class_told_short_is_the_class():
    assert matching().allergy("PCN").classes == {"penicillins"}
    assert taking_of("elsewhere-0", "a blood thinner").classes == ("anticoagulants",)
