"""The table of payment states, whole: every state with every step."""

import pytest

from shop.payments.states import ALIVE, PaymentStatus, Step, after

ALLOWED = {
    ("opening", "open"): "open",
    ("opening", "authorize"): "authorized",
    ("opening", "expire"): "expired",
    ("opening", "fail"): "failed",
    ("open", "authorize"): "authorized",
    ("open", "expire"): "expired",
    ("open", "fail"): "failed",
    ("authorized", "request_capture"): "capturing",
    ("authorized", "capture"): "captured",
    ("capturing", "capture"): "captured",
    ("capturing", "refuse_capture"): "authorized",
    ("authorized", "lapse"): "voided",
    ("capturing", "lapse"): "voided",
    ("authorized", "release"): "releasing",
    ("captured", "release"): "releasing",
    ("releasing", "void"): "voided",
    ("releasing", "refund"): "refunded",
    ("expired", "void"): "voided",
    ("failed", "void"): "voided",
    ("expired", "refund"): "refunded",
    ("failed", "refund"): "refunded",
}


@pytest.mark.parametrize("state", PaymentStatus)
@pytest.mark.parametrize("step", Step)
def test_each_step_is_allowed_only_where_the_table_says_so(state: PaymentStatus, step: Step) -> None:
    assert after(state, step) == ALLOWED.get((state.value, step.value))


def test_letting_late_money_go_never_ends_a_payment_that_an_order_counts_on() -> None:
    assert not [state for state in ALIVE if after(state, Step.VOID)]


def test_a_payment_that_ended_never_comes_alive_again() -> None:
    ends = [state for state in PaymentStatus if state not in ALIVE]
    assert not [after(state, step) for state in ends for step in Step if after(state, step) in ALIVE]
