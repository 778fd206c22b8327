"""What a prescription may be a copy of: the truth table of pictures and facts, and what the check says."""

from dataclasses import replace
from datetime import date

import pytest

from shop.prescriptions.looks import MOST_APART, NEARLY_SAME
from shop.prescriptions.verification.reuse import (
    MOST_SHOWN,
    Earlier,
    Facts,
    contradict,
    possible_copies,
    same_facts,
)
from shop.prescriptions.verification.reuse_checks import reuse_checks
from shop.prescriptions.verification.typed import Verdict

ISSUED = date(2026, 11, 16)
ADA, BEN = frozenset({"ada", "ada under an old key"}), frozenset({"ben"})
FACTS = Facts("1234567893", ISSUED, ADA, frozenset({1, 2}))
NOTHING = Facts()
OTHER = Earlier(7, "ref", date(2026, 10, 2), True, replace(FACTS, persons=frozenset({"ada"})))

DIFFERENT = {
    "another prescriber": replace(FACTS, npi="1245319599"),
    "another day": replace(FACTS, issued_on=date(2026, 10, 16)),
    "another person": replace(FACTS, persons=BEN),
    "another medicine": replace(FACTS, variant_ids=frozenset({3})),
}
UNSAID = {
    "no prescriber": replace(FACTS, npi=""),
    "no day": replace(FACTS, issued_on=None),
    "nobody": replace(FACTS, persons=frozenset()),
    "no medicine": replace(FACTS, variant_ids=frozenset()),
}


def test_the_same_prescriber_day_person_and_medicine_are_the_same():
    assert same_facts(FACTS, OTHER.facts)
    assert same_facts(FACTS, replace(OTHER.facts, variant_ids=frozenset({2, 9})))
    assert not contradict(FACTS, OTHER.facts)


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_differs_is_not_the_same_and_contradicts(what):
    assert not same_facts(FACTS, DIFFERENT[what])
    assert contradict(FACTS, DIFFERENT[what])


@pytest.mark.parametrize("what", UNSAID)
def test_what_nobody_said_is_neither_the_same_nor_a_contradiction(what):
    for one, other in ((FACTS, UNSAID[what]), (UNSAID[what], FACTS), (UNSAID[what], UNSAID[what])):
        assert not same_facts(one, other)
        assert not contradict(one, other)


FAR_FACTS = replace(OTHER, facts=DIFFERENT["another day"])
TABLE = {
    "the same facts, no picture": (FACTS, OTHER, True),
    "no facts, no picture": (NOTHING, OTHER, False),
    "a picture, nothing typed": (NOTHING, replace(OTHER, bits=MOST_APART), True),
    "a picture, the other undecided": (FACTS, replace(OTHER, facts=NOTHING, bits=MOST_APART), True),
    "the form only: another day is stated": (FACTS, replace(FAR_FACTS, bits=NEARLY_SAME + 1), False),
    "nearly the same picture with another day": (FACTS, replace(FAR_FACTS, bits=NEARLY_SAME), True),
    "withdrawn by this customer": (
        NOTHING,
        replace(OTHER, facts=NOTHING, bits=0, withdrawn=True),
        False,
    ),
    "withdrawn by another": (
        NOTHING,
        replace(OTHER, facts=NOTHING, bits=0, withdrawn=True, same_account=False),
        True,
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_has_to_be_compared(case):
    facts, other, found = TABLE[case]
    assert possible_copies(facts, [other]) == ((other,) if found else ())


def test_the_same_facts_come_first_then_the_nearest_and_only_a_few():
    pictures = [replace(OTHER, id=number, facts=NOTHING, bits=number) for number in (6, 4, 5)]
    found = possible_copies(FACTS, [*pictures, OTHER])
    assert [one.id for one in found] == [7, 4, 5]
    assert len(found) == MOST_SHOWN


def test_what_was_filled_is_not_hidden_behind_others_that_look_alike():
    filled = replace(OTHER, id=1, facts=NOTHING, bits=3, taken=90)
    sent_for_that = [replace(OTHER, id=number, facts=NOTHING, bits=0) for number in (11, 12, 13, 14)]
    assert possible_copies(NOTHING, [*sent_for_that, filled])[0] == filled


def test_each_needs_an_outcome_and_a_filled_one_cannot_be_called_unused():
    unused, filled = reuse_checks([OTHER, replace(OTHER, id=8, taken=30)])
    assert (unused.key, unused.verdict, unused.compare) == ("reuse-7", Verdict.NEEDS, "ref")
    assert {"different", "sent_again", "original"} <= set(unused.outcomes)
    assert set(filled.outcomes) == {"different", "prescriber_confirmed"}


@pytest.mark.parametrize("what", ["approved", "transferred"])
def test_what_can_still_be_filled_cannot_be_called_unused_either(what):
    other = replace(OTHER, **{what: True})
    (check,) = reuse_checks([other])
    assert set(check.outcomes) == {"different", "prescriber_confirmed"}
    assert possible_copies(FACTS, [replace(OTHER, id=9), other])[0] == other


def test_none_is_said_too_and_nothing_where_nobody_looked():
    assert [(check.key, check.verdict) for check in reuse_checks(())] == [("reuse", Verdict.PASSED)]
    assert list(reuse_checks(None)) == []
