"""Real worker processes: lanes, SIGTERM, SIGKILL, and never a job twice at once."""

import signal
import socket
import threading
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import func, select, update

from shop.clock import now
from shop.database import db, transaction
from shop.outbox.mail import enqueue_mail
from shop.outbox.models import Job, Worker
from tests.integration.outbox.conftest import MISSED_SOON, ask, job, wait_until
from tests.running_store import PATIENCE


@pytest.fixture
def silent_smtp():
    """Accepts every connection and says nothing; `connections` are those so far."""
    server, connections = socket.create_server(("127.0.0.1", 0)), []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connections.append(server.accept()[0])

    thread = threading.Thread(target=accept)
    thread.start()
    yield f"smtp+plain://127.0.0.1:{server.getsockname()[1]}", connections
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for connection in connections:
        connection.close()


def ask_in_lane(lane: str, kind: str, key: str, **payload) -> None:
    """This process does not know the kinds of the workers, so it says the lane itself."""
    ask(kind, key, at=now(), **payload)
    with transaction() as session:
        session.execute(update(Job).where(Job.key == key).values(lane=lane))


OURS = ("note_down", "in_turn", "until_told")
"""Kinds of these tests: a worker's chores ask for jobs of their own, for tonight."""


def unfinished() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Job.finished_at.is_(None), Job.kind.in_(OURS)))


def test_a_silent_mail_server_does_not_hold_back_the_money(context, workers, make_user, silent_smtp):
    url, connections = silent_smtp
    user_id = make_user()
    with transaction():
        for number in range(10):
            enqueue_mail("password_changed", user_id, f"k:{number}", now())
    workers.start(smtp_url=url, worker_mail=2)
    wait_until(lambda: len(connections) == 2)  # every thread of the mails' lane waits for an answer
    for number in range(20):
        ask_in_lane("money", "money_step", f"m:{number}", number=number)
    wait_until(lambda: len(workers.lines("done")) == 20)
    assert len(connections) == 2  # while the mails still wait
    assert job("mail:k:0").finished_at is None


def test_two_workers_do_two_hundred_jobs_each_once(context, workers):
    for number in range(200):
        ask_in_lane("default", "note_down", f"n:{number}", number=number)
    workers.start_many(2)
    wait_until(lambda: unfinished() == 0)
    notes = workers.lines("done")
    assert Counter(number for _, number in notes) == Counter(str(n) for n in range(200))
    assert db.session.scalar(select(func.sum(Job.attempts)).where(Job.kind.in_(OURS))) == 200


def test_sigterm_lets_the_running_job_end_and_takes_no_other(context, workers):
    process = workers.start(worker_default=1)
    ask_in_lane("default", "until_told", "u:1", number=1)
    ask_in_lane("default", "until_told", "u:2", number=2)
    wait_until(lambda: workers.lines("begun"))
    process.send_signal(signal.SIGTERM)
    workers.tell_to_go()
    assert process.wait(PATIENCE) == 0
    assert workers.lines("done") == [[str(process.pid), "1"]]
    assert job("u:1").finished_at
    assert (job("u:2").attempts, job("u:2").worker_id) == (0, None)
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0


def test_what_does_not_end_in_time_after_sigterm_goes_to_another_worker(context, workers):
    process = workers.start(worker_grace_seconds=0.2)
    ask_in_lane("default", "until_told", "u:1", number=1)
    wait_until(lambda: workers.lines("begun"))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert workers.lines("done") == []
    workers.tell_to_go()
    other = workers.start(**MISSED_SOON)
    wait_until(lambda: workers.lines("done"))
    assert workers.lines("done") == [[str(other.pid), "1"]]


def test_the_jobs_of_a_killed_worker_go_to_another_within_its_beats(context, workers):
    doomed = workers.start()
    for number in range(2):
        ask_in_lane("default", "until_told", f"u:{number}", number=number)
    wait_until(lambda: len(workers.lines("begun")) == 2)
    other = workers.start(**MISSED_SOON)
    doomed.kill()
    doomed.wait()
    workers.tell_to_go()
    wait_until(lambda: unfinished() == 0)
    assert sorted(workers.lines("done")) == [[str(other.pid), "0"], [str(other.pid), "1"]]
    assert (job("u:0").attempts, job("u:0").lost) == (2, 1)


def test_a_handler_that_ends_its_thread_is_a_failure_and_blocks_no_slot(context, workers):
    workers.start(worker_default=1)
    ask_in_lane("default", "leave_thread", "l:1", number=1)
    wait_until(lambda: job("l:1").last_error)
    assert job("l:1").last_error == "ThreadEnded"
    ask_in_lane("default", "note_down", "n:1", number=1)
    wait_until(lambda: workers.lines("done"))
