"""The table of order states, whole: every status with every step."""

import pytest

from shop.orders.states import OrderStatus, Step, after

ALLOWED = {
    ("awaiting_payment", "placed"): "placed",
    ("awaiting_payment", "cancelled"): "cancelled",
    ("awaiting_payment", "expired"): "expired",
    ("placed", "paid"): "placed",
    ("placed", "shipped"): "shipped",
    ("placed", "cancelled"): "cancelled",
    ("placed", "lapsed"): "cancelled",
}


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("step", Step)
def test_each_step_is_allowed_only_where_the_pharmacy_says_so(status: OrderStatus, step: Step) -> None:
    assert after(status, step) == ALLOWED.get((status.value, step.value))


@pytest.mark.parametrize("status", ["shipped", "cancelled", "expired"])
def test_nothing_follows_an_end(status: str) -> None:
    assert not [step for step in Step if after(OrderStatus(status), step)]
