"""Which substances are controlled: by the store's own list, to which flags can only add."""

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.safety import controlled
from shop.safety.controlled import Code, clearance, decided, finding, named, substance_in
from shop.safety.subject import Subject
from shop.substances.names import split


def code(*ingredients: str, **more: str) -> Code | None:
    names = (more.pop("name"),) if "name" in more else ()
    found = finding(Subject(ingredients, names, **more))
    return found.code if found else None


@pytest.mark.parametrize(
    ("ingredient", "schedule"),
    [
        ("METHADONE HYDROCHLORIDE", "II"),
        ("OXYCODONE HYDROCHLORIDE", "II"),
        ("BENZHYDROCODONE HYDROCHLORIDE", "II"),
        ("AMPHETAMINE ASPARTATE MONOHYDRATE", "II"),
        ("LISDEXAMFETAMINE DIMESYLATE", "II"),
        ("OLICERIDINE FUMARATE", "II"),
        ("NABILONE", "II"),
        ("OPIUM TINCTURE", "II"),
        ("ERYTHROXYLUM COCA LEAF", "II"),
        ("ESKETAMINE HYDROCHLORIDE", "III"),
        ("SODIUM OXYBATE", "III"),
        ("TESTOSTERONE UNDECANOATE", "III"),
        ("NANDROLONE PHENPROPIONATE", "III"),
        ("DRONABINOL", "III"),
        ("PERAMPANEL", "III"),
        ("TRAMADOL HYDROCHLORIDE", "IV"),
        ("CARISOPRODOL", "IV"),
        ("BUTORPHANOL TARTRATE", "IV"),
        ("CHLORAL HYDRATE", "IV"),
        ("ELUXADOLINE", "IV"),
        ("LEMBOREXANT", "IV"),
        ("DARIDOREXANT HYDROCHLORIDE", "IV"),
        ("REMIMAZOLAM BESYLATE", "IV"),
        ("SERDEXMETHYLPHENIDATE CHLORIDE", "IV"),
        ("SOLRIAMFETOL HYDROCHLORIDE", "IV"),
        ("ZURANOLONE", "IV"),
        ("FOSPROPOFOL DISODIUM", "IV"),
        ("LORCASERIN HYDROCHLORIDE HEMIHYDRATE", "IV"),
        ("PREGABALIN", "V"),
        ("LACOSAMIDE", "V"),
        ("BRIVARACETAM", "V"),
        ("CENOBAMATE", "V"),
        ("LASMIDITAN HEMISUCCINATE", "V"),
        ("GANAXOLONE", "V"),
        ("CANNABIS SATIVA SUBSP. INDICA TOP", "I"),
        ("γ-hydroxybutyric acid", "III"),
        ("Dextromethadone", "II"),
    ],
)
def test_a_salt_or_isomer_of_a_listed_substance_is_controlled_with_a_paragraph(
    ingredient: str, schedule: str
) -> None:
    entry = substance_in(ingredient)
    assert entry is not None
    assert entry.text("schedule") == schedule
    assert entry.source.startswith("21 CFR 13")


@pytest.mark.parametrize(
    "ingredient",
    [
        *["ASPIRIN", "MENTHOL", "NALOXEGOL OXALATE", "SAMIDORPHAN L-MALATE", "CANNABIDIOL", "FENFLURAMINE"],
        *["DEXTROMETHORPHAN HYDROBROMIDE", "LOPERAMIDE HYDROCHLORIDE", "GABAPENTIN ENACARBIL", "NALDEMEDINE"],
        *[
            "IOFLUPANE I-123",
            "DIFELIKEFALIN",
            "HYDROXYAMPHETAMINE HYDROBROMIDE",
            "PSEUDOEPHEDRINE",
            "POPPY SEED",
        ],
    ],
)
def test_what_left_the_schedules_or_never_stood_there_is_decided_with_a_reason(ingredient: str) -> None:
    entry = clearance(ingredient)
    assert entry is not None
    assert entry.text("reason")
    assert entry.source
    assert code(ingredient) is None
    explained = entry.text("kind") in {"slip", "removed", "state"}
    assert code(ingredient, flag="CIV") is (None if explained else Code.FLAGGED)


