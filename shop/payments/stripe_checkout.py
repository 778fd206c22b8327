"""A Checkout Session, Stripe's hosted page for one payment: what is asked for, and the page that comes.

Pure: no network and no import of `stripe`. Its words say nothing about health.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class CheckoutPage:
    """A page to send the customer to. Stripe makes the intent at the first try to pay: usually None."""

    session_id: str
    url: str
    intent_id: str | None


def session_params(
    *,
    reference: str,
    amount_cents: int,
    currency: str,
    description: str,
    customer_email: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
) -> dict[str, Any]:
    """What a session for one amount, authorized and not yet captured, is created with.

    docs.stripe.com/api/checkout/sessions/create
    """
    if expires_at.tzinfo is None:
        raise ValueError("expires_at needs a time zone")
    metadata = {"reference": reference}
    price = {"currency": currency.lower(), "unit_amount": amount_cents, "product_data": {"name": description}}
    return {
        "mode": "payment",
        "client_reference_id": reference,
        "metadata": metadata,
        "customer_email": customer_email,
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {
            "capture_method": "manual",
            "metadata": metadata,
            "description": description,
        },
        "payment_method_types": ["card"],
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
