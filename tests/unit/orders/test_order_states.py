"""The table of order states, whole: every status with every step."""

import pytest

from shop.orders.states import OrderStatus, Step, after, may_cancel

ALLOWED = {
    ("awaiting_payment", "placed"): "placed",
    ("awaiting_payment", "canceled"): "canceled",
    ("awaiting_payment", "expired"): "expired",
    ("placed", "paid"): "placed",
    ("placed", "shipped"): "shipped",
    ("placed", "canceled"): "canceled",
    ("placed", "lapsed"): "canceled",
    ("placed", "packed"): "packed",
    ("packed", "unpacked"): "placed",
    ("packed", "paid"): "packed",
    ("packed", "shipped"): "shipped",
    ("packed", "canceled"): "canceled",
    ("packed", "lapsed"): "canceled",
}


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("step", Step)
def test_each_step_is_allowed_only_where_the_pharmacy_says_so(status: OrderStatus, step: Step) -> None:
    assert after(status, step) == ALLOWED.get((status.value, step.value))


@pytest.mark.parametrize("status", ["shipped", "canceled", "expired"])
def test_nothing_follows_an_end(status: str) -> None:
    assert not [step for step in Step if after(OrderStatus(status), step)]


CANCELED_BY = {"awaiting_payment": (True, True), "placed": (True, True), "packed": (False, True)}


@pytest.mark.parametrize("status", OrderStatus)
def test_a_customer_cancels_until_it_is_packed_and_staff_until_it_ships(status: OrderStatus) -> None:
    may = may_cancel(status, by_staff=False), may_cancel(status, by_staff=True)
    assert may == CANCELED_BY.get(status.value, (False, False))
