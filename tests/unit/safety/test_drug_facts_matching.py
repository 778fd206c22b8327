"""A patient's own words: what they name, and what nobody recognized."""

import pytest

from shop.safety.drug_facts.book import Book, Condition, DrugClass
from shop.safety.drug_facts.facts import Fact, IngredientFacts, Kind, LabelSentence, Weight
from shop.safety.drug_facts.matching import Matching

LABEL = LabelSentence("00000000-0000-4000-8000-000000000000", None, "34070-3", "…")
EGG = Fact(
    "x:allergy:1", "samplevax", Kind.ALLERGY, Weight.STOPS, "…", "", LABEL, others=("egg", "penicillins")
)
BOOK = Book(
    facts={"samplevax": IngredientFacts("samplevax", "1", None, (), (EGG,))},
    classes={
        "penicillins": DrugClass("penicillins", frozenset({"amoxicillin", "penicillin v"}), ("penicillin",)),
        "sulfonamide antibiotics": DrugClass(
            "sulfonamide antibiotics", frozenset({"sulfamethoxazole"}), ("sulfa", "sulfa drugs")
        ),
        "anticoagulants": DrugClass("anticoagulants", frozenset({"warfarin"}), ("blood thinners",)),
        "herbs": DrugClass("herbs", frozenset({"st. john's wort"})),
    },
    conditions={
        "hypertension": Condition("hypertension", ("high blood pressure",)),
        "kidney_disease": Condition("kidney_disease", ("bad kidneys", "Crohn's")),
        "diabetes": Condition("diabetes", ("sugar",)),
    },
)
READ = Matching(BOOK, {"bactrim": ("sulfamethoxazole", "trimethoprim"), "daily": ("iron",)})

ALLERGIES = {
    "penicillin": ({"penicillins"}, ()),
    "PENICILLIN (hives as a child)": ({"penicillins"}, ()),
    "allergic to Penicillins!": ({"penicillins"}, ()),
    "amoxicillin": ({"amoxicillin"}, ()),
    "sulfa": ({"sulfonamide antibiotics"}, ()),
    "Sulfa drugs, severe rash": ({"sulfonamide antibiotics"}, ()),
    "eggs": ({"egg"}, ()),
    "Bactrim": ({"sulfamethoxazole", "trimethoprim"}, ()),
    "penicillin v potassium": ({"penicillin v"}, ()),
    "penicillin and pine nuts": ({"penicillins"}, ("pine nuts",)),
    "St John’s Wort": ({"st. john's wort"}, ()),
    "St. John's Wort": ({"st. john's wort"}, ()),
    "amox icillin": (set(), ("amox icillin",)),
    "no known drug allergies": (set(), ()),
    "NKDA": (set(), ()),
    "n/a": (set(), ()),
    "N/A.": (set(), ()),
    "none known": (set(), ()),
    "n/a except blubberol": (set(), ("n", "a except blubberol")),
    "": (set(), ()),
    "rash": (set(), ("rash",)),
    "   ()": (set(), ()),
    "alergia a la penicilina": (set(), ("alergia a la penicilina",)),
    "that white powder": (set(), ("that white powder",)),
    "<script>alert(1)</script>": (set(), ("<script>alert", "script>")),
    "пенициллин": (set(), ("пенициллин",)),
    "青霉素, eggs": ({"egg"}, ("青霉素",)),
    "none 青霉素": (set(), ("none 青霉素",)),
    "penicillin 青霉素": ({"penicillins"}, ("penicillin 青霉素",)),
    "no penicillin, no eggs": ({"penicillins", "egg"}, ()),  # read as an allergy: asking is safer
}
MEDICINES = {
    "warfarin sodium 5 mg daily": ({"warfarin"}, ()),
    "warfarin blubberol 5 mg": ({"warfarin"}, ("blubberol",)),  # it may be another medicine
    "low dose warfarin ER for high blood pressure": ({"warfarin"}, ()),
    "blood thinner": ({"anticoagulants"}, ()),
    "high blood pressure pills": (set(), ("high blood pressure pills",)),
    "2 pills every morning": (set(), ("2 pills every morning",)),
    "none": (set(), ()),
    "Bactrim DS + warfarin": ({"sulfamethoxazole", "trimethoprim", "warfarin"}, ()),
    "egg": (set(), ("egg",)),
    "варфарин 5 mg": (set(), ("варфарин 5 mg",)),
    "warfarin 100 µg": ({"warfarin"}, ()),
    "warfarin 1,000 IU, once a day": ({"warfarin"}, ()),  # the comma of a number parts nothing
    "warfarin 12,345,678 IU": ({"warfarin"}, ()),
    "warfarin 2,5 mg": ({"warfarin"}, ()),
    "warfarin 5,blubberol": ({"warfarin"}, ("blubberol",)),
    "—": (set(), ()),
}
CONDITIONS = {
    "High Blood-Pressure": ({"hypertension"}, ()),
    "hypertension, bad kidney": ({"hypertension", "kidney_disease"}, ()),
    "Crohn’s": ({"kidney_disease"}, ()),
    "kidney disease": ({"kidney_disease"}, ()),
    "chronic sadness": (set(), ("chronic sadness",)),
    "sugar": ({"diabetes"}, ()),
    "sugar since 2015": ({"diabetes"}, ()),
    "low sugar": ({"diabetes"}, ("low sugar",)),
    "warfarin": (set(), ("warfarin",)),
}


def named(meant):
    return set(meant.ingredients | meant.classes | meant.allergens | meant.conditions), meant.unknown


@pytest.mark.parametrize("words", ALLERGIES)
def test_allergies(words):
    assert named(READ.allergy(words)) == ALLERGIES[words]


@pytest.mark.parametrize("words", MEDICINES)
def test_medicines(words):
    assert named(READ.medicine(words)) == MEDICINES[words]


@pytest.mark.parametrize("words", CONDITIONS)
def test_conditions(words):
    assert named(READ.condition(words)) == CONDITIONS[words]


def test_an_entry_without_end_is_told_apart():
    meant = READ.allergy("penicillin " + "x " * 5000)
    assert meant.classes == {"penicillins"}
    assert meant.unknown


COMMON = Matching(BOOK, {}, {"cats": "animal dander", "tape": "adhesive tape", "egg": "egg"})


@pytest.mark.parametrize(
    ("words", "allergens", "ingredients", "unknown"),
    [
        ("cats", {"animal dander"}, set(), ()),
        ("severe cat allergy, tape", {"animal dander", "adhesive tape"}, set(), ()),
        ("tape blubberol", {"adhesive tape"}, set(), ("tape blubberol",)),
        ("cats and amoxicillin", {"animal dander"}, {"amoxicillin"}, ()),
        ("cats and blubberol", {"animal dander"}, set(), ("blubberol",)),
        ("amoxicillin cats", {"animal dander"}, {"amoxicillin"}, ()),
    ],
)
def test_what_is_in_no_medicine_is_known_and_hides_no_other_word(words, allergens, ingredients, unknown):
    meant = COMMON.allergy(words)
    assert (meant.allergens, meant.ingredients, meant.unknown) == (allergens, ingredients, unknown)
