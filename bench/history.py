"""A store with years behind it: orders and everything each of them leaves, written in bulk.

`python -m bench.history ORDERS CUSTOMERS` prepares the store of the environment's settings: migrations, the
demo, `ORDERS` old orders of a tenth as many accounts, and accounts and medicines for `CUSTOMERS` to buy with.
What is there already is not written again. The last line it prints is JSON: what the driver needs.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, func, select, text

from bench.shoppers import PASSWORD, UNITS, email, prepare
from shop import create_app
from shop.audit.chain import digest, signature
from shop.audit.models import AuditHead
from shop.audit.sealing import seal_audit
from shop.database import db
from shop.demo.service import load_demo
from shop.orders.models import Order
from shop.stock.models import Lot

AT_ONCE = 50_000
DAYS = 3 * 365
OPEN = 300  # the newest old orders still wait to be shipped
ACCOUNT_ORDERS = 10
QUANTITY, UNIT_PRICE, TOTAL, DELIVERY = 30, 10_000, 300, 490
RECORDED = ("order:created", "order:placed", "order:shipped")
COLUMNS = (
    "at",
    "event",
    "actor_id",
    "subject_type",
    "subject_id",
    "detail",
    "position",
    "previous_hash",
    "hash",
)


class Writer:
    """Writes the rows of many orders at once. The number of an order is its id, and its line's, too."""

    def __init__(self, connection: Connection, orders: int, variants: list[int], first_user: int) -> None:
        self.connection, self.orders = connection, orders
        self.postgresql = connection.dialect.name == "postgresql"
        self.start = int((datetime.now(UTC) - timedelta(days=DAYS)).timestamp())
        self.step = DAYS * 86_400 // orders
        self.user = f"{first_user} + i % {max(1, orders // ACCOUNT_ORDERS)}"
        self.variant = f"{variants[0]} + i % {len(variants)}"  # made together, so their ids follow each other
        lots = select(Lot.variant_id, Lot.id).where(Lot.variant_id.in_(variants))
        lot_of = {row.variant_id: row.id for row in connection.execute(lots)}
        self.lot = f"{lot_of[variants[0]]} + i % {len(variants)}"
        assert all(lot_of[one] - one == lot_of[variants[0]] - variants[0] for one in variants)

    def write(self, first: int, last: int) -> None:
        open_from = self.orders - OPEN
        shipped = f"i <= {open_from}"
        number, reference = "'H-' || i", "'H-' || i || '-past'"
        state = f"CASE WHEN {shipped} THEN 'shipped' ELSE 'placed' END"
        hold = f"CASE WHEN {shipped} THEN 'dispensed' ELSE 'held' END"
        made, placed, sent = self.at(0), self.at(180), self.at(90_000)
        rows = self.rows(first, last)
        rows(
            "order",
            "id, number, user_id, status, currency, subtotal_cents, delivery_cents, total_cents, created_at,"
            " holds_until, placed_at, paid_at, shipped_at, tracking, recipient, line1, line2, city, region,"
            " postal_code, country, phone",
            f"i, {number}, {self.user}, {state}, 'USD', {TOTAL}, {DELIVERY}, {TOTAL + DELIVERY}, {made},"
            f" {self.at(2100)}, {placed}, {self.at(200)}, CASE WHEN {shipped} THEN {sent} END, '',"
            " 'Ada Specimen', '12 Example Street', '', 'Springfield', 'NY', '10001', 'US', ''",
        )
        rows(
            "order_line",
            "id, order_id, variant_id, prescription_required, name, unit, unit_price, quantity, total_cents",
            f"i, i, {self.variant}, false, 'Bench tablet 200 mg', 'pill', {UNIT_PRICE}, {QUANTITY}, {TOTAL}",
        )
        for event, seconds in (("created", 0), ("placed", 180), ("paid", 200), ("shipped", 90_000)):
            rows("order_event", "order_id, at, event", f"i, {self.at(seconds)}, '{event}'")
        rows(
            "payment",
            "id, order_id, reference, session_id, intent_id, state, amount_cents, currency, created_at,"
            " authorized_at, captured_at",
            f"i, i, {reference}, 'cs_past_' || i, 'pi_past_' || i, 'captured', {TOTAL + DELIVERY}, 'USD',"
            f" {made}, {placed}, {self.at(200)}",
        )
        rows(
            "payment_movement",
            "payment_id, intent_id, kind, amount_cents, currency, idempotency_key, reason, state,"
            " requested_at, finished_at",
            f"i, 'pi_past_' || i, 'capture', {TOTAL + DELIVERY}, 'USD', 'capture-' || {reference},"
            f" 'order_ships', 'done', {self.at(199)}, {self.at(200)}",
        )
        for kind, key in (
            ("expire_order", f"'expire:' || {reference}"),
            ("capture_payment", f"'capture:' || {reference}"),
            ("mail", f"'mail:order_placed:' || {number}"),
        ):
            rows(
                "job",
                "kind, key, payload, created_at, run_after, attempts, finished_at, given_up",
                f"'{kind}', {key}, {self.json()}, {placed}, {placed}, 1, {self.at(200)}, false",
            )
        rows(
            "webhook_event",
            "event_id, type, received_at",
            f"'evt_past_' || i, 'checkout.session.completed', {self.at(181)}",
        )
        rows(
            "stock_hold",
            "lot_id, order_line_id, quantity, state, created_at",
            f"{self.lot}, i, {QUANTITY}, {hold}, {made}",
        )
        if last <= open_from:
            self.ship(rows, sent)

    def ship(self, rows: Any, sent: str) -> None:
        rows(
            "stock_movement",
            "lot_id, kind, quantity, at, order_line_id, reason",
            f"{self.lot}, 'dispensed', -{QUANTITY}, {sent}, i, ''",
        )
        rows(
            "order_line_lot",
            "order_line_id, lot_id, lot_number, expires_on, quantity",
            f"i, {self.lot}, 'BENCH', '2035-12-31', {QUANTITY}",
        )

    def rows(self, first: int, last: int) -> Any:
        numbers = f"n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"

        def insert(table: str, columns: str, values: str) -> None:
            date = values.replace("'2035-12-31'", "DATE '2035-12-31'") if self.postgresql else values
            self.connection.execute(
                text(f'WITH RECURSIVE {numbers} INSERT INTO "{table}" ({columns}) SELECT {date} FROM n')
            )

        return insert

    def at(self, seconds: int) -> str:
        moment = f"{self.start} + i * {self.step} + {seconds}"
        if self.postgresql:
            return f"to_timestamp({moment})"
        return f"strftime('%Y-%m-%d %H\\:%M\\:%S.000000', {moment}, 'unixepoch')"

    def json(self) -> str:
        content = "'{\"order_id\"\\: ' || i || '}'"
        return f"CAST({content} AS json)" if self.postgresql else content

    def settle(self) -> None:
        """Counts follow from the rows that were written."""
        sums = "(SELECT coalesce(sum(quantity), 0) FROM stock_hold WHERE lot_id = lot.id AND state = '{}')"
        dispensed, held = sums.format("dispensed"), sums.format("held")
        ours = f"on_hand = {UNITS}"
        if self.postgresql:
            self.connection.execute(text("ANALYZE stock_hold"))
        self.connection.execute(
            text(f"UPDATE lot SET on_hand = on_hand - {dispensed}, held = {held} WHERE {ours}")
        )
        if self.postgresql:
            for table in ("order", "order_line", "payment"):
                sequence = f"pg_get_serial_sequence('\"{table}\"', 'id')"
                self.connection.execute(text(f'SELECT setval({sequence}, max(id)) FROM "{table}"'))


