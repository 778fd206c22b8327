"""Which errors mean "try again": a table of codes, each as its driver raises it."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import exc

from shop.busy import Trouble, busy_of


def from_postgresql(sqlstate: str) -> exc.DBAPIError:
    return exc.OperationalError("UPDATE …", {}, psycopg.errors.lookup(sqlstate)("words in any language"))


def from_sqlite(code: int) -> exc.DBAPIError:
    error = sqlite3.OperationalError("words in any language")
    error.sqlite_errorcode = code
    return exc.OperationalError("UPDATE …", {}, error)


@pytest.mark.parametrize(
    ("sqlstate", "trouble"),
    [
        ("55P03", Trouble.LOCKED),
        ("57014", Trouble.SLOW),
        ("40P01", Trouble.CONFLICT),
        ("40001", Trouble.CONFLICT),
        ("53300", Trouble.CROWDED),
        ("25P03", Trouble.AWAY),
        ("57P01", Trouble.AWAY),
        ("57P02", Trouble.AWAY),
        ("57P03", Trouble.AWAY),
        ("08006", Trouble.AWAY),
        ("53100", Trouble.DISK),
        ("25006", Trouble.DISK),
        ("23505", None),  # unique_violation
        ("42P01", None),  # undefined_table
        ("25P02", None),  # in_failed_sql_transaction: somebody went on after an error
    ],
)
def test_postgresql_says_it_by_its_sqlstate(sqlstate, trouble):
    assert busy_of(from_postgresql(sqlstate)) is trouble
    assert busy_of(from_postgresql(sqlstate).orig) is trouble


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (sqlite3.SQLITE_BUSY, Trouble.LOCKED),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Trouble.LOCKED),
        (sqlite3.SQLITE_FULL, Trouble.DISK),
        (sqlite3.SQLITE_READONLY_DIRECTORY, Trouble.DISK),
        (sqlite3.SQLITE_IOERR_WRITE, Trouble.DISK),
        (sqlite3.SQLITE_CANTOPEN, Trouble.AWAY),
        (sqlite3.SQLITE_CONSTRAINT, None),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_CORRUPT, None),
    ],
)
def test_sqlite_says_it_by_its_result_code(code, trouble):
    assert busy_of(from_sqlite(code)) is trouble


def test_a_connection_that_never_answered_has_no_code():
    assert busy_of(psycopg.OperationalError("connection refused")) is Trouble.AWAY


def test_no_connection_left_in_the_pool_is_busy():
    assert busy_of(exc.TimeoutError("QueuePool limit reached")) is Trouble.CROWDED


def test_asking_on_after_the_connection_was_lost_is_away_and_after_ones_own_error_a_defect():
    assert busy_of(exc.PendingRollbackError("lost", code="8s2b")) is Trouble.AWAY
    assert busy_of(exc.PendingRollbackError("flush failed", code="7s2a")) is None


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("x"), exc.InvalidRequestError("x")])
def test_everything_else_is_a_defect(error):
    assert busy_of(error) is None


def test_every_trouble_says_when_to_try_again():
    assert all(trouble.retry_after >= 1 for trouble in Trouble)
