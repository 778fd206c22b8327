"""The database: one `db`, one way to write, and the rules that make SQLite safe under many writers.

Views, webhooks, jobs and commands open `with transaction():`; services flush and never commit.
See docs/adr/0001-transactions.md for why SQLite begins its writes at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Delete,
    Enum,
    Integer,
    MetaData,
    Update,
    case,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from shop import sqlite
from shop.deadlines import keep as keep_deadlines
from shop.deadlines import lock_seconds
from shop.errors import Busy
from shop.limits import Deadlines
from shop.money import UNIT_PLACES

NAMES = {  # explicit names, so that a migration can drop a constraint on either database
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
AT_ONCE = 500
"""Ids in one question: SQLite takes 32,766 parameters, PostgreSQL plans long lists slowly."""
Value = TypeVar("Value", int, str)
State = TypeVar("State", bound=str)
Move = TypeVar("Move", bound=str)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

Key = BigInteger().with_variant(Integer, "sqlite")
"""Primary and foreign keys. SQLite numbers rows only in a column that is exactly INTEGER."""


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with `places` decimals, kept as a whole number: exact and sortable on both databases."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


def UnitPrice() -> ExactDecimal:  # noqa: N802  (reads as the column type it is)
    """A price per unit, in units of 1/100,000 of the currency."""
    return ExactDecimal(UNIT_PLACES)


def unit_price(stored: int) -> Decimal:
    """A price per unit from the whole number that a `UnitPrice` column stores."""
    return Decimal(stored).scaleb(-UNIT_PLACES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite forgets the zone, so it is put back on reading; naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def Code(kind: type[StrEnum], length: int) -> Enum:  # noqa: N802  (reads as the column type it is)
    """A code of `kind`, stored as its string and read as its member."""
    return Enum(
        kind, native_enum=False, length=length, values_callable=lambda members: [one.value for one in members]
    )


def one_of(column: str, codes: Iterable[StrEnum]) -> str:
    """The SQL condition that a column holds one of these codes: for a CHECK or a partial index."""
    return f"{column} IN ({', '.join(repr(code.value) for code in codes)})"


@contextmanager
def transaction(dry_run: bool = False) -> Iterator[Session]:
    """One write unit: all of it is committed, or none. Never hold it across a network call.

    A `dry_run` writes and takes all of it back; the session then holds no object of it.

    Starts fresh: a read that the request made earlier would otherwise have opened the transaction already,
    and SQLite could not take its write lock at the beginning. On an error everything is rolled back.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() does not nest: services flush, only the outermost caller commits")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("unsaved changes outside a transaction")
    session.rollback()
    with _turn():
        session.info["writing"] = True
        try:
            session.connection(execution_options={"begin_immediate": True})
            yield session
            if dry_run:
                session.rollback()
                session.expunge_all()
            else:
                _commit(session)
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


@contextmanager
def _turn() -> Iterator[None]:
    """On SQLite, writers of one process take turns here, each when the one before is done.

    Left to the file's lock they would look for it at growing intervals of up to 0.1 s, and the unlucky ones
    starve. Raises what the pool raises when there is no turn within the deadline: busy, try again.
    """
    turn: Lock | None = current_app.extensions["writers_turn"]
    if turn is None:
        yield
        return
    if not turn.acquire(timeout=lock_seconds(current_app.extensions["deadlines"])):
        raise PoolTimeout("no turn to write")
    try:
        yield
    finally:
        turn.release()


class CommitUncertain(Busy):
    """The connection was lost at the very commit: all of it was saved, or none, and nobody can say which."""

    code = "commit_uncertain"

    def __init__(self) -> None:
        super().__init__(
            "The connection to our database was lost while your change was being saved.",
            "Check whether it was saved before you try again.",
        )


def _commit(session: Session) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        if error.connection_invalidated and error.statement is None:  # COMMIT itself, no statement before it
            raise CommitUncertain from error
        raise


def portions(values: Iterable[Value], most: int = AT_ONCE) -> Iterator[list[Value]]:
    """Each value once, smallest first, as many at a time as one question (`… IN (…)`) takes."""
    distinct = sorted(set(values))
    return (distinct[start : start + most] for start in range(0, len(distinct), most))


def rows_changed(statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE and say how many rows met its condition: 0 means somebody was quicker."""
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def transition(column: Any, table: Mapping[tuple[State, Move], State], step: Move) -> tuple[Any, Any]:
    """A step of a state machine for one conditional UPDATE: where it may be taken, and the state it leads to.

    `table` has the state after each (state, step). Each row goes where the table sends its own state, be that
    one place for all or several. Raises ValueError for a step that the table does not have.
    """
    leads = {before: after for (before, known), after in table.items() if known == step}
    if not leads:
        raise ValueError(f"the table has no step {step}")
    after = set(leads.values())
    return column.in_(leads), after.pop() if len(after) == 1 else case(leads, value=column)


def lock_name(name: str) -> None:
    """Nobody else passes here with this name until the transaction ends.

    For a decision that counts rows which do not exist yet, so that no row can be locked. On SQLite the
    transaction is that lock already.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def init_app(app: Flask, deadlines: Deadlines) -> None:
    db.init_app(app)
    app.teardown_appcontext(_put_back_connection)  # before the library's own: the last registered runs first
    with app.app_context():
        keep_deadlines(db.engine, deadlines)
        on_sqlite = db.engine.dialect.name == "sqlite"
        app.extensions |= {"deadlines": deadlines, "writers_turn": Lock() if on_sqlite else None}
        if on_sqlite:
            sqlite.prepare(db.engine)


def _put_back_connection(_error: BaseException | None) -> None:
    """End the session. A connection that was cut meanwhile is thrown away: the answer is made already."""
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()
        db.session.registry.clear()