def write_history(app: Flask, orders: int, variants: list[int]) -> None:
    """Write what `orders` old orders leave, unless it is there."""
    with app.app_context():
        if (db.session.scalar(select(func.max(Order.id))) or 0) >= orders:
            return
        db.session.rollback()
        seal_audit()
        with db.engine.connect() as connection:
            _hurry(connection)
            first_user = _accounts(connection, max(1, orders // ACCOUNT_ORDERS))
            writer = Writer(connection, orders, variants, first_user)
            bounds = [*range(1, orders - OPEN + 1, AT_ONCE), orders - OPEN + 1, orders + 1]
            for first, after in itertools.pairwise(bounds):
                writer.write(first, after - 1)
                connection.commit()
                _say(f"{after - 1:,} orders")
            writer.settle()
            _audit(connection, writer)
            connection.commit()
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _hurry(connection: Connection) -> None:
    """What is written here can be written again: nothing waits for the disk, and no foreign key is asked."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET synchronous_commit = off"))
    else:
        driver: Any = connection.connection.driver_connection
        driver.execute("ROLLBACK") if driver.in_transaction else None
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -2000000"):
            driver.execute(f"PRAGMA {pragma}")


def _accounts(connection: Connection, accounts: int) -> int:
    first = (connection.scalar(text('SELECT max(id) FROM "user"')) or 0) + 1
    numbers = f"n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first + accounts - 1})"
    connection.execute(
        text(
            f'WITH RECURSIVE {numbers} INSERT INTO "user" (id, email, name, active, fs_uniquifier, is_demo)'
            " SELECT i, 'past-' || i || '@demo.example', 'Past Customer', true, 'past-' || i, false FROM n"
        )
    )
    connection.execute(
        text(
            f"WITH RECURSIVE {numbers} INSERT INTO user_role (user_id, role_id)"
            " SELECT i, (SELECT id FROM role WHERE name = 'customer') FROM n"
        )
    )
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence('\"user\"', 'id'), (SELECT max(id) FROM \"user\"))")
        )
    return first


def _audit(connection: Connection, writer: Writer) -> None:
    """Three records an order, chained and signed as if they had been sealed at the time."""
    head = connection.execute(select(AuditHead.hash, AuditHead.length)).one()
    end = {"hash": head.hash, "length": head.length}
    _store(connection, _records(writer, end))
    end["signature"] = signature(end["length"], end["hash"])
    connection.execute(
        text(
            "UPDATE audit_head SET hash = :hash, length = :length, signed_hash = :hash,"
            " signed_length = :length, signature = :signature"
        ),
        end,
    )


def _records(writer: Writer, end: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for number in range(1, writer.orders + 1):
        at = datetime.fromtimestamp(writer.start + number * writer.step, UTC)
        for event in RECORDED:
            row = SimpleNamespace(
                at=at, event=event, actor_id=None, subject_type="order", subject_id=str(number), detail={}
            )
            previous, end["hash"] = end["hash"], digest(row, end["hash"])
            end["length"] += 1
            yield at, event, None, "order", str(number), "{}", end["length"], previous, end["hash"]


def _store(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(COLUMNS)
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY audit_record ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(COLUMNS))
    spelled = ((row[0].strftime("%Y-%m-%d %H:%M:%S.%f"), *row[1:]) for row in rows)
    driver.executemany(f"INSERT INTO audit_record ({names}) VALUES ({places})", spelled)


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} history: {words}", file=sys.stderr, flush=True)


def main() -> None:
    orders, customers = int(sys.argv[1]), int(sys.argv[2])
    app = create_app()
    with app.app_context():
        upgrade()
        load_demo()
    variants = prepare(app, customers)
    if orders:
        write_history(app, orders, variants)
    emails = [email(number) for number in range(customers)]
    print(json.dumps({"variants": variants, "password": PASSWORD, "emails": emails}))


if __name__ == "__main__":
    main()
