"""A small store as plain rows that fit the first migration: two orders, one of them shipped, and what is around.

Names of columns are those of revision 0001 and must not be brought up to date: that is what is tested.
"""
# ruff: noqa: E501  (rows of data, one a line)

from datetime import date

from shop.vault.sealing import Keyring, seal_text
from tests.integration.database.first_store_orders import line_row, order_row, payment_row
from tests.integration.database.older_schema import AT, Rows

WHERE = {
    "recipient": "Ada Specimen",
    "line1": "1 Example Road",
    "line2": "",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "10001",
    "country": "US",
    "phone": "",
}


def rows(first: int, file_id: str, keyring: Keyring) -> Rows:
    """Rows whose ids and unique names begin at `first`; `file_id` is a document in the vault."""
    one, two = first + 1, first + 2

    def sealed(text: str, context: str) -> str:
        return seal_text(keyring, text, context)

    return [
        (
            "user",
            {
                "id": one,
                "email": f"ada-{first}@demo.example",
                "name": "Ada Specimen",
                "password": None,
                "active": True,
                "fs_uniquifier": f"ada-{first}",
                "is_demo": False,
                "created_at": AT,
            },
        ),
        ("address", {"id": one, "user_id": one, "last_used_at": AT, **WHERE}),
        ("category", {"id": one, "slug": f"spasm-{first}", "name": f"Spasticity {first}"}),
        (
            "ingredient",
            {"id": one, "slug": f"bac-{first}", "name": f"baclofen {first}", "is_controlled": False},
        ),
        (
            "product",
            {
                "id": one,
                "slug": f"baclofen-{first}",
                "name": "Baclofen",
                "form": "tablet",
                "form_plural": "tablets",
                "unit": "tablet",
                "route": "oral",
                "prescription_required": True,
                "popularity": 1,
                "listed_at": AT,
            },
        ),
        ("product_category", {"product_id": one, "category_id": one}),
        ("product_ingredient", {"product_id": one, "ingredient_id": one}),
        (
            "variant",
            {
                "id": one,
                "product_id": one,
                "slug": f"baclofen-10-{first}",
                "strength": "10 mg",
                "strength_value": 1_000_000,
                "strength_unit": "mg",
                "price": 51_000,
                "quantities": [30, 60],
                "markets": ["US"],
                "sold_outside_market": False,
            },
        ),
        (
            "pack",
            {
                "id": one,
                "variant_id": one,
                "ndc": f"0-{first}",
                "ndc11": f"0{first}",
                "labeler": "Sample Labs",
                "description": "100 tablets",
                "size": 100,
            },
        ),
        (
            "lot",
            {
                "id": one,
                "variant_id": one,
                "pack_id": one,
                "number": "L1",
                "expires_on": date(2028, 6, 30),
                "status": "pickable",
                "status_reason": "",
                "on_hand": 970,
                "held": 30,
                "unit_cost": 3_400,
                "received_at": AT,
            },
        ),
        (
            "prescription",
            {
                "id": one,
                "reference": f"rx-{first}",
                "user_id": one,
                "status": "approved",
                "submitted_at": AT,
                "customer_note": sealed("", "prescription.customer_note"),
                "decided_by": one,
                "decided_at": AT,
                "pharmacist_note": sealed("", "prescription.pharmacist_note"),
                "patient_name": sealed("Ada Specimen", "prescription.patient_name"),
                "issued_on": date(2026, 11, 1),
                "expires_on": date(2027, 11, 1),
            },
        ),
        (
            "prescription_document",
            {
                "id": one,
                "reference": f"doc-{first}",
                "user_id": one,
                "prescription_id": one,
                "filename": sealed("scan.png", "prescription_document.filename"),
                "size_bytes": 4,
                "uploaded_at": AT,
            },
        ),
        (
            "document_page",
            {
                "id": one,
                "document_id": one,
                "number": 1,
                "file_id": file_id,
                "media_type": "image/png",
                "width": 10,
                "height": 10,
            },
        ),
        (
            "prescription_message",
            {
                "id": one,
                "prescription_id": one,
                "author_id": one,
                "at": AT,
                "text": sealed("Which strength?", "prescription_message.text"),
            },
        ),
        (
            "prescription_item",
            {
                "id": one,
                "prescription_id": one,
                "variant_id": one,
                "quantity": 90,
                "refills": 0,
                "authorised": 90,
                "taken": 60,
                "days_supply": 30,
                "directions": sealed("in the evening", "prescription_item.directions"),
            },
        ),
        ("basket", {"id": one, "user_id": one, "changed_at": AT}),
        ("basket_line", {"id": one, "basket_id": one, "variant_id": one, "quantity": 30}),
        ("order", order_row(one, one, "shipped", **WHERE, paid_at=AT, shipped_at=AT)),
        ("order", order_row(two, one, "placed", **WHERE, paid_at=AT)),
        *(
            ("order_event", {"id": order, "order_id": order, "at": AT, "event": "created"})
            for order in (one, two)
        ),
        *(("order_line", line_row(order, one)) for order in (one, two)),
        *(("payment", payment_row(order)) for order in (one, two)),
        (
            "order_line_lot",
            {
                "id": one,
                "order_line_id": one,
                "lot_id": one,
                "lot_number": "L1",
                "expires_on": date(2028, 6, 30),
                "quantity": 30,
            },
        ),
        *(
            (
                "prescription_quantity_entry",
                {
                    "id": number,
                    "item_id": one,
                    "order_line_id": line,
                    "kind": kind,
                    "quantity": 30,
                    "at": AT,
                },
            )
            for number, line, kind in ((one, one, "held"), (two, one, "dispensed"), (first + 3, two, "held"))
        ),
        *(
            (
                "stock_hold",
                {
                    "id": line,
                    "lot_id": one,
                    "order_line_id": line,
                    "quantity": 30,
                    "state": state,
                    "created_at": AT,
                },
            )
            for line, state in ((one, "dispensed"), (two, "held"))
        ),
        (
            "stock_movement",
            {
                "id": one,
                "lot_id": one,
                "kind": "received",
                "quantity": 1000,
                "at": AT,
                "reason": "",
            },
        ),
        (
            "stock_movement",
            {
                "id": two,
                "lot_id": one,
                "kind": "dispensed",
                "quantity": -30,
                "at": AT,
                "order_line_id": one,
                "reason": "",
            },
        ),
        ("webhook_event", {"id": one, "event_id": f"evt_{first}", "type": "x", "received_at": AT}),
        ("sign_in_failure", {"id": one, "email": "x@demo.example", "origin": "127.0.0.1", "at": AT}),
        (
            "job",
            {
                "id": one,
                "kind": "mail",
                "key": f"mail:{first}",
                "payload": {},
                "created_at": AT,
                "run_after": AT,
                "attempts": 1,
                "finished_at": AT,
                "given_up": False,
            },
        ),
    ]
