"""Jobs: asked for once, run once however many workers there are, taken over from the dead, tried again."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.database import db, now, transaction
from shop.outbox import worker
from shop.outbox.models import Job
from shop.outbox.service import enqueue

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCRIPT = Path(__file__).with_name("outbox_worker.py")


@pytest.fixture
def start_worker(app, tmp_path):
    """Starts real worker processes on the app's database; none outlives the test."""
    started: list[subprocess.Popen] = []
    settings = app.extensions["settings"]
    where = [str(settings.instance), settings.database_url, str(tmp_path / "notes")]

    def start(hang: str = "no") -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *where, hang],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def handled():
    """`handled("kind", function)` declares a handler for the time of the test."""
    kinds = []

    def declare(kind, handler):
        kinds.append(kind)
        worker.handles(kind)(handler)

    yield declare
    for kind in kinds:
        del worker._handlers[kind]


def ask(kind: str, key: str, at: datetime = AT, **payload) -> None:
    with transaction():
        enqueue(kind, key, payload, at=at)


def job(key: str) -> Job:
    db.session.expire_all()
    found = db.session.scalars(select(Job).where(Job.key == key)).one()
    db.session.rollback()
    return found


def test_the_same_effect_asked_for_twice_is_one_job(context, handled):
    done = []
    handled("greet", lambda payload, at: done.append(payload))
    ask("greet", "greet:1", who="first")
    ask("greet", "greet:1", who="second")
    assert worker.run_due(AT) == 1
    ask("greet", "greet:1", who="third")  # and not again after it was done
    assert worker.run_due(AT) == 0
    assert done == [{"who": "first"}]


def test_two_requests_that_ask_for_the_same_job_at_once_both_succeed(context):
    import threading

    together, failures = threading.Barrier(2), []

    def ask_together() -> None:
        with context.app_context():
            try:
                together.wait()
                ask("greet", "greet:both")
            except Exception as error:
                failures.append(error)
            db.session.remove()

    threads = [threading.Thread(target=ask_together) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_a_job_is_not_seen_before_its_transaction_is_committed(context):
    with transaction() as session:
        enqueue("greet", "greet:1", {}, at=AT)
        session.flush()
        with db.engine.connect() as other:
            assert other.scalar(select(func.count()).select_from(Job)) == 0
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_a_rolled_back_change_leaves_no_job(context):
    def fail_midway() -> None:
        with transaction():
            enqueue("greet", "greet:1", {}, at=AT)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail_midway()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_job_waits_for_its_time(context, handled):
    done = []
    handled("greet", lambda payload, at: done.append(at))
    with transaction():
        enqueue("greet", "later", {}, at=AT, run_after=AT + timedelta(hours=1))
    assert worker.run_due(AT + timedelta(minutes=59)) == 0
    assert worker.run_due(AT + timedelta(hours=1)) == 1
    assert done == [AT + timedelta(hours=1)]


def test_a_failed_job_is_tried_again_later_and_notes_only_the_kind_of_error(context, handled):
    tries = []

    def fail_once(payload, at):
        tries.append(at)
        if len(tries) == 1:
            raise ConnectionError("to mail.example for ada@demo.example")

    handled("mail_out", fail_once)
    ask("mail_out", "m:1")
    before = now()
    assert worker.run_one(AT)
    failed = job("m:1")
    assert (failed.finished_at, failed.attempts, failed.last_error) == (None, 1, "ConnectionError")
    assert failed.run_after >= before + worker.retry_delay(1)
    assert not worker.run_one(AT)  # not yet
    assert worker.run_one(failed.run_after)
    done = job("m:1")
    assert (done.attempts, done.last_error, done.given_up) == (2, None, False)
    assert done.finished_at


def test_a_job_that_never_works_is_given_up_after_the_last_attempt(context, handled):
    def fail(payload, at):
        raise ValueError

    handled("hopeless", fail)
    ask("hopeless", "h:1")
    for _ in range(worker.MOST_ATTEMPTS):
        assert worker.run_one(now() + timedelta(days=1))
    assert not worker.run_one(now() + timedelta(days=2))
    assert job("h:1").given_up


def test_a_job_that_kills_its_worker_every_time_is_given_up_as_well(context, handled):
    class Killed(BaseException):
        pass

    def kill(payload, at):
        raise Killed

    handled("deadly", kill)
    ask("deadly", "d:1")
    for day in range(worker.MOST_ATTEMPTS):
        with pytest.raises(Killed):
            worker.run_one(AT + timedelta(days=day))
    assert worker.run_due(AT + timedelta(days=worker.MOST_ATTEMPTS)) == 1
    given_up = job("d:1")
    assert (given_up.given_up, given_up.last_error) == (True, "WorkerEnded")


def test_a_failing_job_does_not_hold_up_the_others(context, handled):
    done = []

    def fail(payload, at):
        raise ValueError

    handled("bad", fail)
    handled("good", lambda payload, at: done.append(payload["n"]))
    ask("bad", "b:1")
    for n in range(3):
        ask("good", f"g:{n}", n=n)
    assert worker.run_due(AT) == 4
    assert done == [0, 1, 2]


def test_a_job_of_a_kind_nobody_handles_waits_untouched(context):
    ask("of_a_later_version", "x:1")
    assert worker.run_due(AT + timedelta(days=1)) == 0
    assert job("x:1").attempts == 0


def test_two_workers_do_two_hundred_jobs_each_once(context, start_worker, tmp_path):
    with transaction():
        for number in range(200):
            enqueue("note_down", f"n:{number}", {"number": number}, at=now())
    workers = [start_worker(), start_worker()]
    for process in workers:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in workers:
        assert process.wait(60) == 0
    notes = [line.split() for line in (tmp_path / "notes").read_text().splitlines()]
    assert Counter(number for _, number in notes) == Counter(str(n) for n in range(200))
    assert len({pid for pid, _ in notes}) == 2
    assert db.session.scalar(select(func.count()).where(Job.finished_at.is_(None))) == 0
    assert db.session.scalar(select(func.sum(Job.attempts))) == 200


def test_the_job_of_a_killed_worker_is_taken_over_when_its_lease_ends(
    context, start_worker, handled, tmp_path
):
    ask("note_down", "n:1", at=now(), number=1)
    doomed = start_worker("hang")
    doomed.stdin.write("go\n")
    doomed.stdin.flush()
    assert doomed.stdout.readline() == "working\n"
    doomed.kill()
    doomed.wait()

    done = []
    handled("note_down", lambda payload, at: done.append(payload["number"]))
    assert not worker.run_one(now())  # the dead worker still holds it
    assert worker.run_one(now() + worker.LEASE)
    assert done == [1]
    assert job("n:1").attempts == 2
