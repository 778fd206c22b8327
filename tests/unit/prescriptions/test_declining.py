"""One medicine declined beside others: which checks it has, and what it leaves of the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shop.prescriptions.reasons import WORDS
from shop.prescriptions.verification.checks import all_checks, unmet
from shop.prescriptions.verification.typed import Declined, TypedItem, Verdict
from tests.unit.prescriptions.test_prescriptions_checks import GOOD, ITEM, TODAY, grounds, in_the_way

TRAMADOL = TypedItem(None, None, None, None, "", as_written="Tramadol 50 mg", declined=Declined("controlled"))
BOTH = replace(GOOD, items=(ITEM, TRAMADOL))


def declined(**changes):
    return replace(GOOD, items=(ITEM, replace(TRAMADOL, **changes)))


def test_a_declined_medicine_is_not_held_against_anything_and_the_other_is_approved():
    assert in_the_way(BOTH) == []
    assert [check.key for check in all_checks(BOTH, grounds()) if check.key.endswith("-1")] == ["declined-1"]


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"as_written": " "}, "as_written"),
        ({"as_written": "", "variant_id": 7}, "as_written"),  # of no catalog
        ({"declined": Declined("other")}, "decline_note"),
        ({"declined": Declined("treatment_question", " ")}, "decline_note"),
    ],
)
def test_it_needs_a_name_and_a_note_where_its_reason_says_nothing(changes, about):
    (check,) = unmet(all_checks(declined(**changes), grounds()), {})
    assert (check.key, check.verdict, check.about) == ("declined-1", Verdict.STOPS, f"items-1-{about}")


@pytest.mark.parametrize(
    "changes",
    [{"as_written": "", "variant_id": 1}, {"declined": Declined("other", "As we said on the phone.")}],
)
def test_a_chosen_medicine_is_name_enough_and_a_note_reason_enough(changes):
    assert in_the_way(declined(**changes)) == []


def test_where_every_medicine_is_declined_there_is_nothing_to_approve():
    assert in_the_way(replace(GOOD, items=(TRAMADOL, TRAMADOL))) == [("items", "stops")]
    assert replace(GOOD, items=(TRAMADOL,)).all_declined
    assert not BOTH.all_declined
    assert not replace(GOOD, items=()).all_declined


def test_a_medicine_declined_above_is_not_entered_twice():
    above = replace(ITEM, declined=Declined("duplicate"))
    assert in_the_way(replace(GOOD, items=(above, ITEM))) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"controlled": True}, "controlled"),
        ({"refused": "It must stay cold."}, "not_sold"),
        ({"withdrawn_on": TODAY}, "not_sold"),
        ({"not_by_mail": "must stay cold"}, "not_sold"),
        ({"sale_refusal": "not_listed"}, "not_sold"),
    ],
)
def test_what_is_not_sold_may_be_declined_instead(facts, reason):
    (check,) = unmet(all_checks(GOOD, grounds(**facts)), {})
    assert check.decline == reason
    assert WORDS[check.decline].may_decline


@pytest.mark.parametrize(
    ("days", "way"),
    [(0, []), (30, []), (365, []), (366, [("fill_from", "stops")]), (-1, [("fill_from", "stops")])],
)
def test_do_not_fill_before_leaves_a_day_to_fill_it(days, way):
    typed = replace(GOOD, fill_from=GOOD.issued_on + timedelta(days=days))
    assert in_the_way(typed) == way


def test_do_not_fill_before_waits_for_the_date_of_issue():
    assert in_the_way(replace(GOOD, issued_on=None, fill_from=TODAY)) == [("date", "stops")]
