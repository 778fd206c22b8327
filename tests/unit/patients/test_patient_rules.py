"""Who a patient is: spellings of a name, ages, and which birth dates can be."""

import unicodedata
from datetime import date, timedelta

import pytest

from shop.names import plain_name, same_name
from shop.patients import rules
from shop.patients.rules import Relation, WrongBirthDate, plain_person

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "spelling",
    [
        "Ada Spécimen",
        unicodedata.normalize("NFD", "Ada Spécimen"),
        "SPECIMEN, ADA",
        "  ada   specimen ",
        "Ｓｐｅｃｉｍｅｎ Ada",
    ],
)
def test_a_spelling_makes_no_other_name(spelling):
    assert plain_name(spelling) == "ada specimen"


@pytest.mark.parametrize("other", ["Bo Specimen", "Ada", "Ada B Specimen", "Ada Specimens", "A. Specimen"])
def test_other_names_are_other_people(other):
    assert not same_name(other, "Ada Specimen")


def test_names_without_letters_are_not_all_one():
    assert plain_name("?") != plain_name("!")
    assert plain_name("Ann O’Example") == plain_name("ann oexample")


def test_one_name_with_another_birth_date_is_another_person():
    born = date(1990, 2, 28)
    assert (
        len({plain_person("Ada", born), plain_person("Ada", date(1990, 3, 1)), plain_person("Ada", None)})
        == 3
    )


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2020, 11, 29), TODAY, 6),
        (date(2020, 11, 30), TODAY, 5),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 1),
        (TODAY, TODAY, 0),
    ],
)
def test_an_age_counts_full_years(born, day, age):
    assert rules.age_on(born, day) == age


@pytest.mark.parametrize(
    ("born", "relation", "why"),
    [
        (None, Relation.SELF, WrongBirthDate.MISSING),
        (TODAY + timedelta(days=1), Relation.CHILD, WrongBirthDate.FUTURE),
        (TODAY, Relation.CHILD, None),
        (date(1901, 1, 1), Relation.ADULT, None),
        (date(1900, 12, 31), Relation.ADULT, WrongBirthDate.TOO_LONG_AGO),
        (date(2008, 11, 29), Relation.CHILD, WrongBirthDate.NOT_A_CHILD),
        (date(2008, 11, 30), Relation.CHILD, None),
        (date(2008, 11, 29), None, None),
        (date(2010, 1, 1), Relation.SELF, None),
    ],
)
def test_which_birth_dates_can_be(born, relation, why):
    assert rules.birth_refusal(born, relation, TODAY) == why


@pytest.mark.parametrize(
    ("name", "born", "relation"),
    [
        ("specimen, ada", None, Relation.SELF),
        ("Bo Specimen", date(2015, 1, 1), Relation.CHILD),
        ("Bo Specimen", date(1950, 1, 1), None),
        ("Bo Specimen", None, None),
    ],
)
def test_what_a_document_says_of_the_relation(name, born, relation):
    assert rules.relation_of(name, "Ada Specimen", born, TODAY) is relation


def test_a_removal_can_be_undone_for_a_while():
    assert rules.can_be_put_back(rules.UNDO_FOR - timedelta(seconds=1))
    assert not rules.can_be_put_back(rules.UNDO_FOR)
