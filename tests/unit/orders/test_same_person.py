"""When two addresses are one person's."""

import unicodedata
from dataclasses import replace

import pytest

from shop.addresses import PostalAddress
from shop.orders.same_person import kept_as, plain_mailbox, sought_as

ADA = PostalAddress("Ada Specimen", "12 Example Street", "Apt 4", "Springfield", "NY", "10001", "US")


def same(one: PostalAddress, other: PostalAddress) -> bool:
    found = not set(kept_as(one)).isdisjoint(sought_as(other))
    assert found is not set(kept_as(other)).isdisjoint(sought_as(one)), "it does not matter who ordered first"
    return found


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
        {"recipient": "A. Specimen"},
        {"recipient": "Specimen, A."},
        {"recipient": "A B Specimen, M.D."},
        {"recipient": "Ada Specimen M. D."},
        {"line1": "12 EXAMPLE ST."},
        {"line1": "12 Example"},
        {"line1": "12 Example Str", "line2": "No. 4"},
        {"line1": "Twelve Example Street"},
        {"line2": "4th floor"},
        {"line2": "Bldg 4"},
        {"line2": "Apt. # 4"},
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
    assert same(replace(ADA, **changes), ADA)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "Bo Specimen"},
        {"recipient": "Ada Sample"},
        {"recipient": "Ann Specimen"},
        {"recipient": "Alice Stone"},
        {"recipient": "A. Sample"},
        {"recipient": "A. S."},
        {"recipient": "Ada"},
        {"line1": "13 Example Street"},
        {"line2": "Apt 5"},
        {"line1": "12 Sample Street"},
        {"postal_code": "10002"},
        {"country": "CA"},
    ],
)
def test_others_are_told_apart(changes: dict[str, str]) -> None:
    assert not same(replace(ADA, **changes), ADA)


@pytest.mark.parametrize(
    "spellings",
    [
        ("PO Box 12", "P.O. Box 12", "P. O. BOX 12", "pobox 12", "Po box #12"),
        ("12 Sample Crossing", "12 SAMPLE XING", "12 Sample"),
        (
            "12-A Sample Ridge Apt B",
            "12A Sample Rdg #B",
            "12 A Sample Ridge, Unit B",
            "Apt B 12a Sample Ridge",
        ),
        ("42 West 42nd Street", "42 W. 42 St", "42 W 42ND ST."),
        ("1 Park Avenue", "One Park Ave.", "1 Park Av"),
        ("9 Avenue C", "9 Ave. C", "Nine AVE C"),
        ("5 N.E. Seventh Ct", "5 Northeast 7th Court", "5 NE 7 Ct"),
        ("3 St. Mark Place", "3 Saint Mark Pl"),
        ("3 Fort Sample Rd", "3 Ft Sample Road", "3 Ft. Sample Rd"),
        ("700 State Route 9", "700 SR 9", "700 Rte. 9", "700 Rt 9"),
    ],
)
def test_streets_units_and_boxes_are_read_as_the_post_office_does(spellings: tuple[str, ...]) -> None:
    assert len({kept_as(replace(ADA, line1=one, line2="")) for one in spellings}) == 1


def test_streets_with_one_number_are_told_apart() -> None:
    lines = ("12 5th Avenue", "12 5th Street", "12 Avenue B", "12 Avenue C", "12 Oak Street", "12 Elm Street")
    assert len({kept_as(replace(ADA, line1=one, line2="")) for one in lines}) == len(lines)


def test_abbreviations_of_directions_and_ordinals_are_read() -> None:
    one = replace(ADA, line1="12 North Fifth Avenue", line2="")
    assert same(one, replace(one, line1="12 N. 5th Ave"))


def test_odd_names_break_nothing() -> None:
    assert kept_as(replace(ADA, recipient="", line1="", line2="", postal_code="")) == ("||us ",)
    assert not same(replace(ADA, recipient="J. R."), ADA)
    assert same(replace(ADA, recipient="R. J."), replace(ADA, recipient="J R"))
    assert same(replace(ADA, recipient="李小龍"), replace(ADA, recipient=" 李小龍 "))


def test_one_mailbox_is_one_however_it_is_spelled() -> None:
    assert {plain_mailbox(one) for one in ("Ada@demo.example", " ada+1@DEMO.example ")} == {
        "ada@demo.example"
    }
    assert plain_mailbox("a.d.a+x@gmail.com") == plain_mailbox("ada@gmail.com")
    assert plain_mailbox("a.da@demo.example") != plain_mailbox("ada@demo.example")
    assert plain_mailbox("+@demo.example") != plain_mailbox("@demo.example")