def test_levmetamfetamine_is_free_in_the_inhaler_only() -> None:
    assert code("LEVMETAMFETAMINE", form="INHALANT") is None
    assert code("LEVMETAMFETAMINE", form="TABLET") is Code.CONTROLLED
    assert not controlled.in_every_form("Levmetamfetamine")
    assert controlled.in_every_form("Methamphetamine hydrochloride")


@pytest.mark.parametrize(
    "harmless", ["HYDROCORTISONE", "OXYMETAZOLINE", "BACLOFEN", "COCOA", "ESTRADIOL", "NALOXONE"]
)
def test_a_name_that_only_resembles_a_listed_one_is_free(harmless: str) -> None:
    assert code(harmless) is None


@pytest.mark.parametrize(
    "spelled",
    [
        *["Hyrdrocodone bitartrate", "ydrocodone", "Midazolaam", "PHENOBARTBITAL", "Methadne hydrochloride"],
        *["Tramadoll", "Oxycodnoe", "Alprazolan", "LISDEXAMPHETAMINE", "carisopradol", "Pregabaline"],
    ],
)
def test_one_letter_off_a_listed_name_is_refused_until_an_entry_decides(spelled: str) -> None:
    assert code(spelled) is not None
    assert code("ACETAMINOPHEN", spelled) is not None


def test_no_other_ingredient_of_the_directory_is_one_letter_off_a_listed_name(shared_data: Path) -> None:
    """The false alarms are known by name, in `ORDINARY`."""
    with gzip.open(shared_data / "ndc" / "product_2019-04-29.txt.gz", "rt", encoding="latin-1") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = {name.strip() for row in rows for name in (row["SUBSTANCENAME"] or "").split(";")}
    assert {name for name in names if controlled._misspelled_in(name) and not substance_in(name)} == set()


def test_one_controlled_ingredient_is_enough_and_the_others_stay_free() -> None:
    assert code("ACETAMINOPHEN", "OXYCODONE HYDROCHLORIDE") is Code.CONTROLLED
    assert code("ACETAMINOPHEN") is None


def test_an_excepted_preparation_is_answered_by_its_own_entry() -> None:
    whole = finding(Subject(("BUTALBITAL", "ACETAMINOPHEN", "CAFFEINE")))
    more = finding(Subject(("BUTALBITAL", "ACETAMINOPHEN", "CAFFEINE", "CODEINE PHOSPHATE")))
    assert whole is not None
    assert more is not None
    assert "1308.32" in whole.source
    assert "1308.32" not in more.source


def test_every_excepted_preparation_is_refused_with_a_reason_of_its_own() -> None:
    for entry in controlled.datasets()[4].entries:
        found = finding(Subject(entry.texts("ingredients")))
        assert found is not None, entry.name
        assert (found.code, found.sentence, found.source) == (
            Code.CONTROLLED,
            entry.text("reason"),
            entry.source,
        )


def test_a_flag_adds_what_no_entry_decides_and_never_takes_away() -> None:
    assert code("NEWDRUG", flag="CIV") is Code.FLAGGED
    assert code("NEWDRUG") is None
    assert code("ASPIRIN", "NEWDRUG", flag="CIV") is Code.FLAGGED
    assert code(name="Unnamed kit", flag="CII") is Code.FLAGGED
    assert code("PREGABALIN") is Code.CONTROLLED


@pytest.mark.parametrize(
    ("ingredient", "classes", "found"),
    [
        ("NEWOPIOID", "Full Opioid Agonists [MoA],Opioid Agonist [EPC]", Code.UNDECIDED),
        ("LOPERAMIDE", "Opioid Agonist [EPC],Opioid Agonists [MoA]", None),
        ("NOVAZOLAM", "", Code.UNDECIDED),
        ("OCTOREXANT", "", Code.UNDECIDED),
        ("FLUMAZENIL", "Benzodiazepine Antagonist [EPC]", None),
        ("CAFFEINE", "Central Nervous System Stimulant [EPC]", None),
    ],
)
def test_an_unknown_substance_of_a_controlled_kind_waits_for_an_entry(
    ingredient: str, classes: str, found: Code | None
) -> None:
    assert code(ingredient, classes=classes) is found


def test_a_cleared_antagonist_does_not_clear_the_opioid_beside_it() -> None:
    assert code("NEWOPIOID", "NALOXONE", classes="Opioid Agonist [EPC]") is Code.UNDECIDED


