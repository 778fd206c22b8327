"""Alarms: which conditions raise one, told once a day, and said by /readyz without a worker."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.clock import now
from shop.database import db, transaction
from shop.orders.models import Order
from shop.outbox import claiming, crew, failures, watching, worker
from shop.outbox.jobs import tell_of_alarms
from shop.outbox.models import Job, Worker
from shop.outbox.rules import OLD_AFTER, Lane
from shop.payments.models import Payment, PaymentMovement
from tests.integration.outbox.conftest import ask, job
from tests.plans import statements


@pytest.fixture(autouse=True)
def a_worker(context):
    """One that lives, so that its absence rings in no other test."""
    return crew.Member(now())


def ringing(at=None) -> dict[str, int]:
    db.session.rollback()
    return {one.name: one.count for one in watching.ringing(at or now())}


def test_a_store_in_good_order_is_quiet(context):
    assert ringing() == {}


@pytest.mark.parametrize("lane", list(Lane))
def test_a_job_that_was_due_too_long_ago_rings_by_its_lane(context, handled, lane):
    handled("slow", lambda payload, at: None, lane=lane)
    at = now()
    ask("slow", "s:1", at=at - OLD_AFTER[lane] + timedelta(minutes=1))
    assert ringing(at) == {}
    assert ringing(at + timedelta(minutes=2)).keys() - {"no_worker"} == {f"{lane}_jobs_old"}


def test_failing_does_not_make_a_job_younger_and_waiting_for_its_time_not_older(context, handled):
    def fail(payload, at):
        raise ConnectionError

    handled("pay", fail, lane="money")
    ask("pay", "p:1", at=now() - timedelta(hours=1))
    worker.run_due(now())
    assert ringing() == {"money_jobs_old": 1}
    with transaction() as session:  # asked for long ago, due just now
        session.execute(update(Job).where(Job.key == "p:1").values(due_at=now()))
    assert ringing() == {}


def test_a_job_given_up_and_one_of_an_unknown_kind_ring(context):
    ask("of_a_later_version", "x:1", at=now() - timedelta(hours=2))
    ask("gone", "g:1", at=now())
    with transaction() as session:
        session.execute(update(Job).where(Job.key == "g:1").values(given_up=True, finished_at=now()))
    assert ringing() == {"jobs_given_up": 1, "jobs_of_unknown_kind": 1}


def test_a_store_without_a_worker_rings_by_itself(context, client):
    with transaction() as session:
        session.execute(update(Worker).values(last_seen=now() - timedelta(minutes=2)))
    assert ringing() == {"no_worker": 1}
    answer = client.get("/readyz")
    assert answer.status_code == 200  # the web stays in its load balancer
    assert answer.json["alarms"] == ["no_worker"]


def test_all_conditions_are_one_query(context):
    with statements() as asked:
        watching.ringing(now())
    assert len(asked) == 1


# --- Money ---


def add_payment(customer: int, state: str, authorized_at=None) -> int:
    with transaction() as session:
        order = Order(
            number="ABCD1234",
            user_id=customer,
            status="placed",
            currency="USD",
            subtotal_cents=100,
            delivery_cents=0,
            total_cents=100,
            created_at=now(),
            holds_until=now(),
            recipient="Ada",
            line1="1",
            city="C",
            region="R",
            postal_code="1",
            country="US",
        )
        session.add(order)
        session.flush()
        payment = Payment(
            order_id=order.id,
            reference="r",
            state=state,
            amount_cents=100,
            currency="USD",
            created_at=now(),
            authorized_at=authorized_at,
        )
        session.add(payment)
        session.flush()
        return payment.id


def add_movement(payment_id: int, kind: str, state: str, ago: timedelta) -> None:
    with transaction() as session:
        session.add(
            PaymentMovement(
                payment_id=payment_id,
                intent_id="pi",
                kind=kind,
                amount_cents=100,
                currency="USD",
                idempotency_key=f"{kind}-{state}",
                reason="shipped",
                state=state,
                requested_at=now() - ago,
            )
        )


@pytest.mark.parametrize(
    ("kind", "minutes", "rings"),
    [
        ("capture", 14, set()),
        ("capture", 16, {"captures_overdue"}),
        ("void", 59, set()),
        ("void", 61, {"returns_overdue"}),
        ("refund", 61, {"returns_overdue"}),
    ],
)
def test_money_that_was_asked_for_and_does_not_move_rings(context, make_user, kind, minutes, rings):
    payment_id = add_payment(make_user(), "capturing")
    add_movement(payment_id, kind, "requested", timedelta(minutes=minutes))
    add_movement(payment_id, kind, "done", timedelta(days=3))
    assert ringing().keys() == rings


def test_an_authorization_about_to_lapse_rings(context, make_user):
    add_payment(make_user(), "authorized", authorized_at=now() - timedelta(days=6, hours=11))
    assert ringing() == {}
    assert "authorizations_ending" in ringing(now() + timedelta(hours=2))


# --- The mail to the owner ---


def test_the_owner_is_told_once_a_day_of_each_condition(context, handled, tmp_path, change_settings):
    change_settings(instance=tmp_path, alarm_email="owner@demo.example")
    ask("of_a_later_version", "x:1", at=now() - timedelta(hours=2))
    tell_of_alarms()
    tell_of_alarms()
    [key] = db.session.scalars(select(Job.key).where(Job.kind == "alarm_mail"))
    db.session.rollback()
    assert key.startswith("alarm:jobs_of_unknown_kind:")
    assert job(key).lane != "mail"  # where it would wait behind the mails it tells of
    worker.run_due(now())
    [file] = (tmp_path / "mail").glob("*.eml")
    assert "owner@demo.example" in file.read_text()
    assert "jobs_of_unknown_kind" in file.read_text()


def test_a_quiet_store_writes_no_mail(context):
    tell_of_alarms()
    assert db.session.scalars(select(Job.key)).all() == []


# --- Neither scans what is done ---


def test_no_condition_and_no_figure_reads_a_table_from_end_to_end(context):
    with statements() as asked:
        watching.ringing(now())
        failures.by_kind(now())
        claiming.anything_due(list(Lane), now())
    assert len(asked) == 4
    plans = [line for statement, parameters in asked for line in plan_of(statement, parameters)]
    whole = re.compile(r"^SCAN (job|payment|payment_movement)$|Seq Scan on (job|payment|payment_movement)\b")
    assert [line for line in plans if whole.search(line)] == []


def plan_of(statement: str, parameters) -> list[str]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables are empty here
            return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
        return [
            row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
