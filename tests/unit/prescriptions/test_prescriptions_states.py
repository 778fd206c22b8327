"""The table of a prescription's states, whole."""

import pytest

from shop.prescriptions.reasons import (
    WORDS,
    Reason,
    note_missing,
    of_all,
    of_medicine,
    sentence,
    todo,
)
from shop.prescriptions.states import PrescriptionStatus, Step, after, before

ALLOWED = {
    ("waiting", "ask"): "asked",
    ("waiting", "approve"): "approved",
    ("waiting", "refuse"): "refused",
    ("waiting", "withdraw"): "withdrawn",
    ("approved", "undo"): "waiting",
    ("refused", "undo"): "waiting",
    ("approved", "revoke"): "revoked",
    ("revoked", "undo"): "approved",
    ("approved", "transfer"): "transferred",
    ("transferred", "undo"): "approved",
    ("asked", "answer"): "waiting",
    ("asked", "refuse"): "refused",
    ("asked", "withdraw"): "withdrawn",
    ("asked", "take_back"): "waiting",
    ("withdrawn", "put_back"): "waiting",
}


@pytest.mark.parametrize("status", list(PrescriptionStatus))
@pytest.mark.parametrize("step", list(Step))
def test_each_step_from_each_state(status, step):
    assert after(status, step) == ALLOWED.get((status.value, step.value))


@pytest.mark.parametrize("step", list(Step))
def test_a_step_may_be_taken_where_the_table_has_it(step):
    assert set(before(step)) == {status for status, known in ALLOWED if known == step}


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_tells_the_customer_why_and_what_to_do(reason):
    assert sentence(reason).endswith(".")
    assert todo(reason).endswith(".")
    words = WORDS[reason]
    chosen = words.may_decide or words.may_revoke or words.may_decline
    assert chosen is not (reason is Reason.EACH_DECLINED), "that one follows, and is never chosen"


@pytest.mark.parametrize("reason", [reason for reason in Reason if WORDS[reason].may_decline])
def test_every_reason_to_decline_one_medicine_says_why_and_what_to_do(reason):
    assert all(words.endswith(".") for words in of_medicine(reason))


@pytest.mark.parametrize(
    ("reasons", "whole"),
    [
        (["controlled"], "controlled"),
        (["controlled", "controlled"], "controlled"),
        (["controlled", "not_sold"], "each_declined"),
    ],
)
def test_a_prescription_of_declined_medicines_has_their_reason_if_all_share_it(reasons, whole):
    assert of_all(reasons) == whole


@pytest.mark.parametrize(
    ("reason", "note", "missing"),
    [
        ("other", " ", True),
        ("treatment_question", "", True),
        ("other", "Why", False),
        ("controlled", "", False),
    ],
)
def test_a_reason_that_says_nothing_by_itself_needs_a_note(reason, note, missing):
    assert note_missing(reason, note) is missing


def test_no_reason_says_nothing():
    assert (sentence(None), todo(None)) == ("", "")
