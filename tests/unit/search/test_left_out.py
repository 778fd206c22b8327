"""What a query does not want."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.search.left_out import left_out


@pytest.mark.parametrize(
    ("query", "rest", "name"),
    [
        ("pain reliever without aspirin", "pain reliever", "aspirin"),
        ("Pain reliever WITHOUT any Aspirin!", "pain reliever", "aspirin"),
        ("pain reliever without asprin", "pain reliever", "aspirin"),
        ("aspirin-free pain reliever", "pain reliever", "aspirin"),
        ("non-aspirin pain reliever", "pain reliever", "aspirin"),
        ("dolor de cabeza sin aspirina", "dolor de cabeza", "aspirin"),
        ("no puedo tomar ibuprofeno ni aspirina dolor", "dolor", "aspirin"),
        ("lisinopril 2.5 mg not hctz", "lisinopril 2.5 mg", "hydrochlorothiazide"),
        ("acetaminophen no caffeine 500 mg", "acetaminophen 500 mg", "caffeine"),
        ("allergy medicine instead of benadryl", "allergy medicine", "diphenhydramine"),
        ("pain relief not tylenol or advil", "pain relief", "acetaminophen"),
        ("ibuprofen not advil", "ibuprofen", "advil"),
        ("antibiotic allergic to penicillin", "antibiotic", "amoxicillin"),
        ("non drowsy allergy pills", "allergy pills", "diphenhydramine"),
        ("pain reliever not an NSAID", "pain reliever", "naproxen"),
        ("allergic to penicillin", "", "amoxicillin"),
        ("I can't take ibuprofen", "", "ibuprofen"),
    ],
)
def test_what_is_not_wanted_is_no_part_of_what_is_looked_for(query, rest, name):
    found = left_out(query)
    assert found
    assert found.rest == rest
    assert name in found.names


def test_the_generic_of_a_brand_that_is_not_wanted_may_be():
    found = left_out("ibuprofen not advil")
    assert found
    assert found.names == ("advil",)


@pytest.mark.parametrize(
    "query",
    [
        "amoxicillin without prescription",
        "sin receta",
        "metformin not working",
        "sugar free metformin",
        "can you take ibuprofen with food",
        "no appetite",
        "not sleeping",
        "without sugar",
        "aspirin free shipping",
        "aspirin or ibuprofen",
        "nystatin",
        "",
    ],
)
def test_other_words_are_left_as_they_are(query):
    assert left_out(query) is None


@given(st.text(max_size=60) | st.lists(st.sampled_from(["no", "aspirin", "free", "or", "2.5"])).map(" ".join))
def test_whatever_is_typed_is_read(text):
    found = left_out(text)
    assert found is None or found.names
