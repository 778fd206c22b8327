"""When two addresses are one person's."""

import unicodedata
from dataclasses import replace

import pytest

from shop.addresses import PostalAddress
from shop.orders.same_person import plain_person

ADA = PostalAddress("Ada Specimen", "12 Example Street", "Apt 4", "Springfield", "NY", "10001", "US")


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "ADA SPECIMEN"},
        {"recipient": " Ada  B. Specimen "},
        {"recipient": "Mrs. Ada Specimen, MD"},
        {"recipient": "Specimen, Ada"},
        {"recipient": "Áda Spécimen"},
        {"recipient": unicodedata.normalize("NFD", "Áda Spécimen")},
        {"recipient": "Ｓｐｅｃｉｍｅｎ Ada"},
        {"line1": "12 EXAMPLE ST."},
        {"line1": "12  example\tstreet", "line2": "#4"},
        {"line1": "12 Example Street, Apartment 4", "line2": ""},
        {"line1": "12 Example St Unit 4", "line2": ""},
        {"line1": "Apt. 4", "line2": "12 Example Street"},
        {"line1": "12 Example Street", "line2": "apt4"},
        {"postal_code": "10001-1234"},
        {"city": "SPRING FIELD", "region": "New York", "phone": "555-0100"},
    ],
)
def test_spelling_makes_no_other_person(changes: dict[str, str]) -> None:
    assert plain_person(replace(ADA, **changes)) == plain_person(ADA)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "Bo Specimen"},
        {"line1": "13 Example Street"},
        {"line2": "Apt 5"},
        {"line1": "12 Sample Street"},
        {"postal_code": "10002"},
        {"country": "CA"},
    ],
)
def test_others_are_told_apart(changes: dict[str, str]) -> None:
    assert plain_person(replace(ADA, **changes)) != plain_person(ADA)


def test_abbreviations_of_directions_and_ordinals_are_read() -> None:
    one = replace(ADA, line1="12 North Fifth Avenue", line2="")
    assert plain_person(one) == plain_person(replace(one, line1="12 N. 5th Ave"))


def test_odd_names_break_nothing() -> None:
    assert plain_person(replace(ADA, recipient="", line1="", line2="", postal_code="")) == "||us "
    assert plain_person(replace(ADA, recipient="J. R.")) != plain_person(ADA)
    assert plain_person(replace(ADA, recipient="李小龍")) == plain_person(replace(ADA, recipient=" 李小龍 "))
