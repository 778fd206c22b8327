"""What the way a prescription arrived asks for, and who prescribed it: what stops, needs somebody, passes."""

from dataclasses import replace
from datetime import date

import pytest

from shop.prescriptions.origins import REQUIRED, Received, choices
from shop.prescriptions.states import Origin
from shop.prescriptions.verification.checks import all_checks, unmet
from shop.prescriptions.verification.typed import (
    ForPatient,
    Grounds,
    KnownPrescriber,
    Medicine,
    Typed,
    TypedItem,
)

TODAY = date(2026, 11, 22)
ADDRESS, PHONE = "1 Example Road, Springfield, NY 10001", "(555) 555-0111"
ITEM = TypedItem(1, 90, 1, 30, "1 tablet three times a day")
COMPLETE = Typed(
    "Ada Specimen",
    None,
    "Ivor Sample, MD",
    "1234567893",
    date(2026, 11, 16),
    True,
    (ITEM,),
    received=Received("Example Pharmacy", "(555) 555-0110", "Jo Sample"),
    original_number="RX-77",
    read_back=True,
    prescriber_license="GMC 1234567",
    prescriber_address=ADDRESS,
    prescriber_phone=PHONE,
)
GROUNDS = Grounds(
    ForPatient("Ada Specimen", date(1988, 5, 4), 1),
    {1: Medicine("Baclofen tablet 10 mg", True, False)},
    {},
    365,
    TODAY,
)
IVOR = KnownPrescriber("Ivor Sample, MD", ADDRESS, PHONE)
BLANK = {
    "signed": {"signed": False},
    "read_back": {"read_back": False},
    "received_name": {"received": Received("", "(555) 555-0110", "Jo Sample")},
    "received_phone": {"received": Received("Example Pharmacy", " ", "Jo Sample")},
    "received_person": {"received": Received("Example Pharmacy", "(555) 555-0110", "")},
    "original_number": {"original_number": " "},
}
KEYS = {"signed": "signature"}


def in_the_way(typed: Typed, grounds: Grounds = GROUNDS, **outcomes: str) -> list[tuple[str, str]]:
    outcomes = {"transfer_refills": "remaining"} | outcomes
    return [(check.key, check.verdict.value) for check in unmet(all_checks(typed, grounds), outcomes)]


def keys(typed: Typed, grounds: Grounds = GROUNDS) -> set[str]:
    return {check.key for check in all_checks(typed, grounds)}


@pytest.mark.parametrize("field", list(BLANK))
@pytest.mark.parametrize("origin", list(Origin))
def test_what_is_missing_stops_where_the_origin_requires_it(origin, field):
    grounds = replace(GROUNDS, uploaded=origin in choices(uploaded=True))
    assert in_the_way(replace(COMPLETE, origin=origin), grounds) == []
    typed = replace(COMPLETE, origin=origin, **BLANK[field])
    wanted = [(KEYS.get(field, field), "stops")] if field in REQUIRED[origin].fields else []
    assert in_the_way(typed, grounds) == wanted
    assert all(check.about for check in unmet(all_checks(typed, grounds), {}))


def test_a_transfer_says_which_refills_are_entered():
    typed = replace(COMPLETE, origin=Origin.TRANSFER)
    grounds = replace(GROUNDS, uploaded=False)
    assert in_the_way(typed, grounds, transfer_refills="") == [("transfer_refills", "needs")]
    assert "transfer_refills" not in keys(replace(COMPLETE, origin=Origin.FAX), grounds)


@pytest.mark.parametrize("uploaded", [True, False])
@pytest.mark.parametrize("origin", list(Origin))
def test_an_upload_is_a_copy_or_its_original_and_staff_enter_the_rest(origin, uploaded):
    found = in_the_way(replace(COMPLETE, origin=origin), replace(GROUNDS, uploaded=uploaded))
    assert found == ([] if origin in choices(uploaded) else [("origin", "stops")])


def test_a_copy_says_what_it_waits_for_and_stops_nothing():
    assert "copy" in keys(COMPLETE)
    assert "copy" not in keys(replace(COMPLETE, origin=Origin.PAPER))


@pytest.mark.parametrize(
    ("market", "changes", "found"),
    [
        ("US", {}, []),
        ("US", {"prescriber_license": ""}, []),
        ("US", {"prescriber_npi": ""}, [("npi", "stops")]),
        ("US", {"prescriber_npi": "1234567890"}, [("npi", "stops")]),
        ("GB", {}, []),
        ("GB", {"prescriber_npi": ""}, []),
        ("GB", {"prescriber_license": ""}, [("license", "stops")]),
        ("GB", {"prescriber_license": "1234567"}, [("license", "stops")]),
    ],
)
def test_the_identifier_follows_the_market(market, changes, found):
    assert in_the_way(replace(COMPLETE, **changes), replace(GROUNDS, market=market)) == found


@pytest.mark.parametrize(
    ("known", "changes", "found", "outcome"),
    [
        (None, {}, [], ""),
        (IVOR, {}, [], ""),
        (IVOR, {"prescriber_name": "SAMPLE, IVOR"}, [], ""),
        (IVOR, {"prescriber_name": "Ida Other"}, [("prescriber_known", "needs")], "same_prescriber"),
        (IVOR, {"prescriber_name": "Ida Other"}, [("prescriber_known", "needs")], "name_changed"),
        (IVOR, {"prescriber_address": ""}, [], ""),
        (replace(IVOR, address=""), {"prescriber_address": " "}, [("prescriber_address", "stops")], ""),
        (None, {"prescriber_address": ""}, [("prescriber_address", "stops")], ""),
        (IVOR, {"prescriber_phone": ""}, [], ""),
        (None, {"prescriber_phone": ""}, [("prescriber_phone", "needs")], "none_found"),
        (IVOR, {"prescriber_phone": "555 5550111"}, [], ""),
        (IVOR, {"prescriber_phone": "555 5550112"}, [("prescriber_contact", "needs")], "other_office"),
        (IVOR, {"prescriber_address": "2 Road"}, [("prescriber_contact", "needs")], "moved"),
    ],
)
def test_a_prescriber_against_the_directory(known, changes, found, outcome):
    typed, grounds = replace(COMPLETE, **changes), replace(GROUNDS, prescriber=known)
    assert in_the_way(typed, grounds) == found
    if outcome:
        assert in_the_way(typed, grounds, **{found[0][0]: outcome}) == []
        assert in_the_way(typed, grounds, **{found[0][0]: "something else"}) == found


def test_under_an_invalid_identifier_nobody_is_compared():
    typed = replace(COMPLETE, prescriber_name="Ida Other", prescriber_npi="1234567890")
    assert in_the_way(typed, replace(GROUNDS, prescriber=IVOR)) == [("npi", "stops")]
