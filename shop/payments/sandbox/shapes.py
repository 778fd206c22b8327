"""All fields of Stripe's objects, so that nothing the store may read is missing here and there in production.

The store keeps only what the sandbox decides; the rest is what Stripe says of a hosted payment by card in
an account without Connect, tax, shipping or saved customers: mostly null. Yardstick: Stripe's fixtures.
"""

from typing import Any

Body = dict[str, Any]

ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
CARD: Body = {
    **dict.fromkeys(
        (
            "amount_authorized",
            "authorization_code",
            "installments",
            "mandate",
            "network_transaction_id",
            "regulated_status",
            "three_d_secure",
            "transaction_link_id",
            "wallet",
        )
    ),
    "brand": "visa",
    "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
    "country": "US",
    "exp_month": 12,
    "exp_year": 2040,
    "fingerprint": "sandbox000000000",
    "funding": "credit",
    "extended_authorization": {"status": "disabled"},
    "incremental_authorization": {"status": "unavailable"},
    "multicapture": {"status": "unavailable"},
    "network": "visa",
    "network_token": {"used": False},
    "overcapture": {"maximum_amount_capturable": None, "status": "unavailable"},
}
SESSION: Body = {
    **dict.fromkeys(
        (
            "after_expiration",
            "allow_promotion_codes",
            "billing_address_collection",
            "client_reference_id",
            "client_secret",
            "collected_information",
            "consent",
            "consent_collection",
            "currency_conversion",
            "customer",
            "customer_account",
            "customer_creation",
            "customer_details",
            "customer_email",
            "discounts",
            "integration_identifier",
            "invoice",
            "locale",
            "origin_context",
            "payment_link",
            "payment_method_configuration_details",
            "permissions",
            "recovered_from",
            "setup_intent",
            "saved_payment_method_options",
            "shipping_address_collection",
            "shipping_cost",
            "submit_type",
            "subscription",
            "wallet_options",
        )
    ),
    "adaptive_pricing": {"enabled": False},
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "custom_fields": [],
    "custom_text": dict.fromkeys(
        ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    ),
    "invoice_creation": {
        "enabled": False,
        "invoice_data": {
            **dict.fromkeys(("account_tax_ids", "custom_fields", "description", "footer", "issuer")),
            "metadata": {},
            "rendering_options": None,
        },
    },
    "managed_payments": {"enabled": False},
    "payment_method_collection": "if_required",
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "phone_number_collection": {"enabled": False},
    "shipping_options": [],
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
}
INTENT: Body = {
    **dict.fromkeys(
        (
            "application",
            "application_fee_amount",
            "automatic_payment_methods",
            "customer_account",
            "excluded_payment_method_types",
            "on_behalf_of",
            "payment_method",
            "payment_method_configuration_details",
            "processing",
            "review",
            "setup_future_usage",
            "shipping",
            "source",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_data",
            "transfer_group",
        )
    ),
    "amount_details": {"tip": {}},
    "managed_payments": {"enabled": False},
    "payment_method_options": {
        "card": {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        }
    },
}
CHARGE: Body = {
    **dict.fromkeys(
        (
            "application",
            "application_fee",
            "application_fee_amount",
            "balance_transaction",
            "calculated_statement_descriptor",
            "customer",
            "description",
            "failure_balance_transaction",
            "failure_code",
            "failure_message",
            "on_behalf_of",
            "payment_method",
            "receipt_email",
            "receipt_number",
            "receipt_url",
            "review",
            "shipping",
            "source",
            "source_transfer",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_data",
            "transfer_group",
        )
    ),
    "billing_details": {"address": ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None},
    "disputed": False,
    "fraud_details": {},
    "outcome": {
        **dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code", "reason")),
        "network_status": "approved_by_network",
        "seller_message": "Payment complete.",
        "type": "authorized",
    },
}
REFUND: Body = {
    **dict.fromkeys(
        (
            "balance_transaction",
            "customer",
            "customer_account",
            "payment_method",
            "receipt_number",
            "source_transfer_reversal",
            "transfer_reversal",
        )
    ),
    "destination_details": {"card": {"type": "refund"}, "type": "card"},
}
DEFAULTS = {
    "checkout.session": SESSION,
    "payment_intent": INTENT,
    "charge": CHARGE,
    "refund": REFUND,
}


def whole(body: Any) -> Any:
    """The object as it goes over the wire, with what is in it: every field of its kind, no private ones."""
    if isinstance(body, list):
        return [whole(one) for one in body]
    if not isinstance(body, dict):
        return body
    kind = body.get("object")  # a map of the caller's words has none, and its names are its own business
    public = {name: whole(value) for name, value in body.items() if not (kind and name.startswith("_"))}
    filled: Body = DEFAULTS.get(kind, {}) | public if isinstance(kind, str) else public
    if kind == "payment_intent":
        filled["client_secret"] = f"{body['id']}_secret_sandbox"
    elif kind == "charge":
        details = filled["payment_method_details"]
        filled["payment_method_details"] = details | {"card": CARD | details["card"]}
        filled.setdefault("refunds", no_refunds(body["id"]))
    return filled


def line_item(session_id: str, place: int, line: Body) -> Body:
    """A session's line; its ids follow from the session's, so they are always the same."""
    tail, amount = f"{session_id[-20:]}{place}", line["quantity"] * line["unit_amount"]
    return {
        "id": f"li_{tail}",
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": line["currency"],
        "description": line["name"],
        "metadata": {},
        "quantity": line["quantity"],
        "price": {
            "id": f"price_{tail}",
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": line["created"],
            "currency": line["currency"],
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": f"prod_{tail}",
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": line["unit_amount"],
            "unit_amount_decimal": str(line["unit_amount"]),
        },
    }


def no_refunds(charge_id: str) -> Body:
    """The list of refunds of a charge that has none."""
    return {"object": "list", "data": [], "has_more": False, "url": f"/v1/charges/{charge_id}/refunds"}
