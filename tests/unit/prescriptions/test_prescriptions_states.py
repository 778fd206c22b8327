"""The table of a prescription's states, whole."""

import pytest

from shop.prescriptions.reasons import WORDS, Reason, sentence, todo
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
    ("asked", "answer"): "waiting",
    ("asked", "refuse"): "refused",
    ("asked", "withdraw"): "withdrawn",
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
    assert WORDS[reason].may_decide or WORDS[reason].may_revoke


def test_no_reason_says_nothing():
    assert (sentence(None), todo(None)) == ("", "")
