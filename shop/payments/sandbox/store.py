"""Where the sandbox keeps its objects: one SQLite file, or memory. It knows no rule of payments.

Every object is a JSON body with Stripe's own `object`, `id` and `created`. Requests are served one at a time
inside `transaction()`, which is what makes two captures at once impossible.
"""

import json
import secrets
import sqlite3
import string
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Body = dict[str, Any]
ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """An id as Stripe writes them: `new_id("pi")` → "pi_" and 24 random letters and digits."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(24))}"


TABLES = """
CREATE TABLE IF NOT EXISTS object (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_of_kind ON object (kind);
CREATE INDEX IF NOT EXISTS object_of_intent ON object (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS object_due ON object (
    kind, json_extract(body, '$.status'), coalesce(json_extract(body, '$._due'), 0));
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
    event TEXT PRIMARY KEY, attempts INTEGER NOT NULL DEFAULT 0, due REAL);
"""


class Answer(NamedTuple):
    """What was said the first time an idempotency key was used."""

    fingerprint: str
    status: int
    body: str


class Store:
    """Objects, remembered answers and undelivered events. Safe to share between threads."""

    def __init__(self, path: str | Path | None = None) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path or ":memory:"), check_same_thread=False, isolation_level=None)
        if path:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one at a time."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def put(self, body: Body) -> Body:
        """Keep an object, new or changed."""
        self._db.execute(
            "INSERT INTO object (id, kind, body) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], body["object"], json.dumps(body)),
        )
        return body

    def get(self, kind: str, object_id: str) -> Body | None:
        """The object of that kind and id, a fresh copy, or None."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM object WHERE id = ? AND kind = ?", (object_id, kind)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def newest(
        self,
        kind: str,
        limit: int | None = None,
        *,
        after: str | None = None,
        created: Mapping[str, int] | None = None,
        **fields: str,
    ) -> list[Body]:
        """Objects whose top-level fields have these values, newest first: those older than `after`.

        `created` compares, by SQL's own signs, with seconds since 1970.
        """
        where = [f"json_extract(body, '$.{name}') = ?" for name in fields]
        where += [f"json_extract(body, '$.created') {sign} ?" for sign in created or ()]
        where += ["rowid < (SELECT rowid FROM object WHERE id = ?)"] if after else []
        values = (*fields.values(), *(created or {}).values(), *([after] if after else ()))
        return self._bodies(
            f"WHERE {' AND '.join(['kind = ?', *where])} ORDER BY rowid DESC LIMIT ?",
            (kind, *values, -1 if limit is None else limit),
        )

    def due(self, kind: str, status: str, now: float) -> list[Body]:
        """Objects of that status whose time (`_due`, seconds since 1970) has come, or which have none."""
        return self._bodies(
            "WHERE kind = ? AND json_extract(body, '$.status') = ?"
            " AND coalesce(json_extract(body, '$._due'), 0) <= ?",
            (kind, status, now),
        )

    def _bodies(self, rest: str, values: tuple[Any, ...]) -> list[Body]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT body FROM object {rest}",  # noqa: S608 (names from our own code)
                values,
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def answered(self, key: str) -> Answer | None:
        """What an idempotency key was answered, if it was used before."""
        row = self._db.execute(
            "SELECT fingerprint, status, body FROM answer WHERE key = ?", (key,)
        ).fetchone()
        return Answer(*row) if row else None

    def remember(self, key: str, answer: Answer) -> None:
        """Keep an answer for the next time the key is used."""
        self._db.execute(
            "INSERT INTO answer (key, fingerprint, status, body) VALUES (?, ?, ?, ?)", (key, *answer)
        )

    def hold(self, event_id: str) -> None:
        """An event to deliver, but not before `release`."""
        self._db.execute("INSERT INTO delivery (event) VALUES (?)", (event_id,))

    def release(self, now: float) -> None:
        """Held events may go out from `now` on."""
        with self.transaction():
            self._db.execute("UPDATE delivery SET due = ? WHERE due IS NULL", (now,))

    def deliverable(self, now: float) -> list[tuple[str, int]]:
        """Events to deliver now with the attempts made so far, in the order they happened."""
        with self._lock:
            return self._db.execute(
                "SELECT event, attempts FROM delivery WHERE due <= ? ORDER BY rowid", (now,)
            ).fetchall()

    def next_due(self) -> float | None:
        """When the first of the waiting events is to be delivered; None: none waits."""
        with self._lock:
            return self._db.execute("SELECT min(due) FROM delivery").fetchone()[0]  # type: ignore[no-any-return]

    def delivered(self, event_id: str) -> None:
        """Answered, or given up: nothing more to send."""
        with self.transaction():
            self._db.execute("DELETE FROM delivery WHERE event = ?", (event_id,))

    def postpone(self, event_id: str, due: float) -> None:
        """One attempt more was in vain; the next is not before `due`."""
        with self.transaction():
            self._db.execute(
                "UPDATE delivery SET attempts = attempts + 1, due = ? WHERE event = ?", (due, event_id)
            )

    def begin_with(self, other: "Store") -> None:
        """Forget everything, and keep the other's objects instead; its events count as delivered."""
        with other._lock:
            objects = other._db.execute("SELECT id, kind, body FROM object ORDER BY rowid").fetchall()
        with self.transaction():
            for table in ("object", "answer", "delivery"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 (our names)
            self._db.executemany("INSERT INTO object (id, kind, body) VALUES (?, ?, ?)", objects)
