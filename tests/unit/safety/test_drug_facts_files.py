"""Facts files are read whole or refused with the name of what is wrong."""

import re
from datetime import date
from decimal import Decimal

import pytest

from shop.safety.dataset import SafetyDataRefused
from shop.safety.drug_facts.coverage import lines
from shop.safety.drug_facts.facts import Kind, Weight
from shop.safety.drug_facts.reading import book, read_book

CLASSES = """
version = "1"
reviewed = 2026-11-29
inherit = ["reviewed", "source"]
source = "a test"
entries = [
  { name = "strong CYP3A4 inhibitors", members = ["clarithromycin"] },
  { name = "statins", also = ["HMG inhibitors"], duplication = "needs", members = ["specistatin"] },
]
"""
CONDITIONS = """
version = "1"
reviewed = 2026-11-29
inherit = ["reviewed", "source"]
source = "a test"
entries = [{ code = "liver_disease", also = ["cirrhosis"] }]
"""
HEAD = """
ingredient = "specistatin"
version = "1"
reviewed = 2026-11-29
classes = ["statins"]
[sources.label]
set_id = "00000000-0000-4000-8000-000000000000"
date = 2026-07-08
"""
SAID = """
weight = "stops"
say = "Too much."
do = "Ask."
section = "34068-7"
quote = "the sentence"
source = "label"
"""
DOSE = '[[facts]]\nkind = "max_daily"\namount = "80"\nunit = "mg"' + SAID
PAIR = '[[facts]]\nkind = "interaction"\nothers = ["STRONG cyp3a4 inhibitors", "warfarin"]' + SAID
ILL = '[[facts]]\nkind = "condition"\nothers = ["liver_disease"]' + SAID


def folder(tmp_path, text, *, classes=CLASSES, conditions=(CONDITIONS,), name="specistatin.toml"):
    (tmp_path / "drug_facts").mkdir()
    (tmp_path / "drug_facts" / name).write_text(text, "utf-8")
    (tmp_path / "drug_classes.toml").write_text(classes, "utf-8")
    for number, one in enumerate(conditions):
        (tmp_path / f"conditions_{number}.toml").write_text(one, "utf-8")
    return tmp_path


def test_a_file_is_read_with_keys_that_count_by_kind(tmp_path):
    read = read_book(folder(tmp_path, HEAD + DOSE + DOSE.replace('"80"', "0.5") + PAIR + ILL))
    facts = read.facts["specistatin"].facts
    assert [fact.key.partition(":")[2] for fact in facts] == [
        *("max_daily:1", "max_daily:2", "interaction:1", "condition:1")
    ]
    assert (facts[0].amount, facts[1].amount) == (Decimal(80), Decimal("0.5"))
    assert facts[0].label.effective == date(2026, 7, 8)
    assert facts[2].others == ("strong CYP3A4 inhibitors", "warfarin")
    assert facts[2].weight is Weight.STOPS
    assert read.facts["specistatin"].of(Kind.CONDITION)[0].others == ("liver_disease",)
    assert read.classes_of("Specistatin calcium") == {"statins"}
    assert read.strangers == {"warfarin"}


def test_an_interaction_may_hold_only_above_an_amount(tmp_path):
    read = read_book(folder(tmp_path, HEAD + PAIR + PAIR + 'amount = "20"\nunit = "mg"'))
    assert [fact.amount for fact in read.facts["specistatin"].facts] == [None, Decimal(20)]


def test_a_label_without_set_id_is_named_by_its_document(tmp_path):
    head = HEAD.replace(
        'set_id = "00000000-0000-4000-8000-000000000000"', 'document = "An excerpt"\nfile = "a.md"'
    )
    [fact] = read_book(folder(tmp_path, head + DOSE)).facts["specistatin"].facts
    assert (fact.label.set_id, fact.label.document, fact.label.file) == ("", "An excerpt", "a.md")


def test_conditions_of_several_files_are_joined(tmp_path):
    more = CONDITIONS.replace('"cirrhosis"', '"bad liver"')
    read = read_book(folder(tmp_path, HEAD + ILL, conditions=(CONDITIONS, more)))
    assert read.conditions["liver_disease"].also == ("cirrhosis", "bad liver")


