"""The payment service's own word: signed events, each acted on once, believed only after asking back.

An event says that something happened, not what an order becomes: the session is looked up and takes the one
path of checkout. What fails is answered with an error, and the service sends it again.
"""

from flask import Blueprint, Response, current_app, make_response, request

from shop.access import public
from shop.checkout import confirm_payment
from shop.clock import now
from shop.database import db, transaction
from shop.payments import queries, service
from shop.payments.facts import Event
from shop.payments.gateway import Gateway
from shop.payments.queries import PaymentRecord
from shop.payments.states import PAYS, PaymentStatus

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
SAYS_AUTHORIZED = frozenset({"checkout.session.completed", "payment_intent.amount_capturable_updated"})
SAYS_CAPTURED = "payment_intent.succeeded"


@blueprint.post("/webhooks/stripe")
@public
def stripe() -> Response:
    """Take one event. Unsigned or old: 400. Seen or of no interest: 200. Could not be followed: an error."""
    gateway: Gateway = current_app.extensions["gateway"]
    event = gateway.read_event(request.get_data(), request.headers.get("Stripe-Signature", ""))
    if event.type not in ABOUT_SESSIONS | ABOUT_INTENTS:
        return make_response("", 200)
    payment = _payment_of(event)
    if payment is None or _is_known(event, payment) or queries.seen(event.id):
        return make_response("", 200)
    db.session.rollback()
    facts = gateway.look_up(event.session_id or payment.session_id or "")
    with transaction():
        if service.note_event(event.id, event.type, now()):
            confirm_payment.confirm(facts, now(), payment)
    return make_response("", 200)


def _payment_of(event: Event) -> PaymentRecord | None:
    """The payment an event is about; None when it is not one of ours, or nobody could ask about it."""
    payment = queries.by_session(event.session_id) or queries.by_reference(event.reference)
    return payment if payment and (event.session_id or payment.session_id) else None


def _is_known(event: Event, payment: PaymentRecord) -> bool:
    """Whether the payment says already what the event does: after the browser's return, most of them."""
    if event.intent_id != payment.intent_id:
        return False
    authorized = event.type in SAYS_AUTHORIZED and payment.state in PAYS
    return authorized or (event.type == SAYS_CAPTURED and payment.state == PaymentStatus.CAPTURED)


BLUEPRINTS = (blueprint,)
CSRF_EXEMPT = (stripe,)
