"""Words customers use: names from elsewhere, plain words for kinds, names of what is not sold."""

import csv
import gzip
import re
import tomllib
from pathlib import Path

import pytest

import shop.demo
from shop.catalogue import uses
from shop.imports.ndc.naming import class_names
from shop.safety.controlled import decided, substance_in
from shop.search.kinds import is_emergency, kind_in, kind_near, kind_within, kinds
from shop.search.synonyms import (
    controlled_begun,
    controlled_in,
    controlled_names,
    elsewhere_in,
    names,
    names_begun,
    other_name,
)
from shop.substances.names import split
from shop.substances.query_text import query_words

DEMO = Path(shop.demo.__file__).parent / "catalogue.toml"


def test_there_are_at_least_forty_names_each_with_another_and_a_source() -> None:
    abroad = [one for one in names() if one.in_united_states]
    assert len({one.said for one in abroad}) == len(abroad) >= 40
    for one in abroad:
        assert one.said != one.other
        assert re.fullmatch(r"[a-zäáéíóGV -]+", (one.said + one.other).replace("Acetylsalicylsäure", ""))
        assert len(one.source) > 20


def test_no_name_to_exchange_is_that_of_a_controlled_substance() -> None:
    for one in names():
        assert controlled_in(one.said) is None
        assert controlled_in(one.other) is None


def test_both_names_of_a_substance_lead_to_each_other() -> None:
    there, back = other_name("Paracetamol"), other_name("acetaminophen")
    assert there is not None
    assert back is not None
    assert (there.said, there.other, there.in_united_states) == ("paracetamol", "acetaminophen", True)
    assert (back.said, back.other, back.in_united_states) == ("acetaminophen", "paracetamol", False)


@pytest.mark.parametrize(
    ("typed", "asked_instead"),
    [
        ("salbutamol", "albuterol"),
        ("FRUSEMIDE 40 mg", "furosemide 40 mg"),
        ("tablets of paracetamol 2.5 mg", "tablets of acetaminophen 2.5 mg"),
        ("Co-Trimoxazole", "sulfamethoxazole and trimethoprim"),
        ("glyceryl trinitrate spray", "nitroglycerin spray"),
        ("acetylsalicylic acid", "aspirin"),
    ],
)
def test_only_the_name_is_exchanged_and_the_rest_stays_as_typed(typed: str, asked_instead: str) -> None:
    found = other_name(typed)
    assert found is not None
    assert found.query == asked_instead


@pytest.mark.parametrize("typed", ["", "baclofen", "paracetamolx", "(:*^", "acid", "nicotinic"])
def test_a_name_without_another_has_none(typed: str) -> None:
    assert other_name(typed) is None


def test_a_name_is_guessed_from_four_letters_of_its_beginning() -> None:
    assert [one.other for one in names_begun("parac")] == ["acetaminophen"]
    assert names_begun("par") == []
    assert names_begun("acetamol") == []


@pytest.mark.parametrize(
    ("typed", "use", "classes"),
    [
        ("water pill", "water-pills", "thiazide-diuretics"),
        ("Water Pills", "water-pills", "thiazide-diuretics"),
        ("blood thinners", "blood-clots", "anticoagulants"),
        ("heart burn", "heartburn", "proton-pump-inhibitors"),
        ("heartburn medicine", "heartburn", "proton-pump-inhibitors"),
        ("something for allergies", "allergies", "antihistamines"),
        ("Diarrhoea", "diarrhea", "antidiarrheals"),
        ("pastillas para la presión", "high-blood-pressure", ""),
        ("UTI", "urinary-infections", ""),
        ("SSRIs", "serotonin-reuptake-inhibitors-ssris", ""),
        ("PPI", "proton-pump-inhibitors", ""),
    ],
)
def test_plain_words_mean_a_use_and_a_kind_of_medicine_in_either_number(
    typed: str, use: str, classes: str
) -> None:
    found = kind_in(typed)
    assert found is not None
    assert use in found.lists
    assert not classes or classes in found.lists[1:]


@pytest.mark.parametrize(
    ("typed", "meant"), [("migrane", "migraine"), ("hemroids", "h"), ("anxeity", "anxiety")]
)
def test_a_kind_is_known_by_a_near_spelling(typed: str, meant: str) -> None:
    near = kind_near(typed)
    assert near is not None
    assert near[0].startswith(meant[:5])
    assert kind_near("zzzzzz") is None
    assert kind_near("aaaaaaaaaaaa") is None


@pytest.mark.parametrize("typed", ["", "water", "pill", "medicine", "aspirin for heartburn", "thinner"])
def test_a_query_that_says_more_or_less_than_a_kind_means_none(typed: str) -> None:
    assert kind_in(typed) is None


