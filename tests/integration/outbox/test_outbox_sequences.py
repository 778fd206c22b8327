"""Jobs of one sequence run one at a time and in order; other sequences and lanes do not wait."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from shop.clock import now
from shop.database import transaction
from shop.outbox import claiming, worker
from shop.outbox.mail import enqueue_mail
from shop.outbox.models import Job
from shop.outbox.service import enqueue
from tests.integration.outbox.conftest import AT, ask, job, wait_until


def take(worker_id: int, lane: str = "default", at=AT, most: int = 10) -> list[str]:
    with transaction():
        return [one.payload["key"] for one in claiming.claim(worker_id, [lane], most, at)]


def ask_in(sequence: str | None, key: str, kind: str = "step", at=AT, run_after=None) -> None:
    with transaction():
        enqueue(kind, key, {"key": key}, at=at, run_after=run_after, sequence=sequence)


def finish(key: str) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.key == key).values(finished_at=AT, worker_id=None))


@pytest.fixture(autouse=True)
def step(handled):
    handled("step", lambda payload, at: None)
    handled("pay", lambda payload, at: None, lane="money")


def test_of_a_sequence_the_first_is_taken_and_the_next_when_it_is_done(context):
    for key in ("a1", "a2", "a3"):
        ask_in("order:1", key)
    assert take(1) == ["a1"]
    assert take(2) == []
    finish("a1")
    assert take(2) == ["a2"]


def test_other_sequences_and_jobs_without_one_do_not_wait(context):
    for sequence, key in (
        ("order:1", "a1"),
        ("order:1", "a2"),
        ("order:2", "b1"),
        (None, "c1"),
        (None, "c2"),
    ):
        ask_in(sequence, key)
    assert take(1) == ["a1", "b1", "c1", "c2"]


def test_one_that_is_tried_again_holds_back_those_after_it_only(context):
    ask_in("order:1", "a1")
    ask_in("order:1", "a2")
    ask_in("order:2", "b1")
    with transaction() as session:
        session.execute(
            update(Job).where(Job.key == "a1").values(attempts=3, run_after=AT + timedelta(hours=5))
        )
    assert take(1) == ["b1"]


def test_a_failing_mail_does_not_hold_back_the_money_of_its_order(context):
    ask_in("order:1", "mail")
    ask_in("order:1", "money", kind="pay")
    assert take(1) == ["mail"]
    assert take(1, "money") == ["money"]


def test_one_that_is_not_due_yet_holds_back_nothing_until_it_is(context):
    due = AT + timedelta(minutes=35)
    ask_in("order:1", "expiry", run_after=due)
    ask_in("order:1", "a2")
    ask_in("order:1", "a3")
    assert take(1) == ["a2"]
    assert take(1, at=due) == []  # a2 runs, so neither begins
    finish("a2")
    assert take(1, at=due) == ["expiry"]


def test_one_given_up_lets_the_next_pass(context):
    ask_in("order:1", "a1")
    ask_in("order:1", "a2")
    with transaction() as session:
        session.execute(update(Job).where(Job.key == "a1").values(given_up=True, finished_at=AT))
    assert take(1) == ["a2"]


def test_the_database_refuses_two_of_a_sequence_at_once(context):
    ask_in("order:1", "a1")
    ask_in("order:1", "a2")
    assert take(1) == ["a1"]
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Job).where(Job.key == "a2").values(worker_id=2))


def test_mails_about_an_order_keep_their_order(context, make_user):
    user_id = make_user()
    with transaction():
        for name in ("order_placed", "order_shipped"):
            enqueue_mail(name, user_id, f"{name}:ABCD1234", AT, number="ABCD1234", total_cents=1)
        enqueue_mail("password_changed", user_id, "password_changed:1", AT)
    assert job("mail:order_placed:ABCD1234").sequence == job("mail:order_shipped:ABCD1234").sequence
    assert job("mail:order_placed:ABCD1234").sequence == "order:ABCD1234"
    assert job("mail:password_changed:1").sequence is None


def test_two_workers_keep_the_order_of_every_sequence(context, workers):
    with transaction():
        for number in range(10):
            for order in range(4):
                sequence = f"order:{order}"
                enqueue(
                    "in_turn",
                    f"{order}:{number}",
                    {"sequence": sequence, "number": number},
                    at=now(),
                    sequence=sequence,
                )
    place("in_turn", "money")
    workers.start_many(2, worker_money=1)
    wait_until(lambda: len(workers.lines("turns")) == 80)
    turns = [words for _, *words in workers.lines("turns")]
    for order in range(4):
        mine = [words[1:] for words in turns if words[0] == f"order:{order}"]
        assert mine == [[str(n), what] for n in range(10) for what in ("begins", "ends")]


def place(kind: str, lane: str) -> None:
    """This process does not know the kinds of the workers, so it says the lane itself."""
    with transaction() as session:
        session.execute(update(Job).where(Job.kind == kind).values(lane=lane))


def test_running_what_is_due_in_one_thread_keeps_the_order_too(context, handled):
    done = []
    handled("count", lambda payload, at: done.append(payload["n"]))
    for n in range(10):
        ask("count", f"n:{n}", sequence="order:1", n=n)
    assert worker.run_due(AT) == 10
    assert done == list(range(10))
