"""A paid order loses a line or moves: what it kept is free, less is charged, and both books still agree."""

import re

import pytest
from sqlalchemy import select

from shop.checkout import maintenance as checkout_checks
from shop.clock import now
from shop.database import db, transaction
from shop.fulfillment.service import ship_order
from shop.orders import maintenance as order_checks
from shop.orders import queries as orders
from shop.payments.gateway import Gateway
from shop.payments.models import Payment
from shop.payments.refusals import PaymentRefused
from shop.prescriptions.models import PrescriptionItem
from tests.integration.checkout.paid_orders import facts_of, mails
from tests.integration.checkout.records import books, held, payments_of, status_of
from tests.integration.checkout.store_counter import ADDRESS, Counter, Customer
from tests.integration.mending.test_refunds import differences
from tests.integration.stock.stock_checks import assert_ledgers_agree

pytestmark = pytest.mark.usefixtures("context")
FIELDS = {key: value for key, value in ADDRESS.items() if key != "address"}


def remove(ada: Customer, number: str, place: int):
    db.session.rollback()
    line_id = orders.by_number(number).lines[place].id
    return ada.post(f"/orders/{number}/lines/{line_id}/remove")


def move(ada: Customer, number: str, **changes: str):
    page = f"/orders/{number}/address"
    return ada.post(page, **(FIELDS | changes))


def ship(counter: Counter, staff: Customer, number: str) -> None:
    counter.charge(number)
    with transaction():
        ship_order(number, "", staff.user_id, now())


def assert_all_agree(counter: Counter, number: str) -> None:
    db.session.rollback()
    for check in (order_checks.totals, order_checks.lots, checkout_checks.refunds):
        assert check().problems == ()
    assert differences(counter, number) == set()
    assert_ledgers_agree()


def test_a_line_is_removed_and_never_captured(
    ada: Customer, staff: Customer, counter: Counter, placed: str, baclofen: int, naproxen: int
) -> None:
    _total, amount, _ = books(placed)
    assert remove(ada, placed, 0).status_code == 303
    after = books(placed)
    assert after[0] == after[1] < amount - 3000  # $30.60 and its tax
    assert held() == {naproxen: 50}
    assert set(db.session.scalars(select(PrescriptionItem.taken))) == {0}
    assert_all_agree(counter, placed)
    assert remove(ada, placed, 0).status_code == 303  # the last line stays: that is canceling
    assert books(placed) == after
    ship(counter, staff, placed)
    assert facts_of(counter, placed).amount_cents == after[0]
    assert (status_of(placed), mails("order_changed")) == ("shipped", 1)
    assert_all_agree(counter, placed)
    assert 'data-removed-lines="1"' in ada.get(f"/orders/{placed}").text


def test_a_line_removed_after_the_charge_is_refunded_and_the_rest_when_canceled(
    ada: Customer, counter: Counter, placed: str
) -> None:
    counter.charge(placed)
    total, amount, _ = books(placed)
    remove(ada, placed, 1)
    counter.work()
    less, same, back = books(placed)
    assert (same, less + back) == (amount, total)
    assert_all_agree(counter, placed)
    ada.post(f"/orders/{placed}/cancel")
    counter.work()
    assert (books(placed)[2], payments_of(placed), held()) == (amount, ["refunded"], {})
    assert_all_agree(counter, placed)


def test_a_removed_line_whose_refund_was_refused_is_refunded_once_more(
    ada: Customer, staff: Customer, counter: Counter, placed: str, monkeypatch
) -> None:
    counter.charge(placed)
    _, amount, _ = books(placed)
    refund, answers = Gateway.refund, iter([PaymentRefused("No.", "", "charge_disputed")])

    def refused_once(*args, **more):
        if refusal := next(answers, None):
            raise refusal
        return refund(*args, **more)

    monkeypatch.setattr(Gateway, "refund", refused_once)
    remove(ada, placed, 1)
    counter.work()
    assert books(placed)[1:] == (amount, 0)
    page = f"/admin/orders/{placed}"
    again = re.search(r'action="([^"]+/again)"', staff.get(page).text)[1]
    for _ in range(2):
        assert staff.post(again).status_code == 303
    counter.work()
    less, same, back = books(placed)
    assert (same, less + back) == (amount, amount)
    assert 'again"' not in staff.get(page).text
    assert_all_agree(counter, placed)


