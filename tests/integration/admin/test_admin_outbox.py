"""The page of jobs and alarms: counts by kind, what failed without what it is about, retrying one and all."""

from datetime import timedelta

from sqlalchemy import select

from shop.clock import now
from shop.database import db, transaction
from shop.outbox import failures
from shop.outbox.models import Job


def add_job(kind: str, key: str | None = None, **columns) -> int:
    at = now() - timedelta(minutes=5)
    with transaction() as session:
        job = Job(
            kind=kind,
            key=key or kind,
            payload={"secret": "of the patient"},
            created_at=at,
            run_after=at,
            due_at=at,
            lane="mail",
            **columns,
        )
        session.add(job)
        session.flush()
        return job.id


def given_up(kind: str, key: str) -> int:
    return add_job(kind, key, attempts=1, last_error="CardError", given_up=True, finished_at=now())


def found(job_id: int) -> Job:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Job, job_id)


def test_jobs_are_counted_by_kind(desk):
    add_job("mail", "m:1")
    add_job("mail", "m:2", attempts=3, last_error="APIConnectionError")
    given_up("mail", "m:3")
    add_job("mail", "m:4", finished_at=now())
    add_job("expire_order", finished_at=now())
    words = desk.open("/admin/outbox")
    assert [row[:5] for row in desk.rows()] == [["mail", "mail", "2", "1", "1"]]
    assert "secret" not in words
    assert "patient" not in words
    assert "jobs_given_up" in words


def test_failed_jobs_of_a_kind_are_shown_without_what_they_are_about(desk):
    add_job("mail", "m:1")
    again = add_job("mail", "m:2", attempts=3, last_error="APIConnectionError")
    gone = given_up("mail", "m:3")
    words = desk.open("/admin/outbox/mail")
    assert [(row[0], row[2], row[3]) for row in desk.rows()] == [
        (str(again), "3", "APIConnectionError"),
        (str(gone), "1", "CardError"),
    ]
    assert 'data-retriable="2"' in desk.page.text
    assert 'action="/admin/outbox/mail/retry-all"' in desk.page.text
    assert "secret" not in words


def test_retrying_gives_a_job_back_to_the_worker_with_its_attempts_anew(desk):
    gone = given_up("mail", "m:1")
    assert desk.send(f"/admin/outbox/{gone}/retry")
    job = found(gone)
    assert (job.given_up, job.finished_at, job.attempts) == (False, None, 0)
    assert job.run_after <= now()


def test_a_job_that_is_done_or_runs_is_not_retried(desk):
    done = add_job("mail", "m:1", finished_at=now())
    runs = add_job("mail", "m:2", attempts=2, last_error="OSError", worker_id=7)
    for job_id in (done, runs):
        desk.send(f"/admin/outbox/{job_id}/retry")
    assert found(done).finished_at is not None
    assert (found(runs).worker_id, found(runs).attempts) == (7, 2)


def test_all_of_a_kind_are_retried_and_no_others(desk):
    mine = [given_up("mail", f"m:{n}") for n in range(3)]
    mine.append(add_job("mail", "m:9", attempts=5, last_error="OSError"))
    other, done = given_up("capture_payment", "c:1"), add_job("mail", "m:8", finished_at=now())
    desk.send("/admin/outbox/mail/retry-all")
    for job_id in mine:
        job = found(job_id)
        assert (job.given_up, job.finished_at, job.attempts) == (False, None, 0)
    assert found(other).given_up
    assert found(done).finished_at


def test_retrying_all_ends_at_a_bound(context, monkeypatch):
    monkeypatch.setattr(failures, "MOST_RETRIED", 2)
    for n in range(3):
        given_up("mail", f"m:{n}")
    with transaction():
        assert failures.retry_all("mail", now()) == 2
    assert len(db.session.scalars(select(Job).where(Job.given_up)).all()) == 1


def test_a_long_list_goes_on_after_the_last_one_shown(desk, monkeypatch):
    monkeypatch.setattr(failures, "PER_PAGE", 2)
    ids = [given_up("mail", f"m:{n}") for n in range(3)]
    ids.append(add_job("mail", "m:9", attempts=5, last_error="OSError"))
    desk.open("/admin/outbox/mail")
    assert [row[0] for row in desk.rows()] == [str(one) for one in ids[:2]]
    assert f"after={ids[1]}" in desk.page.text
    desk.open(f"/admin/outbox/mail?after={ids[1]}")
    assert [row[0] for row in desk.rows()] == [str(one) for one in ids[2:]]
    assert 'rel="next"' not in desk.page.text


def test_without_jobs_the_pages_say_so(desk):
    desk.open("/admin/outbox")
    assert "<table" not in desk.page.text
    desk.open("/admin/outbox/mail")
    assert "<table" not in desk.page.text
    assert desk.client.get("/admin/outbox/no-such-kind").status_code == 404
