"""Everything that can be known at the end, read once: the tables, the payment service's books, the mails."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, MetaData, select

from bench.chaos.client import Answer
from bench.chaos.customers import Memory
from bench.chaos.neighbors import Mail

Row = dict[str, Any]
TABLES = (
    "order",
    "order_line",
    "order_line_lot",
    "payment",
    "payment_movement",
    "lot",
    "stock_movement",
    "stock_hold",
    "prescription_item",
    "prescription_quantity_entry",
    "job",
    "basket",
    "basket_line",
    "user",
)
LIVE, UNPAID, ENDED = (
    ("placed", "packed", "shipped"),
    "awaiting_payment",
    ("canceled", "expired"),
)


@dataclass
class Evidence:
    """`tables` are rows by table name, `service` the payment service's objects by kind, both as they are.

    `commands` are the store's own proofs by name: their exit code and what they said.
    """

    tables: dict[str, list[Row]]
    service: dict[str, list[Row]]
    mails: list[Mail]
    memories: dict[int, Memory]  # by the customer's id
    wares: dict[str, int]  # variant by name
    answers: list[tuple[Answer, bool]]  # and whether a death explains what went wrong with it
    commands: dict[str, tuple[int, str]] = field(default_factory=dict)
    leftovers: list[str] = field(default_factory=list)  # files and processes nobody needs any more
    unfinished: list[str] = field(default_factory=list)  # what quiet waited for in vain

    def __post_init__(self) -> None:
        self.orders = {row["id"]: row for row in self.tables["order"]}
        self.payments = by(self.tables["payment"], "order_id")
        self.lines = by(self.tables["order_line"], "order_id")
        self.payment_of = {row["reference"]: row for row in self.tables["payment"]}
        self.charges = {row["id"]: row for row in self.service["charge"]}
        self.refunds = by(
            (refund for refund in self.service["refund"] if refund["status"] in ("succeeded", "pending")),
            "payment_intent",
        )
        self.intents: dict[int, list[Row]] = defaultdict(list)  # by order id
        self.strangers: list[Row] = []  # intents of nobody's payment
        for intent in self.service["payment_intent"]:
            payment = self.payment_of.get((intent.get("metadata") or {}).get("reference") or "")
            if payment is None:
                self.strangers.append(intent)
            else:
                self.intents[payment["order_id"]].append(intent)

    def with_status(self, *statuses: str) -> list[Row]:
        return [order for order in self.orders.values() if order["status"] in statuses]

    def taken(self, intent: Row) -> int:
        """Cents that were captured of an intent, whatever was given back later."""
        charge = self.charges.get(intent.get("latest_charge") or "")
        return int(charge["amount_captured"]) if charge else 0

    def given_back(self, intent: Row) -> int:
        """Cents refunded. By the refunds themselves: a charge also calls refunded what was never captured."""
        return total(self.refunds[intent["id"]], "amount") if self.taken(intent) else 0

    def kept(self, intent: Row) -> int:
        """Cents the pharmacy has of an intent."""
        return self.taken(intent) - self.given_back(intent)

    def held(self, intent: Row) -> int:
        """Cents that are reserved on the card and not yet taken."""
        return int(intent["amount_capturable"]) if intent["status"] == "requires_capture" else 0


def read_tables(engine: Engine) -> dict[str, list[Row]]:
    """The rows of the tables that are looked at, in one transaction; a table that is gone has none."""
    metadata = MetaData()
    metadata.reflect(engine, only=lambda name, _: name in TABLES)
    with engine.connect().execution_options(
        **({"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {})
    ) as connection:
        return {
            name: [dict(row) for row in connection.execute(select(metadata.tables[name])).mappings()]
            if name in metadata.tables
            else []
            for name in TABLES
        }


def by(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def total(rows: Iterable[Row], column: str = "quantity") -> int:
    return sum(int(row[column]) for row in rows)
