"""The payment service's own word: signed events, each acted on once, believed only after asking back.

An event says that something happened, not what an order becomes: the session is looked up and takes the one
path of checkout. What fails is answered with an error, and the service sends it again.
"""

from flask import Blueprint, Response, current_app, make_response, request

from shop.access import public
from shop.checkout import service as checkout
from shop.database import db, now, transaction
from shop.payments import queries, service
from shop.payments.facts import Event, PaymentFacts
from shop.payments.gateway import Gateway

blueprint = Blueprint("payment_webhook", __name__)
# what may change an order; everything else is acknowledged and left
ABOUT_SESSIONS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)
ABOUT_INTENTS = frozenset(
    {"payment_intent.amount_capturable_updated", "payment_intent.succeeded", "payment_intent.canceled"}
)


@blueprint.post("/webhooks/stripe")
@public
def stripe() -> Response:
    """Take one event. Unsigned or old: 400. Seen or of no interest: 200. Could not be followed: an error."""
    gateway: Gateway = current_app.extensions["gateway"]
    event = gateway.read_event(request.get_data(), request.headers.get("Stripe-Signature", ""))
    if event.type not in ABOUT_SESSIONS | ABOUT_INTENTS or queries.seen(event.id):
        return make_response("", 200)
    facts = _ask(gateway, event)
    try:
        _follow(event, facts)
    except checkout.OrderMovedOn:  # the browser's return was quicker in this very moment: look once more
        _follow(event, facts)
    return make_response("", 200)


def _follow(event: Event, facts: PaymentFacts | None) -> None:
    with transaction():
        if service.note_event(event.id, event.type, now()) and facts is not None:
            checkout.confirm(facts, now())


def _ask(gateway: Gateway, event: Event) -> PaymentFacts | None:
    """What the service says now of the event's payment; None when the payment is not one of ours."""
    payment = (queries.by_session(event.session_id) if event.session_id else None) or (
        queries.by_reference(event.reference) if event.reference else None
    )
    session_id = event.session_id or (payment.session_id if payment else None)
    db.session.rollback()
    if payment is None or session_id is None:
        return None
    return gateway.look_up(session_id)
