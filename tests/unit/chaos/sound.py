"""Evidence of a small store in which every rule holds, for tests that break one thing in it."""

import hashlib
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from bench.chaos.client import Answer
from bench.chaos.customers import Memory
from bench.chaos.evidence import TABLES, Evidence
from bench.chaos.neighbors import Mail

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
EMAIL = "one@demo.example"
SHIPPED, PLACED, CANCELED, WAITING = 1, 2, 3, 4  # ids of orders, of their lines, payments and intents alike
STATES = {SHIPPED: "shipped", PLACED: "placed", CANCELED: "canceled", WAITING: "awaiting_payment"}
CENTS, UNITS = 1500, 30


def number(order: int) -> str:
    return f"F-AAAA-AAA{order}"


def evidence(**changes: Any) -> Evidence:
    """Four orders of one customer: shipped, placed, canceled after it was placed, and not yet paid."""
    parts: dict[str, Any] = {
        "tables": _tables(),
        "service": _service(),
        "mails": _mails(),
        "memories": {1: _memory()},
        "wares": {"otc-1": 10},
        "answers": [(Answer(0, 1, "GET", "/", 200), False)],
        "commands": {"flask audit verify": (0, "whole")},
    }
    return Evidence(**(deepcopy(parts) | changes))


def _tables() -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    tables["user"] = [{"id": 1, "email": EMAIL}]
    tables["basket"] = [{"id": 1, "user_id": 1}]
    tables["lot"] = [{"id": 1, "number": "L1", "variant_id": 10, "on_hand": 970, "held": 60}]
    tables["stock_movement"] = [
        {"lot_id": 1, "kind": "received", "quantity": 1000, "order_line_id": None},
        {"lot_id": 1, "kind": "dispensed", "quantity": -UNITS, "order_line_id": SHIPPED},
    ]
    tables["order_line_lot"] = [{"order_line_id": SHIPPED, "quantity": UNITS}]
    tables["prescription_item"] = [{"id": 1, "taken": 3 * UNITS, "authorized": 300}]
    holds = {SHIPPED: "dispensed", PLACED: "held", CANCELED: "released", WAITING: "held"}
    kinds = {SHIPPED: "dispensed", CANCELED: "released"}
    money = {SHIPPED: "captured", PLACED: "authorized", CANCELED: "voided", WAITING: "open"}
    for order, status in STATES.items():
        placed = AT if order != WAITING else None
        tables["order"].append(
            {
                "id": order,
                "number": number(order),
                "user_id": 1,
                "status": status,
                "total_cents": CENTS,
                "placed_at": placed,
                "paid_at": AT if order == SHIPPED else None,
                "shipped_at": AT if order == SHIPPED else None,
            }
        )
        tables["order_line"].append(
            {"id": order, "order_id": order, "variant_id": 10, "quantity": UNITS, "prescription_item_id": 1}
        )
        tables["payment"].append(
            {
                "id": order,
                "order_id": order,
                "reference": f"{number(order)}-ref",
                "state": money[order],
                "intent_id": f"pi_{order}" if order != WAITING else None,
                "refunded_cents": 0,
            }
        )
        tables["stock_hold"].append(
            {"lot_id": 1, "order_line_id": order, "quantity": UNITS, "state": holds[order]}
        )
        for kind in filter(None, ("held", kinds.get(order))):
            tables["prescription_quantity_entry"].append(
                {"item_id": 1, "order_line_id": order, "kind": kind, "quantity": UNITS}
            )
        if placed:
            tables["job"].append(mail_job("order_placed", order))
    tables["job"] += [mail_job("order_shipped", SHIPPED), mail_job("order_canceled", CANCELED)]
    return tables


def mail_job(template: str, order: int) -> dict[str, Any]:
    payload = {
        "template": template,
        "key": f"{template}:{number(order)}",
        "codes": {"number": number(order)},
    }
    return {
        "kind": "mail",
        "key": f"mail:{payload['key']}",
        "payload": payload,
        "given_up": False,
        "last_error": None,
    }


def _service() -> dict[str, list[dict[str, Any]]]:
    status = {SHIPPED: "succeeded", PLACED: "requires_capture", CANCELED: "canceled"}
    service: dict[str, list[dict[str, Any]]] = {
        "payment_intent": [],
        "charge": [],
        "refund": [],
        "checkout.session": [],
        "event": [],
    }
    for order, said in status.items():
        service["payment_intent"].append(
            {
                "id": f"pi_{order}",
                "status": said,
                "amount": CENTS,
                "latest_charge": f"ch_{order}",
                "amount_capturable": CENTS if order == PLACED else 0,
                "metadata": {"reference": f"{number(order)}-ref"},
            }
        )
        service["charge"].append(
            {
                "id": f"ch_{order}",
                "payment_intent": f"pi_{order}",
                "amount_refunded": 0,
                "amount_captured": CENTS if order == SHIPPED else 0,
            }
        )
        service["checkout.session"].append(
            {"id": f"cs_{order}", "payment_intent": f"pi_{order}", "customer_email": EMAIL}
        )
    return service


def message_id(template: str, order: int) -> str:
    return f"<{hashlib.sha256(f'{template}:{number(order)}'.encode()).hexdigest()[:32]}@demo.example>"


def _mails() -> list[Mail]:
    told = [("order_placed", order) for order in (SHIPPED, PLACED, CANCELED)]
    told += [("order_shipped", SHIPPED), ("order_canceled", CANCELED)]
    return [Mail(message_id(template, order), EMAIL, template, 0.0) for template, order in told]


def _memory() -> Memory:
    return Memory(
        shown_placed={number(SHIPPED), number(PLACED), number(CANCELED)}, asked_to_cancel={number(CANCELED)}
    )
