"""Medicines as patients call them: brands, short forms, names used elsewhere."""

import pytest

from shop.drug_review.known_names import matching, taking_of
from shop.safety.drug_facts.patient_words import patient_words

NAMED = {
    "Zocor 20 mg at bedtime": {"simvastatin"},
    "Tylenol PM": {"acetaminophen", "diphenhydramine"},
    "HCTZ": {"hydrochlorothiazide"},
    "ASA 81": {"aspirin"},
    "paracetamol": {"acetaminophen"},
    "Lasix (water pill)": {"furosemide"},
    "acetaminophen": {"acetaminophen"},
    "Visine": {"tetrahydrozoline"},
    "Visine-A": {"naphazoline", "pheniramine"},
    "warfrin 5mg": {"warfarin"},
    "coumidin": {"warfarin"},
    "multivitamin": {"multivitamin"},
    "prenatal vitamins": {"multivitamin"},
    "vitamin D3 2000 IU": {"cholecalciferol"},
    "water pill": set(),
    "migraine": set(),
    "metropolol": set(),
    "those white ones": set(),
    "Paxlovid": {"ritonavir"},
    "CoQ10": {"coenzyme q10"},
    "salt substitute": {"potassium chloride"},
    "vit K": {"phytonadione"},
    "seven medicines": set(),  # brands that are everyday words, too
    "the one my doctor preferred": set(),
    "lisinopril, changed today": {"lisinopril"},
    "medical marijuana": set(),
    "Ozempic pen": {"semaglutide"},
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


def test_what_a_medicine_comes_in_is_no_other_medicine():
    assert taking_of("elsewhere-0", "Ozempic pen").classes == ()
    assert matching().allergy("Pen").classes == {"penicillins"}


@pytest.mark.parametrize(("word", "name"), patient_words().items())
def test_a_word_patients_use_names_one_thing_that_is_known(word, name):
    said, meant = matching().medicine(word), matching().medicine(name)
    assert (said.ingredients, said.classes, said.unknown) == (meant.ingredients, meant.classes, ())
    assert said.ingredients or said.classes
