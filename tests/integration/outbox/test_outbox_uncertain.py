"""The connection is cut at the commit that takes a job: it was saved, and the worker was not told."""

from contextlib import contextmanager

import pytest

from shop.clock import now
from shop.database import CommitUncertain, db, transaction
from shop.outbox import crew, dispatcher, worker
from shop.outbox.dispatcher import Dispatcher
from tests.integration.outbox.conftest import ask, job, wait_until


@pytest.fixture
def cut_once(monkeypatch):
    """The first commit of the worker is made, and then said to be uncertain."""
    cuts = [CommitUncertain()]

    @contextmanager
    def cut():
        with transaction() as session:
            yield session
        if cuts:
            raise cuts.pop()

    monkeypatch.setattr(dispatcher, "AWAY_SECONDS", 0)
    monkeypatch.setattr(dispatcher, "transaction", cut)
    return cuts


def test_a_job_taken_by_a_commit_without_an_answer_is_done_by_the_same_worker(context, handled, cut_once):
    done = []
    handled("greet", lambda payload, at: done.append(payload))
    ask("greet", "greet:1", at=now())
    mine = Dispatcher(context, crew.Member(now()), {"default": 1})
    mine.turn()
    assert (done, cut_once) == ([], [])
    mine.turn()
    wait_until(lambda: done)
    assert mine.wind_up(10)
    assert job("greet:1").finished_at is not None
    assert len(done) == 1


def test_a_worker_that_leaves_keeps_no_job_it_did_not_know_of(context, handled, cut_once):
    handled("greet", lambda payload, at: None)
    ask("greet", "greet:1", at=now())
    member = crew.Member(now())
    Dispatcher(context, member, {"default": 1}).turn()
    assert job("greet:1").worker_id == member.id
    member.leave()
    db.session.rollback()
    assert worker.run_due(now()) == 1
