"""Names of prescribers, and what identifies them."""

import pytest

from shop.prescriptions.prescriber_rules import (
    LONGEST_NAME,
    identifier_of,
    plain_license,
    same_prescriber,
    search_name,
    valid_license,
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ivor Sample, MD", "Ivor Sample", True),
        ("Dr. Ivor Sample", "Sample, Ivor M.D.", True),
        ("Dr Ivor Sample", "SAMPLE, IVOR MD", True),
        ("Ívor Sample NP", "ivor sample", True),
        ("Ivor Q Sample", "Ivor Sample", False),
        ("Ivor Sample", "Ida Sample", False),
        ("MD", "Dr", False),
        ("MD", "md", True),
        ("", "Ivor Sample", False),
    ],
)
def test_one_prescriber_or_two(one, other, same):
    assert same_prescriber(one, other) is same
    assert same_prescriber(other, one) is same


@pytest.mark.parametrize(
    ("name", "found"),
    [("Ívor  SAMPLE, MD", "ivor sample md"), ("O’Sample", "osample"), ("…", ""), ("ß" * 100, "s" * 120)],
)
def test_how_a_name_is_searched(name, found):
    assert search_name(name) == found
    assert len(search_name(name)) <= LONGEST_NAME


@pytest.mark.parametrize(("market", "identifier"), [("US", "npi"), ("AU", "license"), ("", "license")])
def test_what_identifies_them_by_market(market, identifier):
    assert identifier_of(market) == identifier


@pytest.mark.parametrize(
    ("text", "plain", "valid"),
    [
        ("gmc  1234567", "GMC 1234567", True),
        ("AHPRA MED0001234567", "AHPRA MED0001234567", True),
        ("1234567", "1234567", False),  # of which register?
        ("GMC", "GMC", False),
        ("", "", False),
        ("GMC " + "1" * 57, "GMC " + "1" * 57, False),
    ],
)
def test_register_and_number(text, plain, valid):
    assert plain_license(text) == plain
    assert valid_license(plain) is valid