def test_a_canceled_order_without_a_line_is_voided_whole(
    ada: Customer, counter: Counter, placed: str
) -> None:
    remove(ada, placed, 0)
    ada.post(f"/orders/{placed}/cancel")
    counter.work()
    assert (payments_of(placed), held()) == (["voided"], {})
    assert_all_agree(counter, placed)


def test_what_was_captured_whole_by_hand_is_refunded_whole(
    ada: Customer, counter: Counter, placed: str
) -> None:
    _, held_cents, _ = books(placed)
    remove(ada, placed, 0)
    ada.post(f"/orders/{placed}/cancel")
    db.session.rollback()
    intent = db.session.scalars(select(Payment.intent_id)).one()
    db.session.rollback()
    counter.gateway.capture(intent, held_cents, f"by-hand-{intent}")  # in the service's dashboard
    counter.work()
    assert (books(placed)[1:], payments_of(placed)) == ((held_cents, held_cents), ["refunded"])
    assert differences(counter, placed) == set()


def test_what_shipped_or_is_anothers_is_not_changed(ada: Customer, new_customer, shipped: str) -> None:
    before = books(shipped)
    remove(ada, shipped, 0)
    assert new_customer().get(f"/orders/{shipped}/address").status_code == 404
    assert ada.get(f"/orders/{shipped}/address").status_code == 303
    assert books(shipped) == before


MOVES = [
    ({"region": "NJ"}, 422),  # the ZIP code is not there
    ({"region": "XX"}, 422),
    ({"line1": ""}, 422),
    ({"line1": "7 Sample Road"}, 303),  # the last, since it stays
]


def test_an_address_is_changed_where_the_rules_allow(ada: Customer, staff: Customer, placed: str) -> None:
    for changes, status in MOVES:
        assert move(ada, placed, **changes).status_code == status, changes
        db.session.rollback()
        moved = orders.by_number(placed).line1 == "7 Sample Road"
        assert moved == (status == 303), changes
        assert mails("order_changed") == int(moved), changes
        page = staff.get(f"/admin/orders/{placed}").text
        assert "12 Example Street" in page, changes  # now, or what it was


def test_what_was_packed_before_a_change_is_not_shipped(ada: Customer, staff: Customer, placed: str) -> None:
    page = staff.get(f"/admin/orders/{placed}").text
    seen = re.search(r'name="seen" value="(\w{16})"', page)[1]
    remove(ada, placed, 1)
    path = f"/admin/orders/{placed}"
    staff.post(f"{path}/ship", tracking="", seen=seen)
    assert (status_of(placed), payments_of(placed)) == ("placed", ["authorized"])
    again = re.search(r'name="seen" value="(\w{16})"', staff.get(path).text)[1]
    staff.post(f"{path}/ship", tracking="", seen=again)
    assert status_of(placed) == "shipped"


def test_staff_remove_a_line_for_the_customer(staff: Customer, placed: str, naproxen: int) -> None:
    page = f"/admin/orders/{placed}"
    db.session.rollback()
    line_id = orders.by_number(placed).lines[0].id
    assert staff.post(f"{page}/lines/{line_id}/remove").status_code == 303
    assert (held(), mails("order_changed")) == ({naproxen: 50}, 1)
    assert 'data-removed-lines="1"' in staff.get(page).text
    staff.post(f"{page}/lines/{line_id}/remove")  # gone already
    assert mails("order_changed") == 1
