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


@dataclass(frozen=True)
class PageRequest:
    """What the customer is asked to pay, and where the page leads afterward.

    `description` is read by Stripe and the customer: neutral words. `expires_at` is aware, 30 minutes to
    24 hours ahead. `success_url` may hold {CHECKOUT_SESSION_ID}.
    """

    reference: str
    amount_cents: int
    currency: str
    description: str
    customer_email: str
    success_url: str
    cancel_url: str
    expires_at: datetime

    def __post_init__(self) -> None:
        if self.expires_at.tzinfo is None:
            raise ValueError("expires_at needs a time zone")


def session_params(asked: PageRequest) -> dict[str, Any]:
    """What a session for one amount, authorized and not yet captured, is created with.

    docs.stripe.com/api/checkout/sessions/create
    """
    metadata = {"reference": asked.reference}
    price = {
        "currency": asked.currency.lower(),
        "unit_amount": asked.amount_cents,
        "product_data": {"name": asked.description},
    }
    return {
        "mode": "payment",
        "client_reference_id": asked.reference,
        "metadata": metadata,
        "customer_email": asked.customer_email,
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {
            "capture_method": "manual",
            "metadata": metadata,
            "description": asked.description,
        },
        "payment_method_types": ["card"],
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "expires_at": int(asked.expires_at.timestamp()),
    }
