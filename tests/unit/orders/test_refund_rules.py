"""What of an order may be refunded: never more of a line, of the delivery or of the tax than was paid."""

from datetime import UTC, datetime

import pytest

from shop.orders.refund_models import OrderRefund, OrderRefundLine
from shop.orders.refund_rules import Parts, Refusal, left, proposed, refusal, share_cents, tax_back
from shop.orders.refunds import still_owed
from shop.orders.states import RefundReason

T0 = datetime(2026, 11, 29, tzinfo=UTC)
PAID = Parts({1: 1000, 2: 500}, 490, 60)


@pytest.mark.parametrize(
    ("before", "wanted", "why"),
    [
        ([], Parts({1: 1000, 2: 500}, 490), None),
        ([], Parts({1: 1}), None),
        ([], Parts({}, 490), None),
        ([], Parts({}), Refusal.NOTHING),
        ([], Parts({1: 0}), Refusal.NOTHING),
        ([], Parts({1: -1, 2: 5}), Refusal.NEGATIVE),
        ([], Parts({1: 5}, -1), Refusal.NEGATIVE),
        ([], Parts({3: 5}), Refusal.NOT_OF_THIS_ORDER),
        ([], Parts({1: 1001}), Refusal.MORE_THAN_LEFT),
        ([], Parts({}, 491), Refusal.MORE_THAN_LEFT),
        ([Parts({1: 600})], Parts({1: 400}), None),
        ([Parts({1: 600})], Parts({1: 401}), Refusal.MORE_THAN_LEFT),
        ([Parts({1: 600}), Parts({1: 400}, 490)], Parts({1: 1}), Refusal.MORE_THAN_LEFT),
        ([Parts({}, 490)], Parts({}, 1), Refusal.MORE_THAN_LEFT),
    ],
)
def test_what_is_left_bounds_each_part(before, wanted, why):
    assert refusal(wanted, left(PAID, before)) is why


@pytest.mark.parametrize(
    ("before", "wanted", "tax"),
    [
        ([], Parts({1: 1000, 2: 500}), 60),  # all of it
        ([], Parts({1: 1000}), 40),  # what stays still owes 20
        ([Parts({1: 1000}, 0, 40)], Parts({2: 500}), 20),
        ([], Parts({}, 490), 0),  # delivery is not taxed
        ([Parts({}, 0, 55)], Parts({1: 1}), 0),  # never below what is left
    ],
)
def test_tax_follows_the_lines(before, wanted, tax):
    four_percent = lambda rest: round(sum(rest.values()) * 0.04)  # noqa: E731
    assert tax_back(wanted, left(PAID, before), four_percent) == tax


def test_what_came_back_is_proposed_less_what_was_refunded():
    assert proposed(PAID, PAID, {1: (30, 90)}).lines == {1: 333}
    assert proposed(PAID, left(PAID, [Parts({1: 300})]), {1: (30, 90), 2: (5, 5)}).lines == {1: 33, 2: 500}
    assert proposed(PAID, left(PAID, [Parts({1: 400})]), {1: (30, 90)}).lines == {1: 0}


@pytest.mark.parametrize(
    ("total", "units", "of", "cents"),
    [(1000, 30, 90, 333), (1000, 60, 90, 667), (999, 90, 90, 999), (5, 1, 2, 3)],
)
def test_a_share_of_a_line_is_rounded_once(total, units, of, cents):
    assert share_cents(total, units, of) == cents


def refund(number: int, delivery: int = 0, refused: bool = False, line: int | None = None) -> OrderRefund:
    return OrderRefund(
        id=number,
        reason=RefundReason.LINE_REMOVED,
        delivery_cents=delivery,
        tax_cents=0,
        refused_at=T0 if refused else None,
        lines=[OrderRefundLine(order_line_id=line, cents=500)] if line else [],
    )


@pytest.mark.parametrize(
    ("rows", "owed"),
    [
        ([refund(1, line=7, refused=True)], {1}),
        ([refund(1, line=7, refused=True), refund(2, line=7)], set()),
        ([refund(1, line=7, refused=True), refund(2, line=7, refused=True)], {2}),
        ([refund(1, line=7, refused=True), refund(2, line=8)], {1}),
        ([refund(1, 800, refused=True), refund(2, 390)], {1}),  # two changes of the delivery
        ([refund(1, 800, refused=True), refund(2, 390), refund(3, 800)], set()),
    ],
)
def test_what_was_refused_is_owed_until_the_same_is_asked_for_again(rows, owed):
    assert still_owed(rows) == owed
