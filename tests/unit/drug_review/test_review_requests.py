"""Which reviews a basket or an order asks for: whose each line is part of, and what is asked only once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.drug_review.decisions import holds_until
from shop.drug_review.reading import Line
from shop.drug_review.review_requests import Wanted, once_each, review_requests_of
from shop.drug_review.taking import Alert
from shop.patients.profile import Profile
from shop.patients.queries import PatientFacts
from shop.patients.rules import Relation
from tests.unit.drug_review.small_facts import TODAY, fact, facts

ACCOUNT, OTHER = 7, 8


def patient(key, relation=Relation.CHILD, user_id=ACCOUNT, removed_at=None):
    return PatientFacts(key, f"ref{key}", user_id, relation, "Specimen", None, Profile(), None, removed_at)


ADA, BEN, CY = patient(1, Relation.SELF), patient(2), patient(3)
GONE = patient(4, removed_at=object())
STRANGER = patient(5, user_id=OTHER)


def rx(key, patient_id):
    return Wanted(Line(f"line-{key}", 1, item_id=9), True, patient_id)


def otc(key, patient_id=None, someone_else=False):
    return Wanted(Line(f"line-{key}", 2), False, patient_id, someone_else)


@pytest.mark.parametrize(
    ("lines", "patients", "user_id", "requests", "perhaps"),
    [
        # (patient, account, lines) of each request; None: nobody on file
        ([otc("a")], [ADA], ACCOUNT, [(1, ACCOUNT, "a")], ""),
        ([otc("a"), otc("b")], [ADA, BEN], ACCOUNT, [(1, ACCOUNT, "ab"), (2, ACCOUNT, "ab")], "ab"),
        ([otc("a", 2), otc("b")], [ADA, BEN], ACCOUNT, [(1, ACCOUNT, "b"), (2, ACCOUNT, "ab")], "b"),
        ([otc("a", 2)], [ADA, BEN], ACCOUNT, [(2, ACCOUNT, "a")], ""),
        ([otc("a", None, True)], [ADA, BEN], ACCOUNT, [(None, None, "a")], ""),
        ([otc("a", None, True), otc("b")], [ADA], ACCOUNT, [(1, ACCOUNT, "b"), (None, None, "a")], ""),
        ([otc("a")], [], ACCOUNT, [(None, ACCOUNT, "a")], ""),
        ([otc("a"), otc("b")], [], None, [(None, None, "ab")], ""),  # a visitor, or an order of a guest
        ([rx("a", 1), otc("b")], [ADA], ACCOUNT, [(1, ACCOUNT, "ab")], ""),
        ([rx("a", 1), otc("b")], [ADA, BEN], ACCOUNT, [(1, ACCOUNT, "ab"), (2, ACCOUNT, "b")], "b"),
        ([rx("a", 1), otc("b", 2)], [ADA, BEN], ACCOUNT, [(1, ACCOUNT, "a"), (2, ACCOUNT, "b")], ""),
        ([rx("a", 1), rx("b", 2)], [BEN, ADA, CY], ACCOUNT, [(1, ACCOUNT, "a"), (2, ACCOUNT, "b")], ""),
        ([rx("a", None)], [ADA], ACCOUNT, [], ""),  # of before patients: nobody's
        # who was removed takes what names them, and nothing else; another account's, nothing at all
        ([rx("a", 4), otc("b")], [ADA, GONE], ACCOUNT, [(1, ACCOUNT, "b"), (4, ACCOUNT, "a")], ""),
        ([otc("a")], [ADA, STRANGER], ACCOUNT, [(1, ACCOUNT, "a")], ""),
        ([], [ADA], ACCOUNT, [], ""),
    ],
)
def test_which_reviews_an_order_asks_for(lines, patients, user_id, requests, perhaps):
    found = review_requests_of(lines, patients, user_id, "F-1")
    made = [
        (one.patient_id, one.user_id, "".join(line.key.removeprefix("line-") for line in one.lines))
        for one in found
    ]
    assert made == requests
    of_patients = [one for one in found if one.patient_id is not None]
    assert all(one.perhaps == {f"line-{key}" for key in perhaps} for one in of_patients)
    assert all(one.order == "F-1" for one in found)


PAIR = Alert("ibuprofen:interaction:1", "needs", "Said.", "", ("line-a", "line-b"))
ACTIVE_PAIR = replace(PAIR, about=("line-a", "taking-1"))
PREGNANCY = Alert(
    "x:pregnancy:1", "needs", "Said.", "", ("line-a",), facts("x", fact("pregnancy", "needs")).facts[0]
)
DOSE = replace(
    PREGNANCY, rule="x:max_daily:1", fact=facts("x", fact("max_daily", "needs", amount=5)).facts[0]
)
OF_AN_AGE = replace(
    DOSE, fact=facts("x", fact("max_daily", "needs", amount=5, age_under=Decimal(6))).facts[0]
)


@pytest.mark.parametrize(
    ("alert", "lines", "asked_again"),
    [
        (PAIR, [otc("a"), otc("b")], False),  # whoever takes both
        (PAIR, [otc("a", 1), otc("b")], True),
        (replace(PAIR, about=("line-a", "bought-0")), [otc("a")], False),  # bought for nobody named
        (ACTIVE_PAIR, [otc("a")], True),  # each with a medicine of their own
        (PREGNANCY, [otc("a")], True),
        (DOSE, [otc("a")], False),
        (OF_AN_AGE, [otc("a")], True),  # each child has an age
        (replace(OF_AN_AGE, rule="as_directed:x"), [otc("a")], False),  # a sum of packages
        (replace(PAIR, rule="allergy:ibuprofen", about=("line-a",)), [otc("a")], True),
    ],
)
def test_what_is_the_same_whoever_takes_it_is_asked_once(alert, lines, asked_again):
    requests = review_requests_of([*lines, otc("c")], [ADA, BEN], ACCOUNT)
    assert once_each(requests, [[alert], [alert]]) == [[True], [asked_again]]


@pytest.mark.parametrize(
    ("ends", "days"),
    [([], 365), ([None], 365), ([400], 365), ([30, 90], 30), ([0], 0), ([-1], 365), ([-1, 90], 90)],
)
def test_until_when_a_decision_holds(ends, days):
    found = holds_until(
        TODAY, [None if end is None else TODAY.fromordinal(TODAY.toordinal() + end) for end in ends]
    )
    assert (found - TODAY).days == days
