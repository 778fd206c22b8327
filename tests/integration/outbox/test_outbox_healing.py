"""When what was away is back, the jobs that wait for it do not wait for hours."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.clock import now
from shop.database import transaction
from shop.outbox import worker
from shop.outbox.models import Job
from shop.outbox.rules import HEALED_AGAIN_AFTER, HEALED_OVER
from tests.integration.outbox.conftest import ask, job

HOURS = timedelta(hours=5)


@pytest.fixture
def service(handled):
    """`service["up"]` says whether the outside world answers; two kinds of jobs depend on it."""
    state = {"up": True}

    def use(payload, at):
        if not state["up"] or payload.get("hopeless"):
            raise ConnectionError

    handled("use", use)
    handled("use_other", use)
    return state


def put_off(*keys: str) -> None:
    """As if the outage had lasted long: the next try is hours away."""
    with transaction() as session:
        session.execute(update(Job).where(Job.key.in_(keys)).values(attempts=14, run_after=now() + HOURS))


def fail(service, *keys: str, kind: str = "use") -> None:
    service["up"] = False
    for key in keys:
        ask(kind, key, at=now())
    worker.run_due(now())
    assert all(job(key).last_error == "ConnectionError" for key in keys)
    put_off(*keys)


def test_after_one_success_the_others_of_its_kind_come_within_a_minute(context, service):
    waiting = [f"u:{n}" for n in range(90)]
    fail(service, *waiting)
    service["up"] = True
    ask("use", "new", at=now())
    assert worker.run_due(now()) > 0  # the new one, and those moved to this very moment
    times = [job(key).run_after for key in waiting]
    assert max(times) <= now() + HEALED_OVER
    assert len({time.replace(microsecond=0) for time in times}) > 10  # not all at once
    worker.run_due(now() + HEALED_OVER)
    assert all(job(key).finished_at for key in waiting)


def test_jobs_of_another_kind_or_not_failing_are_left_where_they_are(context, service):
    fail(service, "other", kind="use_other")
    with transaction():
        from shop.outbox.service import enqueue

        enqueue("use", "later", {}, at=now(), run_after=now() + HOURS)
    service["up"] = True
    ask("use", "new", at=now())
    assert worker.run_due(now()) == 1
    for key in ("other", "later"):
        assert job(key).run_after > now() + timedelta(hours=4)


def test_one_that_fails_for_reasons_of_its_own_is_moved_forward_once_an_hour(context, service):
    ask("use", "hopeless", at=now(), hopeless=True)
    worker.run_due(now())
    put_off("hopeless")
    ask("use", "good:1", at=now())
    worker.run_due(now())  # moves it to within a minute
    worker.run_due(now() + HEALED_OVER)
    put_off("hopeless")
    tries = job("hopeless").attempts
    ask("use", "good:2", at=now())
    worker.run_due(now())
    assert job("hopeless").run_after > now() + timedelta(hours=4)
    later = now() + HEALED_AGAIN_AFTER + HEALED_OVER * 2
    ask("use", "good:3", at=later)
    worker.run_due(later)
    assert job("hopeless").run_after <= later + HEALED_OVER or job("hopeless").attempts > tries
