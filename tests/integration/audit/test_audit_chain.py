"""The audit record: one chain whoever writes, and no edit or loss stays hidden."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from shop.audit.events import Event
from shop.audit.models import AuditHead, AuditRecord
from shop.audit.sealing import seal_audit
from shop.audit.service import record
from shop.clock import now
from shop.database import db, transaction
from tests.forked import Forked
from tests.integration.audit.audit_hands import AT, broken, past_the_triggers
from tests.running_store import PATIENCE

SCRIPT = Path(__file__).with_name("audit_writer.py")


@pytest.fixture
def three_records(context):
    for number in range(1, 4):
        with transaction():
            record(Event.ORDER_PLACED, at=AT, subject=("order", number), actor_id=None, lines=number)
    seal_audit()
    return context


def numbers(line: str) -> list[int]:
    """What a line of a command's output counts."""
    return [int(one) for one in re.findall(r"\d+", line)]


def verify(app):
    return app.test_cli_runner().invoke(args=["audit", "verify"])


def test_an_empty_record_and_a_written_one_are_whole(context):
    assert broken() == []
    with transaction():
        record(Event.ORDER_PLACED, at=AT, subject=("order", 1))
        record(Event.PAYMENT_AUTHORIZED, at=AT, subject=("payment", 1), cents=4590)
    seal_audit()
    assert broken() == []
    assert db.session.get(AuditHead, 1).length == 2


def test_the_command_says_whole_and_how_many(three_records):
    answer = verify(three_records)
    assert answer.exit_code == 0
    assert numbers(answer.output.splitlines()[0]) == [3]
    assert f"3:{db.session.get(AuditHead, 1).hash}" in answer.output


def test_the_command_counts_what_is_not_sealed_yet_and_fails_when_it_waits_too_long(three_records):
    with transaction():
        record(Event.ORDER_PLACED, at=now(), subject=("order", 4))
    answer = verify(three_records)
    assert (answer.exit_code, numbers(answer.output.splitlines()[-1])) == (0, [1])
    with transaction():
        record(Event.ORDER_PLACED, at=AT, subject=("order", 5))
    assert verify(three_records).exit_code == 1
    assert numbers(three_records.test_cli_runner().invoke(args=["audit", "seal"]).output) == [2]
    assert verify(three_records).exit_code == 0


@pytest.mark.parametrize(
    "change",
    [
        "event = 'order:cancelled'",
        "subject_id = '9'",
        "subject_type = 'lot'",
        "at = '2026-11-19 12:00:00+00:00'",
        "detail = '{\"lines\": 9}'",
    ],
)
def test_an_edited_record_is_found_and_named(three_records, change):
    with past_the_triggers() as connection:
        connection.execute(text(f"UPDATE audit_record SET {change} WHERE id = 2"))
    assert broken() == [2]
    answer = verify(three_records)
    assert answer.exit_code == 1
    assert numbers(answer.output.splitlines()[0]) == [2, 3], "the broken one, and of how many"


def test_a_record_taken_out_of_the_middle_is_found(three_records):
    with past_the_triggers() as connection:
        connection.execute(text("DELETE FROM audit_record WHERE id = 2"))
    assert 3 in broken()


def test_a_deleted_tail_is_found(three_records):
    with past_the_triggers() as connection:
        connection.execute(text("DELETE FROM audit_record WHERE id = 3"))
    assert broken() == [3]
    assert verify(three_records).exit_code == 1


def test_a_record_emptied_altogether_is_found(three_records):
    with past_the_triggers() as connection:
        connection.execute(text("DELETE FROM audit_record"))
    assert broken() == [1]


def test_a_record_written_by_hand_at_the_end_is_found(three_records):
    with past_the_triggers() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_record (at, event, subject_type, subject_id, detail, previous_hash, hash)"
                " SELECT at, event, subject_type, '99', detail, hash, 'made up'"
                " FROM audit_record WHERE id = 3"
            )
        )
    assert broken()


def test_a_rolled_back_change_leaves_no_record_and_does_not_reach_the_next_one(context):
    def fail_midway() -> None:
        with transaction():
            record(Event.ORDER_CANCELED, at=AT, subject=("order", 1))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail_midway()
    with transaction():
        record(Event.ORDER_PLACED, at=AT, subject=("order", 2))
    assert db.session.scalars(select(AuditRecord.event)).all() == ["order:placed"]
    seal_audit()
    assert broken() == []


def test_two_processes_that_write_at_once_keep_one_chain(context):
    settings = context.extensions["settings"]
    writers = [Forked(SCRIPT, str(settings.instance), settings.database_url, "60") for _ in range(2)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        assert writer.wait(PATIENCE) == 0
        writer.communicate()
    assert db.session.scalar(select(func.count()).select_from(AuditRecord)) == 120
    assert seal_audit() == 120
    assert broken() == []


def test_every_event_has_a_name_of_its_own():
    assert len({event.value for event in Event}) == len(Event.__members__)
