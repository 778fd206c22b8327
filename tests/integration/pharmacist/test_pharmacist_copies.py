"""A copy at the desk: confirmed with one button, listed until it is, paid orders first."""

import re
from datetime import timedelta

import pytest

from shop.clock import now
from shop.database import transaction
from shop.prescriptions import service
from shop.prescriptions.ledger import quantities
from shop.prescriptions.uploads.files import keep_files
from tests.factories import make_lot
from tests.integration.checkout.store_counter import Counter, Customer, counter, store_sandbox  # noqa: F401
from tests.integration.fulfillment.test_fulfillment_blocks import charged
from tests.integration.pharmacist.desk_browser import entered
from tests.integration.pharmacist.test_pharmacist_header import row
from tests.integration.prescriptions.conftest import open_all, sent_file

CONFIRMED = {"confirmed_how": "phone", "confirmed_with": "Ivor Sample, MD"}


def listed(desk) -> list[str]:
    return re.findall(r'data-copy="(\w+)"', desk.client.get("/pharmacist/copies").text)


def test_an_approved_copy_is_confirmed_with_one_button_and_undone(desk, submit, baclofen, pharmacist):
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen))
    page = desk.open(reference).text
    assert 'data-confirmed="none"' in page
    assert re.search(r'<input[^>]*name="confirmed_with"[^>]*value="Ivor Sample, MD"', page)
    assert listed(desk) == [reference]
    assert desk.post(reference, "check", do="confirm", **CONFIRMED).status_code == 303
    assert (row(reference).confirmed_how, row(reference).confirmed_by) == ("phone", pharmacist)
    assert 'data-confirmed="phone"' in desk.open(reference).text
    assert listed(desk) == []
    assert desk.post(reference, "check", do="confirm", **CONFIRMED).status_code == 409
    assert desk.post(reference, "check", do="undo_confirmation").status_code == 303
    assert row(reference).confirmed_at is None


def test_once_something_has_shipped_it_stays_confirmed(desk, approve, baclofen):
    reference, item_id = approve(baclofen)
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, now(), now().date())
        quantities.dispense_quantity([1], now())
    assert 'value="undo_confirmation"' not in desk.open(reference).text
    assert desk.post(reference, "check", do="undo_confirmation").status_code == 409
    assert row(reference).confirmed_how == "phone"


def test_an_open_one_is_confirmed_without_losing_a_word(desk, submit, baclofen):
    reference = submit()
    for wrong in ({"confirmed_how": "nothing such"}, {"confirmed_with": " "}, {"confirmed_with": "x" * 121}):
        answer = desk.post(reference, "check", do="confirm", **(entered(baclofen) | CONFIRMED | wrong))
        assert answer.status_code == 422
        assert 'value="1 tablet three times a day"' in answer.text
    answer = desk.post(reference, "check", do="confirm", **entered(baclofen), **CONFIRMED)
    assert answer.status_code == 200
    assert 'value="1 tablet three times a day"' in answer.text
    assert 'data-confirmed="phone"' in answer.text
    assert desk.decide(reference, "approve", **entered(baclofen)).status_code == 303
    assert row(reference).confirmed_how == "phone"


def test_an_original_needs_no_confirmation(desk, submit, baclofen):
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen, origin="paper"))
    assert "data-confirmed" not in desk.open(reference).text
    assert listed(desk) == []
    assert desk.post(reference, "check", do="confirm", **CONFIRMED).status_code == 409


@pytest.mark.usefixtures("counter")
def test_a_paid_order_on_a_copy_is_first_and_ships_after_the_confirmation(
    desk,
    submit,
    baclofen,
    customer,
    ada,
    make_user,
    sign_in,
    counter: Counter,  # noqa: F811
):
    make_lot(baclofen)
    unpaid, paid = submit(), submit()
    fields = entered(baclofen, patient=ada) | {"outcome-duplicate-0": "continues"}
    for reference in (unpaid, paid):
        issued = (now().date() - timedelta(days=2 if reference == paid else 0)).isoformat()
        assert desk.decide(reference, "approve", **fields | {"issued_on": issued}).status_code == 303
    buyer = Customer(sign_in(customer), customer)
    assert "data-copy" in buyer.get(f"/prescriptions/{paid}").text
    number = charged(buyer, counter, baclofen, 90)
    assert listed(desk) == [paid, unpaid]
    assert 'href="/pharmacist/copies" data-count="1"' in desk.client.get("/pharmacist/").text
    assert "data-copy" in buyer.get(f"/orders/{number}").text
    admin = Customer(sign_in(make_user("admin")))
    assert 'data-block="prescription_is_a_copy"' in admin.get("/admin/orders").text
    assert f"/admin/orders/{number}/ship" not in admin.get(f"/admin/orders/{number}").text
    desk.post(paid, "check", do="confirm", **CONFIRMED)
    assert 'href="/pharmacist/copies" data-count="0"' in desk.client.get("/pharmacist/").text
    assert "data-copy" not in buyer.get(f"/orders/{number}").text
    assert f"/admin/orders/{number}/ship" in admin.get(f"/admin/orders/{number}").text


@pytest.mark.parametrize("approving", [True, False])
def test_nothing_is_decided_on_files_that_came_after_the_page(desk, submit, baclofen, customer, approving):
    reference = submit()
    seen = re.search(r'name="seen" value="(\d+)"', desk.open(reference).text)[1]
    desk.decide(reference, "ask", reason="page_missing")
    with keep_files([sent_file("other.png")]) as kept, transaction():
        service.answer(reference, customer, kept, "", now())
    open_all()
    if approving:
        answer = desk.decide(reference, "approve", **entered(baclofen, seen=seen))
    else:
        answer = desk.post(reference, "check", do="confirm", seen=seen, **CONFIRMED)
    assert answer.status_code == 409
    assert f'name="seen" value="{seen}"' not in answer.text
    assert (row(reference).status, row(reference).confirmed_at) == ("waiting", None)
    assert desk.decide(reference, "approve", **entered(baclofen)).status_code == 303