def test_every_kind_leads_to_lists_that_an_import_or_the_demonstration_makes_and_has_a_source() -> None:
    made = {slug(name) for several in class_names().values() for name in several}
    made |= {one["slug"] for one in tomllib.loads(DEMO.read_text("utf-8"))["categories"]}
    made |= set(uses.uses())
    made |= {"osmotic-diuretics", "melatonin-receptor-agonists", "urate-transporter-1-inhibitors"}
    for kind in kinds():
        assert kind.lists
        assert {*kind.lists, *kind.wider} <= made
        assert len(kind.source) > 20
        assert "{}" not in kind.source


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("oxycodone", "oxycodone"),
        ("Oxycodone hydrochloride 5 mg tablets", "oxycodone"),
        ("acetaminophen and codeine", "codeine"),
        ("pethidine", "pethidine"),
        ("Xanax", "xanax"),
        ("eluxadoline", "eluxadoline"),
        ("hydrocortisone", None),
        ("naloxone", None),
        ("pseudoephedrine", None),
        ("", None),
    ],
)
def test_a_controlled_substance_is_known_by_its_names(typed: str, named: str | None) -> None:
    assert controlled_in(typed) == named


def test_a_controlled_name_is_guessed_from_four_letters() -> None:
    assert controlled_begun("hydroco") == "hydrocodone"
    assert controlled_begun("hyd") is None
    assert controlled_begun("hydrocor") is None


def test_controlled_names_are_plain_words() -> None:
    assert all(re.fullmatch(r"[a-z]+", name) for name in controlled_names())


@pytest.mark.slow
@pytest.mark.shared_data
def test_whatever_the_directory_flags_is_decided_and_the_controlled_of_it_known_by_name(
    shared_data: Path,
) -> None:
    flagged = set()
    file = shared_data / "ndc" / "product_2019-04-29.txt.gz"
    with gzip.open(file, "rt", encoding="utf-8", errors="replace") as text:
        for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
            names = split(row["SUBSTANCENAME"] or "")
            if row["DEASCHEDULE"] and len(names) == 1:
                flagged.add(names[0])
    assert {name for name in flagged if not decided(name)} == set()
    controlled = {name for name in flagged if substance_in(name)}
    assert len(controlled) > 70
    assert {name for name in controlled if controlled_in(name) is None} == set()


@pytest.mark.parametrize(
    ("typed", "use"),
    [
        ("my knees hurt", "muscle-aches"),
        ("me duele la rodilla", "muscle-aches"),
        ("what can I take for heartburn", "heartburn"),
        ("I need something for a cough", "cough"),
        ("tooth ache", "mouth-pain"),
        ("eyedrops", "eye-problems"),
        ("sugar diabetes", "diabetes"),
        ("nerve pills", "anxiety"),
        ("infección en la garganta", "sore-throat"),
        ("water pills", "water-pills"),
    ],
)
def test_a_kind_is_known_in_a_sentence_by_what_hurts_and_written_as_one(typed: str, use: str) -> None:
    found = kind_in(typed)
    assert found is not None
    assert use in found.lists


def test_a_kind_within_a_longer_query_is_the_longest_and_no_name_is_one() -> None:
    found = kind_within("doctor said high blood pressure yesterday")
    assert found is not None
    assert "high-blood-pressure" in found.lists
    assert kind_within("ed") is None
    assert kind_in("niacin") is None
    assert kind_in("tamiflu") is None


@pytest.mark.parametrize(
    "typed", ["chest pain", "bad pain in my chest", "I overdosed", "me duele el pecho", "can't breathe"]
)
def test_an_emergency_is_known_and_is_no_kind_within_a_sentence(typed: str) -> None:
    assert is_emergency(typed)
    assert kind_within(f"{typed} since yesterday") is None


@pytest.mark.parametrize("typed", ["back pain", "poison ivy", "asthma", "heart pill", "", "sugar pill"])
def test_what_is_no_emergency_is_none(typed: str) -> None:
    assert not is_emergency(typed)


@pytest.mark.parametrize("typed", ["sugar pill", "teething", "sugar pills"])
def test_words_that_mean_something_else_or_would_harm_lead_to_no_list(typed: str) -> None:
    assert kind_in(typed) is None


@pytest.mark.parametrize(
    ("typed", "use"),
    [
        ("chlamydia", "bacterial-infections"),
        ("clamidia", "bacterial-infections"),
        ("píldora del día después", "emergency-contraception"),
        ("vaginal itching", "yeast-infection"),
        ("comezón vaginal", "yeast-infection"),
        ("water weight", "swelling"),
        ("baby colic", "gas"),
        ("me arde al orinar", "urinary-infections"),
        ("medicina para el corazón", "heart-failure"),
        ("piedras en el riñón", "kidney-stones"),
    ],
)
def test_words_that_led_to_another_medicine_have_their_own_list(typed: str, use: str) -> None:
    found = kind_in(typed)
    assert found
    assert use in found.lists


@pytest.mark.parametrize("typed", ["snoring", "várices", "varicose veins", "Nosebleed", "sugar free"])
def test_words_that_mean_no_medicine_are_not_taken_for_another(typed: str) -> None:
    assert kind_near(typed) is None


@pytest.mark.parametrize(
    "typed",
    ["metamizol 500 mg", "Dipyrone", "gliclazida", "lisinato de clonixino", "Dosulepin 75", "tenoxicam"],
)
def test_a_medicine_of_elsewhere_only_is_known(typed: str) -> None:
    assert elsewhere_in(query_words(typed))
    assert elsewhere_in(["aspirin"]) is None
