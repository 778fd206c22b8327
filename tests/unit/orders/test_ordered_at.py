"""One time at which an order was ordered: when it was placed, or begun where it never was."""

from datetime import UTC, datetime, timedelta

from shop.orders.models import Order

BEGUN = datetime(2026, 11, 22, 16, 28, tzinfo=UTC)
PLACED = BEGUN + timedelta(minutes=3)


def test_an_order_is_ordered_when_it_is_placed():
    assert Order(created_at=BEGUN, placed_at=PLACED).ordered_at == PLACED
    assert Order(created_at=BEGUN, placed_at=None).ordered_at == BEGUN
