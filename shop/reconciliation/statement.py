"""What the payment service says: its lists, kept beside each other on disk while one comparison lasts.

The lists of years do not fit into memory, and an intent, its charges and its refunds are apart in them. They
go into a private temporary SQLite file, which disappears with its connection; nothing of it reaches the
store's database. It holds ids, amounts and our references, no names and no addresses.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import TypeVar

from shop.payments.listed import Lists
from shop.payments.refusals import PaymentRefused
from shop.reconciliation.books import PaymentBooks
from shop.reconciliation.rules import Code, There

T = TypeVar("T")
TABLES = """
CREATE TABLE session (id TEXT PRIMARY KEY, intent TEXT, reference TEXT, status TEXT, amount INTEGER,
    currency TEXT, created REAL);
CREATE TABLE intent (id TEXT PRIMARY KEY, reference TEXT, status TEXT, amount INTEGER, held INTEGER,
    captured INTEGER, currency TEXT, created REAL, claimed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE charge (id TEXT PRIMARY KEY, intent TEXT, status TEXT, is_captured INTEGER, amount INTEGER,
    captured INTEGER, refunded INTEGER, currency TEXT, created REAL, is_disputed INTEGER);
CREATE TABLE refund (id TEXT PRIMARY KEY, intent TEXT, charge TEXT, status TEXT, amount INTEGER,
    currency TEXT, created REAL, movement TEXT);
CREATE INDEX session_reference ON session (reference);
CREATE INDEX intent_reference ON intent (reference);
CREATE INDEX charge_intent ON charge (intent);
CREATE INDEX refund_intent ON refund (intent);
"""
# an uncaptured charge that was let go reads as refunded, and may have a refund: no money moved
MONEY = """
SELECT intent.id, intent.amount, intent.currency, intent.created,
    CASE intent.status WHEN 'requires_capture' THEN intent.held ELSE 0 END AS held, charged.captured,
    CASE WHEN charged.captured > 0 THEN given.back ELSE 0 END AS refunded,
    max(intent.created, charged.latest, given.latest) AS latest, charged.is_disputed
FROM intent,
    (SELECT coalesce(sum(captured * is_captured), 0) AS captured, coalesce(max(created), 0) AS latest,
        coalesce(max(is_disputed), 0) AS is_disputed
     FROM charge WHERE intent = :intent) AS charged,
    (SELECT coalesce(sum(amount), 0) AS back, coalesce(max(created), 0) AS latest FROM refund
     WHERE intent = :intent AND status NOT IN ('failed', 'canceled')) AS given
WHERE intent.id = :intent
"""
OF_NOBODY = """
SELECT charge.id FROM charge LEFT JOIN intent ON intent.id = charge.intent
WHERE intent.id IS NULL AND charge.captured * charge.is_captured > charge.refunded AND charge.created <= ?
"""


@dataclass(frozen=True)
class Unclaimed:
    """Money there that no payment of ours asked about. `subject` is its id."""

    code: Code
    subject: str
    reference: str | None = None


class Statement:
    """The lists as one set of tables. Made by `statement`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.executescript(TABLES)

    def load(self, lists: Lists, since: datetime | None) -> None:
        """Read all four lists; a list goes back in time, so what belongs together is read soon after."""
        self._keep("session", map(astuple, lists.sessions(since)))
        self._keep("intent", map(astuple, lists.intents(since)))
        self._keep("charge", map(astuple, lists.charges(since)))
        self._keep("refund", map(astuple, lists.refunds(since)))

    def load_now(self, lists: Lists, sessions: Iterable[str], intents: Iterable[str]) -> None:
        """Ask about these alone, as they are now."""
        found = [one for name in sessions if (one := _there(lists.session, name))]
        self._keep("session", map(astuple, found))
        for name in {*intents, *(one.intent_id for one in found if one.intent_id)}:
            if (intent := _there(lists.intent, name)) is None:
                continue
            self._keep("intent", [astuple(intent)])
            self._keep("charge", map(astuple, lists.charges(intent_id=name)))
            self._keep("refund", map(astuple, lists.refunds(intent_id=name)))

    def ids_of(self, payment: PaymentBooks) -> tuple[set[str], set[str]]:
        """Sessions and intents of a payment: those our books name, and those that name its reference."""
        session = self._session(payment)
        sessions = {payment.session_id, session["id"] if session else None}
        intents = {payment.intent_id, *self._intent_ids(payment, session)}
        return {one for one in sessions if one}, {one for one in intents if one}

    def of(self, payment: PaymentBooks) -> tuple[There, datetime]:
        """What is said of one payment, and when the newest of it came about."""
        session = self._session(payment)
        ids = self._intent_ids(payment, session)
        self._db.executemany("UPDATE intent SET claimed = 1 WHERE id = ?", [(one,) for one in ids])
        intents = [self._db.execute(MONEY, {"intent": one}).fetchone() for one in ids]
        known = session is not None or bool(intents)
        money = [one for one in intents if one["held"] > 0 or one["captured"] > one["refunded"]]
        first = (money or intents or [session])[0]
        latest = [one["latest"] for one in intents] + ([session["created"]] if session else [])
        there = There(
            known,
            len(money),
            first["amount"] if first else 0,
            first["currency"] if first else "",
            sum(one["held"] for one in intents),
            sum(one["captured"] for one in intents),
            sum(one["refunded"] for one in intents),
            is_disputed=any(one["is_disputed"] for one in intents),
        )
        return there, datetime.fromtimestamp(max(latest, default=0), UTC)

    def unclaimed(self, before: datetime) -> Iterator[Unclaimed]:
        """Intents with money that `of` never came upon, and charges without an intent; made `before`."""
        limit = before.timestamp()
        rows = self._db.execute(
            "SELECT id, reference FROM intent WHERE NOT claimed AND created <= ?", (limit,)
        )
        for row in rows:
            money = self._db.execute(MONEY, {"intent": row["id"]}).fetchone()
            if money["held"] > 0 or money["captured"] > money["refunded"]:
                yield Unclaimed(Code.INTENT_OF_NOBODY, row["id"], row["reference"])
        for row in self._db.execute(OF_NOBODY, (limit,)):
            yield Unclaimed(Code.CHARGE_OF_NOBODY, row["id"])

    def _session(self, payment: PaymentBooks) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute(
            "SELECT * FROM session WHERE id = ? OR reference = ?", (payment.session_id, payment.reference)
        ).fetchone()
        return found

    def _intent_ids(self, payment: PaymentBooks, session: sqlite3.Row | None) -> list[str]:
        rows = self._db.execute(
            "SELECT id FROM intent WHERE reference = ? OR id IN (?, ?)",
            (payment.reference, payment.intent_id, session["intent"] if session else None),
        )
        return [row["id"] for row in rows]

    def _keep(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        for row in rows:
            values = [one.timestamp() if isinstance(one, datetime) else one for one in row]
            values += [0] if table == "intent" else []
            self._db.execute(
                f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(values))})",  # noqa: S608 (our names)
                values,
            )


@contextmanager
def statement() -> Iterator[Statement]:
    """An empty statement; what is in it is gone afterward."""
    with closing(sqlite3.connect("")) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        yield Statement(connection)


def _there(ask: Callable[[str], T], name: str) -> T | None:
    """The answer, or None when the service knows no such thing. Any other refusal is let out."""
    try:
        return ask(name)
    except PaymentRefused as refusal:
        if refusal.reason != "resource_missing":
            raise
        return None
