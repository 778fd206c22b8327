"""The admin's page of reconciliation: empty, with differences that lead to their orders, and run now."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.admin.payment_pages import WORDS
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.models import Job
from shop.reconciliation.jobs import KIND
from shop.reconciliation.models import ReconcileRun
from shop.reconciliation.rules import Code


def add_run(**values: object) -> None:
    with transaction() as session:
        session.add(
            ReconcileRun(**{"started_at": now() - timedelta(minutes=5), "finished_at": now()} | values)
        )


def test_a_store_that_was_never_compared_says_so(desk):
    desk.open("/admin/payments")
    assert 'class="notice"' in desk.page.text
    assert "<table" not in desk.page.text


def test_a_difference_leads_to_its_order_and_an_intent_of_nobody_to_none(desk):
    differences = [
        {"code": "shipped_but_not_captured", "order": "F-ABC", "subject": "F-ABC-1"},
        {"code": "intent_of_nobody", "order": None, "subject": "pi_1"},
        {"code": "of_a_later_release", "order": "F-DEF", "subject": "F-DEF-1"},
    ]
    add_run(orders=7, in_flight=1, difference_count=4, differences=differences)
    add_run(error="payment_service_unavailable", differences=[])
    desk.open("/admin/payments")
    assert re.findall(r'<a href="(/admin/orders/[^"]+)">', desk.page.text) == [
        "/admin/orders/F-ABC",
        "/admin/orders/F-DEF",
    ]
    rows = desk.rows()
    assert [row[-1] for row in rows[:3]] == ["F-ABC-1", "pi_1", "F-DEF-1"]
    assert rows[2][1] == "of_a_later_release"
    assert rows[-1][-3:] == ["7", "1", "4"]


def test_run_now_asks_the_worker_once(desk):
    for _ in range(2):
        desk.send("/admin/payments/reconcile")
        assert desk.page.status_code == 200
    keys = db.session.scalars(select(Job.key).where(Job.kind == KIND)).all()
    assert 1 <= len(keys) <= 2  # the minute may have changed between the two


@pytest.mark.parametrize("code", Code)
def test_every_difference_has_words_and_something_to_do(code):
    assert all(WORDS[code])
