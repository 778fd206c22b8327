"""The table that turns Stripe's two statuses into one state."""

import pytest

from shop.payments.facts import PaymentState, session_state

TABLE = [
    ("open", None, "open"),
    ("open", "requires_payment_method", "open"),
    ("open", "processing", "open"),
    ("open", "requires_capture", "authorized"),
    ("complete", "requires_capture", "authorized"),
    ("complete", "succeeded", "captured"),
    ("complete", "canceled", "canceled"),
    ("complete", "processing", "open"),
    ("complete", "requires_payment_method", "failed"),
    ("complete", None, "failed"),
    ("expired", None, "expired"),
    ("expired", "canceled", "expired"),
    ("expired", "requires_payment_method", "expired"),
    ("expired", "requires_capture", "authorized"),
    ("a status of next year", None, "failed"),
]


@pytest.mark.parametrize(("session", "intent", "state"), TABLE)
def test_the_state_is_read_from_session_and_intent_together(
    session: str, intent: str | None, state: str
) -> None:
    assert session_state(session, intent) is PaymentState(state)
