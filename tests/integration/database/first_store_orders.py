"""The order, its line and its payment of the first store, as plain rows."""

from typing import Any

from tests.integration.database.older_schema import AT


def order_row(order_id: int, user_id: int, status: str, **more: Any) -> dict[str, Any]:
    return {
        "id": order_id,
        "number": f"F-{order_id}",
        "user_id": user_id,
        "status": status,
        "currency": "USD",
        "subtotal_cents": 1530,
        "delivery_cents": 490,
        "total_cents": 2020,
        "created_at": AT,
        "holds_until": AT,
        "placed_at": AT,
        "tracking": "",
        **more,
    }


def line_row(order_id: int, first: int) -> dict[str, Any]:
    return {
        "id": order_id,
        "order_id": order_id,
        "variant_id": first,
        "prescription_item_id": first,
        "prescription_required": True,
        "name": "Baclofen tablet 10 mg",
        "unit": "tablet",
        "unit_price": 51_000,
        "quantity": 30,
        "total_cents": 1530,
    }


def payment_row(order_id: int) -> dict[str, Any]:
    return {
        "id": order_id,
        "order_id": order_id,
        "reference": f"F-{order_id}-a",
        "session_id": f"cs_{order_id}",
        "intent_id": f"pi_{order_id}",
        "state": "captured",
        "amount_cents": 2020,
        "currency": "USD",
        "created_at": AT,
        "authorised_at": AT,
        "captured_at": AT,
    }
