"""Sealing: once, in order, by whoever comes first; never over a forged end; beside older code too."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from shop.audit import sealing
from shop.audit.models import AuditHead
from shop.audit.sealing import ChainNotTrusted, overdue, seal_audit
from shop.clock import now
from shop.database import db
from shop.outbox import chores
from tests.forked import Forked
from tests.integration.audit.audit_hands import (
    AT,
    broken,
    past_the_triggers,
    positions,
    rewrite_chain,
    write,
    write_as_before,
)
from tests.plans import statements
from tests.running_store import PATIENCE

pytestmark = pytest.mark.usefixtures("context")
SEALER = Path(__file__).with_name("audit_sealer.py")


def test_a_record_has_no_place_until_it_is_sealed_and_is_sealed_once():
    write(3)
    assert positions() == [None, None, None]
    assert seal_audit() == 3
    assert seal_audit() == 0
    assert positions() == [1, 2, 3]
    assert broken() == []


def test_the_workers_chore_seals():
    write(2)
    chores.run_all()
    assert positions() == [1, 2]


def test_more_records_than_one_batch_takes_are_sealed_in_several(monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 4)
    write(10)
    assert seal_audit() == 10
    assert positions() == list(range(1, 11))
    assert broken() == []


def test_a_record_that_is_committed_late_follows_those_with_a_higher_id():
    write(3)
    with past_the_triggers() as connection:  # its transaction took its id first and commits last
        connection.execute(text("UPDATE audit_record SET id = 9 WHERE id = 2"))
    seal_audit()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_record (id, at, event, subject_type, subject_id, detail)"
                " VALUES (2, '2026-11-20 12:00:00+00:00', 'order:placed', 'order', '7', '{}')"
            )
        )
    seal_audit()
    assert positions() == [1, 4, 2, 3]
    assert broken() == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # PostgreSQL plans by size; here it has none
def test_sealing_and_its_alarm_look_at_nothing_that_is_sealed():
    write(3)
    with statements() as sent:
        seal_audit()
        write_as_before(9)
        seal_audit()
        overdue(now())
    asked = [one for one in sent if "audit_record" in one[0]]
    plans = set()
    with db.engine.connect() as connection:
        for statement, parameters in asked:
            some = parameters[0] if isinstance(parameters, list) else parameters
            plans |= {
                row[3]
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", some)
                if "audit_record" in row[3]
            }
    good = ("ix_audit_record_unsealed", "uq_audit_record_position", "INTEGER PRIMARY KEY")
    assert len(asked) > 8
    assert [plan for plan in plans if not any(index in plan for index in good)] == []


# --- Several at once --------------------------------------------------------------------------------------


def test_sealers_and_writers_of_several_processes_make_one_chain(app):
    settings = app.extensions["settings"]
    sealers = [Forked(SEALER, str(settings.instance), settings.database_url) for _ in range(2)]
    for sealer in sealers:
        assert sealer.stdout.readline() == "ready\n"
    write(40)
    counts = []
    for sealer in sealers:
        said, _ = sealer.communicate("stop\n", timeout=PATIENCE)
        assert sealer.returncode == 0
        counts.append(int(said))
    assert sum(counts) + seal_audit() == 40
    assert sorted(positions()) == list(range(1, 41))
    assert broken() == []


def test_two_sealers_of_the_same_records_seal_each_once(app):
    write(20)
    start, done = threading.Barrier(2), []

    def seal() -> None:
        with app.app_context():
            start.wait(PATIENCE)
            done.append(seal_audit())
            db.session.remove()

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sum(done) == 20
    assert broken() == []


# --- The signature ----------------------------------------------------------------------------------------


def test_whoever_rewrites_the_whole_chain_without_the_key_is_found():
    write(3)
    seal_audit()
    with past_the_triggers() as connection:
        connection.execute(text("DELETE FROM audit_record WHERE id = 2"))
        rewrite_chain(connection)
    assert broken()


def test_a_forged_end_is_never_sealed_over():
    write(3)
    seal_audit()
    with past_the_triggers() as connection:
        connection.execute(text("DELETE FROM audit_record WHERE id = 2"))
        rewrite_chain(connection)
    write(1, first=4)
    with pytest.raises(ChainNotTrusted):
        seal_audit()
    assert positions()[-1] is None


@pytest.mark.parametrize(
    "change", ["signature = NULL", "signature = 'k1:00'", "signed_length = 1", "length = 2"]
)
def test_a_head_without_its_signature_is_found_and_not_sealed_over(change):
    write(3)
    seal_audit()
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE audit_head SET {change}"))
    assert broken()
    write(1, first=4)
    with pytest.raises(ChainNotTrusted):
        seal_audit()


# --- Beside a release before 0008 -------------------------------------------------------------------------


def test_records_that_older_code_chains_meanwhile_get_their_place_in_the_same_chain():
    write(2)
    write_as_before(3)
    assert broken() == []  # chained by the older code, not numbered yet
    write(1, first=4)
    seal_audit()
    write_as_before(5)
    seal_audit()
    assert positions() == [2, 3, 1, 4, 5]
    assert db.session.get(AuditHead, 1, populate_existing=True).length == 5
    assert broken() == []


def test_a_record_chained_by_hand_that_the_head_does_not_know_is_not_numbered():
    write_as_before(1)
    seal_audit()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_record (at, event, subject_type, subject_id, detail, previous_hash, hash)"
                " SELECT at, event, subject_type, '99', detail, hash, 'made up' FROM audit_record"
            )
        )
    assert broken()
    with pytest.raises(ChainNotTrusted):
        seal_audit()


# --- The alarm --------------------------------------------------------------------------------------------


def test_a_record_that_waits_too_long_is_an_alarm_until_it_is_sealed(app):
    minutes = timedelta(minutes=app.extensions["settings"].audit_seal_minutes)
    write(2)
    assert overdue(AT + minutes) == 0
    assert overdue(AT + minutes + timedelta(seconds=1)) == 2
    seal_audit()
    assert overdue(now()) == 0
