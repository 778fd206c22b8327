"""The quiet after the storm: everything heals by itself, in bounded time, or what did not is named."""

import time
from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bench.chaos.sandbox import Sandbox
from bench.chaos.store import Store

LOOK_SECONDS = 0.5
CALM_SECONDS = 2.0  # nothing to do for so long: quiet
SOON_SECONDS = 300  # what is due within this is waited for; the half hour of an unpaid order is not
DUE = "finished_at IS NULL AND run_after <= :soon"
PUT_OFF = "finished_at IS NULL AND run_after > :now AND (attempts > 0 OR run_after <= :soon)"


def wait_until_quiet(
    store: Store, sandbox: Sandbox, engine: Engine, longest: float, say: Callable[[str], object]
) -> tuple[float, list[str]]:
    """Seconds until nothing was left to do, and what still was when `longest` had passed.

    What the faults put off, and what looks after a dead process within minutes, is called at once, as an
    operator's "retry all" does: a run is shorter than the store's patience.
    """
    begin = time.monotonic()
    calm_since: float | None = None
    waiting: list[str] = []
    while time.monotonic() - begin < longest:
        _call_what_was_put_off(engine, sandbox)
        waiting = _waiting(store, sandbox, engine)
        if waiting:
            calm_since = None
        else:
            calm_since = calm_since or time.monotonic()
            if time.monotonic() - calm_since >= CALM_SECONDS:
                return time.monotonic() - begin - CALM_SECONDS, []
        time.sleep(LOOK_SECONDS)
    say(f"not quiet after {longest:.0f} s: {'; '.join(waiting)}")
    return time.monotonic() - begin, waiting


def _waiting(store: Store, sandbox: Sandbox, engine: Engine) -> list[str]:
    found = []
    if not store.is_whole():
        found.append("a part of the store is missing")
    if count := sandbox.waiting_webhooks():
        found.append(f"{count} webhooks are not delivered")
    moment = {"soon": _moment(engine, SOON_SECONDS)}
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text(f"SELECT kind, count(*) FROM job WHERE {DUE} GROUP BY kind"), moment
            )
            found += [f"{count} jobs {kind} are not done" for kind, count in rows]
    except SQLAlchemyError as error:
        found.append(f"the database does not answer: {type(error).__name__}")
    return found


def _call_what_was_put_off(engine: Engine, sandbox: Sandbox) -> None:
    sandbox.send_webhooks_now()
    moment = {"now": _moment(engine, 0), "soon": _moment(engine, SOON_SECONDS)}
    try:
        with engine.connect() as connection:
            if connection.execute(text(f"SELECT 1 FROM job WHERE {PUT_OFF} LIMIT 1"), moment).first():
                connection.rollback()
                connection.execute(text(f"UPDATE job SET run_after = :now WHERE {PUT_OFF}"), moment)
                connection.commit()
    except SQLAlchemyError:
        return  # busy or away: the next look tries again


def _moment(engine: Engine, ahead: float) -> object:
    """A time as this database compares it: SQLite keeps text without a zone."""
    from datetime import UTC, datetime, timedelta

    moment = datetime.now(UTC) + timedelta(seconds=ahead)
    return moment.replace(tzinfo=None).isoformat(" ") if engine.dialect.name == "sqlite" else moment
