"""Payment Intents, their charge and refunds: authorize, capture, cancel, refund; never more than allowed.

Every function runs inside the store's transaction and looks before it writes. Amounts are whole cents.
"""

from shop.payments.sandbox import wire
from shop.payments.sandbox.cards import Verdict
from shop.payments.sandbox.events import announce
from shop.payments.sandbox.shapes import no_refunds
from shop.payments.sandbox.store import Body, Store, new_id
from shop.payments.sandbox.wire import WireError

HELD_FOR = 7 * 24 * 3600
"""Seconds an authorization lives, Stripe's rule for most cards (docs.stripe.com/payments/place-a-hold)."""
CANCEL_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def find(store: Store, intent_id: str) -> Body:
    """The intent, or the 404 of the interface."""
    intent = store.get("payment_intent", intent_id)
    if intent is None:
        raise wire.missing("payment_intent", intent_id, "intent")
    return intent


def for_session(store: Store, session: Body, now: float) -> Body:
    """The session's intent. As at Stripe it is made at the first try to pay, not with the session."""
    if session["payment_intent"]:
        return find(store, session["payment_intent"])
    return {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "manual",
        "confirmation_method": "automatic",
        "created": int(now),
        "currency": session["currency"],
        "customer": None,
        "description": session["_intent"]["description"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": session["_intent"]["metadata"],
        "next_action": None,
        "payment_method_types": ["card"],
        "receipt_email": None,
        "status": "requires_payment_method",
    }


def decline(store: Store, intent: Body, verdict: Verdict, now: float) -> None:
    """The bank said no: the reason is kept, nothing about the card."""
    intent["last_payment_error"] = {
        "type": "card_error",
        "code": verdict.code,
        "decline_code": verdict.decline_code,
        "message": verdict.sentence,
    }
    store.put(intent)
    announce(store, "payment_intent.payment_failed", intent, now)


def authorize(store: Store, intent: Body, last4: str, now: float) -> None:
    """The bank said yes: the amount is held on the card, not yet taken. Only test numbers get this far."""
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "captured": False,
        "created": int(now),
        "currency": intent["currency"],
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "refunded": False,
        "status": "succeeded",
        "payment_method_details": {
            "type": "card",
            "card": {"brand": "visa", "last4": last4, "capture_before": int(now) + HELD_FOR},
        },
    }
    store.put(charge)
    intent |= {
        "status": "requires_capture",
        "amount_capturable": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "_due": int(now) + HELD_FOR,
    }
    store.put(intent)
    announce(store, "payment_intent.amount_capturable_updated", intent, now)


def lapsed(store: Store, intent: Body, now: float) -> bool:
    """Whether the bank no longer holds the amount."""
    card = _charge(store, intent)["payment_method_details"]["card"]
    return bool(card["capture_before"] <= now)


def lapse(store: Store, intent: Body, now: float) -> Body:
    """The bank stops holding the amount before it was taken."""
    _needs(intent, ("requires_capture",), "lapsed")
    return cancel(store, intent, "automatic", now)


def dispute(store: Store, intent: Body) -> Body:
    """The cardholder's bank asks for what was captured."""
    _needs(intent, ("succeeded",), "disputed")
    store.put(_charge(store, intent) | {"disputed": True})
    return intent


def capture(store: Store, intent: Body, params: wire.Params, now: float) -> Body:
    """Take at most what is held; the rest is released."""
    wire.only(params, ("amount_to_capture", "metadata", "expand"))
    _needs(intent, ("requires_capture",), "captured")
    held = intent["amount_capturable"]
    amount = wire.whole(params, "amount_to_capture", held)
    if amount > held:
        raise WireError(
            "The amount_to_capture is greater than the amount that can be captured for this PaymentIntent.",
            code="amount_too_large",
            param="amount_to_capture",
            ran=True,
        )
    store.put(_charge(store, intent) | {"captured": True, "amount_captured": amount})
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    store.put(intent)
    announce(store, "payment_intent.succeeded", intent, now)
    return intent


def void(store: Store, intent: Body, params: wire.Params, now: float) -> Body:
    """Cancel on request. A session's unpaid intent is ended by expiring the session, as at Stripe."""
    wire.only(params, ("cancellation_reason", "expand"))
    reason = params.get("cancellation_reason")
    if reason is not None and reason not in CANCEL_REASONS:
        raise WireError(f"Invalid cancellation_reason: {reason}", param="cancellation_reason")
    _needs(intent, ("requires_capture",), "canceled")
    return cancel(store, intent, reason, now)


def cancel(store: Store, intent: Body, reason: str | None, now: float) -> Body:
    """Let go of what was held, for whatever reason. At Stripe an uncaptured charge then reads as refunded."""
    if intent["status"] == "requires_capture":
        charge = _charge(store, intent)
        store.put(charge | {"refunded": True, "amount_refunded": charge["amount"]})
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": int(now),
        "cancellation_reason": reason,
    }
    store.put(intent)
    announce(store, "payment_intent.canceled", intent, now)
    return intent


def update(store: Store, intent: Body, params: wire.Params) -> Body:
    """Change what may be changed afterward: metadata and description."""
    wire.only(params, ("metadata", "description", "expand"))
    intent["metadata"] = intent["metadata"] | {
        key: str(value) for key, value in wire.group(params, "metadata").items()
    }
    intent["description"] = params.get("description", intent["description"])
    return store.put(intent)


def refund(store: Store, params: wire.Params, now: float) -> Body:
    """Give back at most what was captured and not yet given back."""
    wire.only(params, ("payment_intent", "amount", "reason", "metadata", "expand"))
    intent = find(store, wire.text(params, "payment_intent"))
    reason = params.get("reason")
    if reason is not None and reason not in REFUND_REASONS:
        raise WireError(f"Invalid reason: {reason}", param="reason")
    _needs(intent, ("succeeded",), "refunded")
    charge = _charge(store, intent)
    if charge.get("disputed"):
        raise WireError("This charge has been charged back.", code="charge_disputed", ran=True)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise WireError("Charge has already been refunded.", code="charge_already_refunded", ran=True)
    amount = wire.whole(params, "amount", left)
    if amount > left:
        raise WireError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            code="amount_too_large",
            param="amount",
            ran=True,
        )
    made = store.put(
        {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "created": int(now),
            "currency": intent["currency"],
            "metadata": {key: str(value) for key, value in wire.group(params, "metadata").items()},
            "payment_intent": intent["id"],
            "reason": reason,
            "status": "succeeded",
        }
    )
    refunds = charge.get("refunds") or no_refunds(charge["id"])
    charge |= {
        "amount_refunded": charge["amount_refunded"] + amount,
        "refunded": amount == left,
        "refunds": refunds | {"data": [made, *refunds["data"]]},
    }
    store.put(charge)
    announce(store, "charge.refunded", charge, now)
    return made


def _charge(store: Store, intent: Body) -> Body:
    charge = store.get("charge", intent["latest_charge"] or "")
    if charge is None:
        raise WireError("This PaymentIntent has no charge.", code="payment_intent_unexpected_state", ran=True)
    return charge


def _needs(intent: Body, states: tuple[str, ...], deed: str) -> None:
    if intent["status"] not in states:
        raise WireError(
            f"This PaymentIntent could not be {deed} because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            ran=True,
        )
