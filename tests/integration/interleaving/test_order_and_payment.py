"""Whatever happens to an order between two statements of something else: its money and its goods agree."""

import pytest

from shop.checkout.refusals import OrderMovedOn
from shop.errors import DomainError
from shop.fulfillment.packing import NotToBePacked
from shop.fulfillment.service import NotToBeShipped
from shop.orders import cancellation
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.agreement import assert_money_and_goods_agree
from tests.integration.interleaving.bought import Bought
from tests.integration.interleaving.interleave import every_interleaving

QUARRELS = [
    ("unpaid", "confirm", "confirm"),  # the browser's return and the webhook
    ("unpaid", "confirm", "time_is_up"),
    ("unpaid", "confirm", "page_expired"),
    ("unpaid", "confirm", "cancel"),
    ("unpaid", "confirm", "renew"),
    ("unpaid", "cancel", "cancel"),
    ("unpaid", "cancel", "time_is_up"),
    ("unpaid", "cancel", "renew"),
    ("unpaid", "renew", "renew"),
    ("unpaid", "renew", "time_is_up"),
    ("unpaid", "release_asks", "confirm"),
    ("placed", "confirm", "cancel"),
    ("placed", "cancel", "cancel"),
    ("placed", "cancel", "request_capture"),
    ("placed", "cancel", "may_ship"),
    ("placed", "cancel", "bank_ends_it"),
    ("placed", "cancel", "provider_says_captured"),
    ("placed", "request_capture", "request_capture"),
    ("placed", "request_capture", "bank_ends_it"),
    ("placed", "bank_ends_it", "bank_ends_it"),
    ("placed", "release_asks", "cancel"),
    ("capturing", "captured", "captured"),
    ("capturing", "captured", "cancel"),
    ("capturing", "captured", "bank_ends_it"),
    ("capturing", "captured", "provider_says_captured"),
    ("charged", "ship", "ship"),
    ("charged", "ship", "cancel"),
    ("charged", "ship", "bank_ends_it"),
    ("charged", "cancel", "cancel"),
    ("unpaid", "staff_cancels", "confirm"),
    ("placed", "staff_cancels", "cancel"),
    ("placed", "staff_cancels", "may_ship"),
    ("charged", "staff_cancels", "staff_cancels"),
    ("charged", "release_asks", "ship"),
    ("placed", "pack", "may_ship"),
    ("placed", "pack", "bank_ends_it"),
    ("packed", "unpack", "cancel"),
    ("packed", "unpack", "staff_cancels"),
    ("packed", "staff_cancels", "may_ship"),
    ("packed", "bank_ends_it", "may_ship"),
]
QUARRELS += [(state, second, first) for state, first, second in QUARRELS if first != second]


@pytest.mark.parametrize(("state", "first", "second"), QUARRELS)
def test_of_two_that_decide_about_an_order_one_is_too_late(migrated, state: str, first: str, second: str):
    app = migrated("postgresql")
    with app.app_context():
        setup, one, other = getattr(orders, state), getattr(orders, first), getattr(orders, second)
        for bought, ran in every_interleaving(app, setup, one, other):
            for result in (ran.first, ran.second):
                refused = isinstance(result, (OrderMovedOn, NotToBePacked, NotToBeShipped))
                assert refused or not isinstance(result, Exception), (ran.stopped_at, result)
            assert_money_and_goods_agree(bought)


@pytest.mark.parametrize(("first", "second"), [("staff_cancels", "ship"), ("ship", "staff_cancels")])
def test_of_a_cancellation_and_a_shipment_exactly_one_wins(migrated, first: str, second: str):
    app = migrated("postgresql")
    with app.app_context():
        one, other = getattr(orders, first), getattr(orders, second)
        for bought, ran in every_interleaving(app, orders.charged, one, other):
            lost = [isinstance(result, DomainError) for result in (ran.first, ran.second)]
            assert sorted(lost) == [False, True], (ran.stopped_at, ran.first, ran.second)
            winner = first if lost[1] else second
            order = assert_money_and_goods_agree(bought)
            assert order.status == ("shipped" if winner == "ship" else "canceled")
            assert (cancellation.of_order(order.id) is None) == (winner == "ship")


@pytest.mark.parametrize(("first", "second"), [("cancel", "pack"), ("pack", "cancel"), ("pack", "pack")])
def test_of_a_customer_who_cancels_and_staff_who_pack_exactly_one_wins(migrated, first: str, second: str):
    app = migrated("postgresql")
    with app.app_context():
        one, other = getattr(orders, first), getattr(orders, second)
        for bought, ran in every_interleaving(app, orders.placed, one, other):
            lost = [isinstance(result, DomainError) for result in (ran.first, ran.second)]
            assert sorted(lost) == [False, True], (ran.stopped_at, ran.first, ran.second)
            winner = first if lost[1] else second
            order = assert_money_and_goods_agree(bought)
            assert order.status == ("packed" if winner == "pack" else "canceled")


def test_three_confirmations_one_after_another_change_nothing_twice(context):
    bought: Bought = orders.placed()
    from shop.database import transaction

    for _ in range(2):
        with transaction():
            orders.confirm(bought)
    assert assert_money_and_goods_agree(bought).status == "placed"
    with pytest.raises(DomainError), transaction():
        orders.ship(bought)  # not charged yet
