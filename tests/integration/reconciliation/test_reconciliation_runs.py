"""The command, the nightly job, and what is kept of a comparison."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from shop.clock import at_time, now, today
from shop.database import db, transaction
from shop.outbox import chores
from shop.outbox.models import Job
from shop.outbox.worker import run_due
from shop.payments.gateway import Gateway
from shop.payments.refusals import PaymentServiceUnavailable
from shop.reconciliation import jobs, service
from shop.reconciliation.models import ReconcileRun
from tests.in_zones import store_in
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.payments.payment_desk import KEY, SECRET
from tests.integration.reconciliation.both_sides import bought, payment_of

pytestmark = pytest.mark.usefixtures("context")


def command(app: Flask, *arguments: str) -> tuple[int, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["payments", "reconcile", *arguments])
    return result.exit_code, result.output


def let_go_there(counter: Counter, number: str) -> None:
    counter.gateway.void(payment_of(number).intent_id, f"by-hand-{number}")


def later(**span: float) -> None:
    """Let everything of the newest comparison have happened that long ago."""
    with transaction() as session:
        session.execute(update(ReconcileRun).values(started_at=now() - timedelta(**span)))


def test_the_command_says_nothing_differs_and_succeeds(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    bought(counter, ada, naproxen)
    code, output = command(counter.app)
    assert code == 0
    assert re.findall(r"\d+", output.splitlines()[-1]) == ["0", "1", "0"], "differences, orders, in flight"


def test_the_command_prints_each_difference_and_fails(counter: Counter, ada: Customer, naproxen: int) -> None:
    number = bought(counter, ada, naproxen)
    let_go_there(counter, number)
    assert command(counter.app)[0] == 0, "it changed within the grace"
    code, output = command(counter.app, "--grace", "0")
    reference = payment_of(number).reference
    assert code == 1
    assert output.splitlines()[0].split() == ["placed_but_not_paid", number, reference]


def test_a_comparison_that_could_not_be_finished_is_no_success(
    counter: Counter, ada: Customer, naproxen: int, monkeypatch
) -> None:
    bought(counter, ada, naproxen)
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    assert command(counter.app)[0] == 2
    (run,) = service.last_runs()
    assert (run.error, run.finished_at is not None) == ("payment_service_unavailable", True)
    assert service.last_result() is None


def test_the_result_is_kept_with_codes_and_order_numbers(
    counter: Counter, ada: Customer, naproxen: int
) -> None:
    number = bought(counter, ada, naproxen)
    let_go_there(counter, number)
    result = service.run(counter.gateway.lists, timedelta(0), clock=lambda: now() + timedelta(seconds=5))
    assert result.difference_count == 1
    run = service.last_result()
    assert (run.orders, run.in_flight, run.difference_count) == (1, 0, 1)
    assert [(one["code"], one["order"]) for one in run.differences] == [("placed_but_not_paid", number)]


def test_old_comparisons_are_forgotten(counter: Counter) -> None:
    service.run(counter.gateway.lists)
    later(days=91)
    service.run(counter.gateway.lists)
    assert len(service.last_runs()) == 1


def test_one_job_a_day_compares_when_its_hour_has_come(counter: Counter) -> None:
    for _ in range(3):
        jobs.ask_for_tonights_comparison()
    job = db.session.scalars(select(Job).where(Job.kind == jobs.KIND)).one()
    assert job.run_after == at_time(today(), jobs.AT_NIGHT)
    assert job.key == f"reconcile:{today()}"
    tonight = job.run_after
    run_due(tonight - timedelta(seconds=1))
    assert list(service.last_runs()) == []
    run_due(tonight)
    assert [run.error for run in service.last_runs()] == [None]


def test_the_night_is_the_stores_own(context: Flask) -> None:
    """Six in the evening of the first in Honolulu is the second in Tokyo and in London."""
    at = datetime(2026, 11, 2, 4, tzinfo=UTC)
    for zone in ("Pacific/Honolulu", "America/New_York", "UTC", "Asia/Tokyo"):
        with store_in(zone, context), transaction():
            jobs.ask_for_comparison(at)
    asked = db.session.execute(select(Job.key, Job.run_after).where(Job.kind == jobs.KIND).order_by(Job.id))
    assert [tuple(row) for row in asked] == [
        ("reconcile:2026-11-01", datetime(2026, 11, 1, 14, tzinfo=UTC)),
        ("reconcile:2026-11-02", datetime(2026, 11, 2, 4, tzinfo=UTC)),
    ]


def test_the_worker_asks_by_itself(counter: Counter) -> None:
    assert jobs.ask_for_tonights_comparison in [planned.chore for planned in chores._chores]


def test_a_job_that_finds_the_service_away_is_tried_again(counter: Counter, monkeypatch) -> None:
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    with transaction():
        jobs.ask_now(now())
    with pytest.raises(PaymentServiceUnavailable):
        jobs.reconcile_payments({}, now())
    run_due(now())
    job = db.session.scalars(select(Job).where(Job.kind == jobs.KIND)).one()
    assert (job.finished_at, job.last_error) == (None, "PaymentServiceUnavailable")
    monkeypatch.setitem(counter.app.extensions, "gateway", counter.gateway)
    run_due(now() + timedelta(hours=2))
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.finished_at.is_(None))) == 0
    assert service.last_result() is not None
