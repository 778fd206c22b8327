"""Jobs: asked for once, run once however many workers there are, taken over from the dead, tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.clock import now
from shop.database import db, transaction
from shop.outbox import claiming, crew, worker
from shop.outbox.dispatcher import Dispatcher
from shop.outbox.kinds import Permanent
from shop.outbox.marking import Ended, mark
from shop.outbox.models import Job, Worker
from shop.outbox.rules import MOST_LOST, retry_delay
from shop.outbox.service import enqueue
from tests.integration.outbox.conftest import AT, ask, job


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
    assert failed.run_after >= before + retry_delay(1, 0)
    assert not worker.run_one(AT)  # not yet
    assert worker.run_one(failed.run_after)
    done = job("m:1")
    assert (done.attempts, done.last_error, done.given_up) == (2, None, False)
    assert done.finished_at


def test_a_job_that_fails_for_weeks_is_still_tried(context, handled):
    def fail(payload, at):
        raise ConnectionError

    handled("unlucky", fail)
    ask("unlucky", "u:1")
    for day in range(1, 41):
        assert worker.run_due(now() + timedelta(days=day)) == 1
    unlucky = job("u:1")
    assert (unlucky.attempts, unlucky.given_up, unlucky.finished_at) == (40, False, None)


def test_a_job_that_can_never_work_is_given_up_at_once(context, handled):
    class NoSuchMailbox(Permanent):
        pass

    def refuse(payload, at):
        raise NoSuchMailbox

    handled("hopeless", refuse)
    ask("hopeless", "h:1")
    assert worker.run_due(now()) == 1
    hopeless = job("h:1")
    assert (hopeless.attempts, hopeless.given_up, hopeless.last_error) == (1, True, "NoSuchMailbox")
    assert hopeless.finished_at
    assert worker.run_due(now() + timedelta(days=1)) == 0


def test_a_job_that_ends_its_worker_every_time_is_given_up(context, handled):
    class Killed(BaseException):
        pass

    def kill(payload, at):
        raise Killed

    handled("deadly", kill)
    ask("deadly", "d:1")
    at, other = now(), crew.Member(now())
    for _ in range(MOST_LOST):
        at += timedelta(hours=1)
        with pytest.raises(Killed):
            worker.run_one(at)
        assert job("d:1").worker_id
        miss_the_others(other)
    deadly = job("d:1")
    assert (deadly.given_up, deadly.last_error, deadly.attempts) == (True, "WorkerEnded", MOST_LOST)
    assert not worker.run_one(at + timedelta(days=1))


def miss_the_others(member) -> None:
    """Let `member` say often enough that it lives, while nobody else does."""
    for _ in range(crew.BEATS + 1):
        member.beat(now())


def test_one_that_lives_keeps_its_job_however_long_it_takes(context, handled):
    handled("slow", lambda payload, at: None)
    ask("slow", "s:1")
    slow, other = crew.Member(now()), crew.Member(now())
    with transaction():
        [taken] = claiming.claim(slow.id, ["default"], 1, now())
    for _ in range(3 * crew.BEATS):
        other.beat(now())
        slow.beat(now())
    assert job("s:1").worker_id == taken.worker_id == slow.id
    miss_the_others(other)
    assert job("s:1").worker_id is None


def test_a_worker_that_was_wrongly_missed_goes_on_as_a_new_one_and_marks_nothing_of_the_old(context, handled):
    handled("slow", lambda payload, at: None)
    ask("slow", "s:1")
    paused, other = crew.Member(now()), crew.Member(now())
    with transaction():
        [taken] = claiming.claim(paused.id, ["default"], 1, now())
    miss_the_others(other)
    paused.beat(now())
    assert paused.id != taken.worker_id
    with transaction():
        [again] = claiming.claim(other.id, ["default"], 1, now())
    with transaction():
        mark([Ended(taken, "TooLate")], now())
    assert job("s:1").worker_id == other.id == again.worker_id
    with transaction():  # and what this process is still at it does not take a second time
        mark([Ended(again, "Failed")], now())
        assert claiming.claim(paused.id, ["default"], 1, now() + timedelta(hours=1), [taken.id]) == []


def test_a_worker_that_was_missed_takes_nothing_until_it_is_a_new_one(context, handled):
    handled("greet", lambda payload, at: None)
    missed, other = crew.Member(now()), crew.Member(now())
    dispatcher = Dispatcher(context, missed, {"default": 1})
    miss_the_others(other)
    ask("greet", "g:1")
    dispatcher.turn()
    assert job("g:1").attempts == 0  # nobody would miss it at this job
    missed.beat(now())
    dispatcher.turn()
    assert dispatcher.wind_up(grace_seconds=60)
    assert job("g:1").finished_at


def test_a_worker_that_left_in_good_order_leaves_no_row(context):
    worker.run_due(now())
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0


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


def test_a_job_of_the_release_before_gets_its_lane_and_is_done(context, handled):
    done = []
    handled("greet", lambda payload, at: done.append(payload), lane="money")
    with transaction() as session:
        session.add(Job(kind="greet", key="old:1", payload={}, created_at=AT, run_after=AT))
        session.add(  # and one that a worker of that release has on lease
            Job(
                kind="greet",
                key="old:2",
                payload={},
                created_at=AT,
                run_after=AT,
                leased_until=now() + timedelta(minutes=1),
                attempts=1,
            )
        )
    assert worker.run_due(now()) == 1
    placed = job("old:1")
    assert (placed.lane, placed.due_at, len(done)) == ("money", AT, 1)
    assert worker.run_due(now() + timedelta(minutes=2)) == 1


def test_a_taken_job_looks_leased_to_workers_of_the_release_before(context, handled):
    handled("slow", lambda payload, at: None)
    ask("slow", "s:1")
    with transaction():
        claiming.claim(7, ["default"], 1, now())
    assert job("s:1").worker_id == 7
    assert job("s:1").leased_until > now() + timedelta(minutes=30)