@pytest.mark.parametrize(
    ("typed", "substance"),
    [
        ("Percocet 5/325", "oxycodone"),
        ("xanax", "alprazolam"),
        ("Tramadol HCl 50 mg", "tramadol"),
        ("MS Contin", "morphine"),
        ("pethidine", "pethidine"),
        ("naloxone", None),
        ("baclofen", None),
        ("", None),
    ],
)
def test_the_desk_knows_names_and_brands(typed: str, substance: str | None) -> None:
    found = named(typed)
    assert (found.name if found else None) == substance


def test_a_short_brand_has_to_be_the_whole_trade_name() -> None:
    assert code("CLOVE", name="SOMA Circum") is None
    assert code(name="Soma") is Code.CONTROLLED


def test_no_name_stands_for_two_substances() -> None:
    seen: dict[str, str] = {}
    for entry in controlled.listed():
        for name in {entry.name, *entry.texts("also"), *entry.texts("brands")}:
            assert seen.setdefault(name.casefold(), entry.name) == entry.name


def test_no_listed_name_is_cleared() -> None:
    assert [entry.name for entry in controlled.listed() if substance_in(entry.name) is None] == []


@given(
    st.sampled_from([entry.name for entry in controlled.listed()]),
    st.sampled_from(["hydrochloride", "sodium", ""]),
)
def test_every_listed_substance_is_found_in_capitals_and_with_a_salt(name: str, salt: str) -> None:
    assert substance_in(f"{name.upper()} {salt.upper()}") is not None


def read_list(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines(), delimiter="\t"))


@pytest.mark.shared_data
def test_every_substance_seen_in_the_regulation_is_listed(shared_data: Path) -> None:
    seen = [row["substance"] for row in read_list(shared_data / "lists" / "csa_cfr_1308_seen.tsv")]
    assert len(seen) == 50
    kinds = {"anabolic steroids"}  # a definition; its members stand in the list
    assert [name for name in seen if name not in kinds and substance_in(name) is None] == []


@pytest.mark.shared_data
def test_labels_and_the_list_agree_on_what_is_controlled(shared_data: Path) -> None:
    rows = read_list(shared_data / "derived_from_labels" / "controlled_schedule_statements.tsv")
    said = {row["substances"]: row["schedule_in_label"] != "not" for row in rows}
    found = {names: any(substance_in(name) for name in names.split(";")) for names in said}
    assert found == said


DIRECTORY = "product_2019-04-29.txt.gz"


@pytest.mark.slow
@pytest.mark.shared_data
def test_with_every_flag_emptied_nothing_flagged_comes_in_but_reviewed_slips(shared_data: Path) -> None:
    missed, harmless = set(), set()
    with gzip.open(shared_data / "ndc" / DIRECTORY, "rt", encoding="utf-8", errors="replace") as text:
        for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
            names = tuple(split(row["SUBSTANCENAME"] or ""))
            said = (row["NONPROPRIETARYNAME"] or "", row["PROPRIETARYNAME"] or "")
            form, classes = row["DOSAGEFORMNAME"] or "", row["PHARM_CLASSES"] or ""
            found = finding(Subject(names, said, form, classes))
            if row["DEASCHEDULE"] and not found:
                kinds = {entry.text("kind") if (entry := clearance(name, form)) else None for name in names}
                missed |= set() if kinds == {"slip"} else {names}
            elif found and not row["DEASCHEDULE"] and not any(substance_in(name, form) for name in names):
                harmless.add((found.what, said))
    assert missed == set()
    assert {what for what, _said in harmless} == {"lacosamide", "tramadol", "opium", "testosterone"}, (
        "kits, by name"
    )


@pytest.mark.shared_data
def test_six_rows_with_a_blank_flag_are_refused_by_substance(shared_data: Path) -> None:
    rows = read_list(shared_data.parent / "cases" / "ndc" / "own-stock-product.txt")
    assert len(rows) == 6
    for row in rows:
        assert not row["DEASCHEDULE"]
        assert code(row["SUBSTANCENAME"]) is Code.CONTROLLED


def test_every_entry_is_dated() -> None:
    for data in controlled.datasets():
        assert all(date(2026, 1, 1) <= entry.reviewed for entry in data.entries)
    assert decided("ASPIRIN")
