"""The table of order states, whole: every status with every step."""

import pytest

from shop.orders.states import Status, Step, after

ALLOWED = {
    ("awaiting_payment", "placed"): "placed",
    ("awaiting_payment", "cancelled"): "cancelled",
    ("awaiting_payment", "expired"): "expired",
    ("placed", "paid"): "placed",
    ("placed", "shipped"): "shipped",
    ("placed", "cancelled"): "cancelled",
    ("placed", "lapsed"): "cancelled",
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Step)
def test_each_step_is_allowed_only_where_the_pharmacy_says_so(status: Status, step: Step) -> None:
    assert after(status, step) == ALLOWED.get((status.value, step.value))


@pytest.mark.parametrize("status", ["shipped", "cancelled", "expired"])
def test_nothing_follows_an_end(status: str) -> None:
    assert not [step for step in Step if after(Status(status), step)]