REFUSED = {
    "an unknown key of the file": ("colour = 1\n" + HEAD + DOSE, "colour"),
    "an unknown key of a fact": (HEAD + DOSE + "colour = 1", "colour"),
    "a key of another kind": (HEAD + DOSE + "most_days_a_week = 1", "most_days_a_week"),
    "no quote": (HEAD + DOSE.replace('quote = "the sentence"', ""), "quote"),
    "an empty quote": (HEAD + DOSE.replace('"the sentence"', '"  "'), "quote"),
    "no section": (HEAD + DOSE.replace('"34068-7"', '"dosage"'), "dosage"),
    "no sentence of ours": (HEAD + DOSE.replace('say = "Too much."', ""), "say"),
    "an unknown source": (HEAD + DOSE.replace('source = "label"', 'source = "hearsay"'), "source"),
    "an unknown kind": (HEAD + DOSE.replace("max_daily", "max_hourly"), "kind"),
    "an unknown weight": (HEAD + DOSE.replace('"stops"', '"forbids"'), "weight"),
    "an unknown unit": (HEAD + DOSE.replace('"mg"', '"spoon"'), "unit"),
    "no unit": (HEAD + DOSE.replace('unit = "mg"', ""), "unit"),
    "an interaction's amount without its unit": (HEAD + PAIR + 'amount = "20"', "unit"),
    "no amount": (HEAD + DOSE.replace('amount = "80"', ""), "amount"),
    "an amount in words": (HEAD + DOSE.replace('"80"', '"eighty"'), "amount"),
    "an amount of nothing": (HEAD + DOSE.replace('"80"', '"0"'), "amount"),
    "an amount without end": (HEAD + DOSE.replace('"80"', "inf"), "amount"),
    "a truth for an amount": (HEAD + DOSE.replace('"80"', "true"), "amount"),
    "an unknown class of its own": (HEAD.replace('["statins"]', '["stains"]') + DOSE, "stains"),
    "an unknown class in an interaction": (HEAD + PAIR.replace("warfarin", "weak inhibitors"), "weak"),
    "a class with wrong capitals and letters": (HEAD + PAIR.replace("warfarin", "Strong CYP"), "Strong CYP"),
    "itself": (HEAD + PAIR.replace("warfarin", "specistatin"), "itself"),
    "an unknown condition": (HEAD + ILL.replace("liver_disease", "liver"), "liver"),
    "a condition nobody names": (HEAD + ILL.replace('["liver_disease"]', "[]"), "others"),
    "an age without a number": (HEAD + '[[facts]]\nkind = "min_age"' + SAID, "age_from"),
    "an age of nobody": (HEAD + '[[facts]]\nkind = "min_age"\nage_from = 400' + SAID, "400"),
    "ages that exclude each other": (HEAD + DOSE + "age_from = 12\nage_under = 2", "under"),
    "eight days a week": (HEAD + '[[facts]]\nkind = "frequency"\nmost_days_a_week = 8' + SAID, "1 to 7"),
    "a frequency without a figure": (HEAD + '[[facts]]\nkind = "frequency"' + SAID, "neither"),
    "kidneys nobody can have": (HEAD + DOSE + 'kidneys = ["tired"]', "kidneys"),
    "an unknown release": (HEAD + DOSE + 'release = "slow"', "release"),
    "a text for a truth": (HEAD + DOSE + 'prescription = "yes"', "prescription"),
    "no set id": (HEAD.replace("00000000-0000", "0000") + DOSE, "set id"),
    "a document without the file to read": (HEAD.replace('set_id = "0', 'document = "0') + DOSE, "file"),
    "no facts": (HEAD, "no facts"),
    "no TOML": (HEAD + "[[", "TOML"),
    "another ingredient than the file's name": (HEAD.replace("specistatin", "samplestatin") + DOSE, "name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_relied_on_is_refused_by_name(tmp_path, name):
    text, named = REFUSED[name]
    with pytest.raises(SafetyDataRefused) as refused:
        read_book(folder(tmp_path, text))
    assert "specistatin.toml" in str(refused.value)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('members = ["clarithromycin"]', "members = []"),
        ('members = ["clarithromycin"]', 'members = ["Clarithromycin"]'),
        ('members = ["clarithromycin"]', 'members = ["clarithromycin", "clarithromycin"]'),
        ('also = ["HMG inhibitors"]', 'also = ["Strong CYP3A4 inhibitors"]'),
        ('duplication = "needs"', 'duplication = "sometimes"'),
    ],
)
def test_a_class_that_cannot_be_relied_on_is_refused(tmp_path, old, new):
    assert old in CLASSES
    with pytest.raises(SafetyDataRefused, match="drug_classes"):
        read_book(folder(tmp_path, HEAD + DOSE, classes=CLASSES.replace(old, new)))


def test_the_table_counts_facts_by_kind_and_names_what_nobody_knows(tmp_path):
    table = list(lines(read_book(folder(tmp_path, HEAD + DOSE + DOSE + PAIR))))
    assert re.findall(r"\d+", table[0])[:3] == ["3", "1", "3"], "facts, ingredients, stops"
    row = next(line.split() for line in table if line.startswith("specistatin"))
    assert (row[1], row[2], row[10]) == ("2", "-", "1")
    assert table[-1].strip() == "warfarin"


def test_no_file_at_all_is_refused(tmp_path):
    with pytest.raises(SafetyDataRefused):
        read_book(tmp_path)


def test_the_stores_own_files_can_all_be_relied_on():
    read = book()
    assert "statins" in read.of("Simvastatin").classes
    labels = [fact.label for one in read.facts.values() for fact in one.facts]
    assert all(label.quote and (label.set_id or (label.document and label.file)) for label in labels)
    assert read.of("nobody knows") is None
