"""The /v1 addresses: who may ask, what was asked before, and which rule answers."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request

from shop.payments.sandbox import intents, lists, sessions, wire
from shop.payments.sandbox.lists import LISTS, Listed
from shop.payments.sandbox.shapes import whole
from shop.payments.sandbox.store import Answer, Body, Store, new_id
from shop.payments.sandbox.wire import WireError

LONGEST_KEY = 255  # characters of an idempotency key, as at Stripe
api = Blueprint("api", __name__, url_prefix="/v1")


@api.before_request
def only_with_a_test_key() -> None:
    """Stripe's bearer key; a live one is refused so that it never gets used to a stand-in."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith("sk_test_") or len(key) <= len("sk_test_"):
        raise WireError(
            "Invalid API Key provided. The payment sandbox takes secret test keys (sk_test_…) and no others.",
            status=401,
        )


@api.after_request
def name_the_request(response: Response) -> Response:
    """A request id to quote, as Stripe gives one."""
    response.headers["Request-Id"] = new_id("req")
    response.headers["Cache-Control"] = "no-store"
    return response


@api.errorhandler(WireError)
def say_no(error: WireError) -> Response:
    """Stripe's error object."""
    return _json(error.status, json.dumps(error.body()))


@api.post("/checkout/sessions")
def open_session() -> Response:
    return _once(
        lambda store, params, now: _session(
            store, sessions.open_session(store, params, now, request.url_root), params
        )
    )


@api.get("/checkout/sessions/<session_id>")
def one_session(session_id: str) -> Response:
    return _read(lambda store, params, _: _session(store, sessions.find(store, session_id), params))


@api.post("/checkout/sessions/<session_id>/expire")
def expire_session(session_id: str) -> Response:
    return _once(
        lambda store, params, now: _session(
            store, sessions.expire(store, sessions.find(store, session_id), now), params
        )
    )


@api.get("/checkout/sessions/<session_id>/line_items")
def session_lines(session_id: str) -> Response:
    return _read(lambda store, params, _: lists.line_items(sessions.find(store, session_id), params))


@api.get("/payment_intents/<intent_id>")
def one_intent(intent_id: str) -> Response:
    return _read(lambda store, *_: intents.find(store, intent_id))


@api.post("/payment_intents/<intent_id>")
def update_intent(intent_id: str) -> Response:
    return _once(lambda store, params, _: intents.update(store, intents.find(store, intent_id), params))


@api.post("/payment_intents/<intent_id>/capture")
def capture_intent(intent_id: str) -> Response:
    return _once(
        lambda store, params, now: intents.capture(store, intents.find(store, intent_id), params, now)
    )


@api.post("/payment_intents/<intent_id>/cancel")
def cancel_intent(intent_id: str) -> Response:
    return _once(lambda store, params, now: intents.void(store, intents.find(store, intent_id), params, now))


@api.post("/test_helpers/payment_intents/<intent_id>/lapse")
def lapse_intent(intent_id: str) -> Response:
    """Not an address of Stripe's: what a bank does to an authorization after a week, now."""
    return _once(lambda store, _, now: intents.lapse(store, intents.find(store, intent_id), now))


@api.post("/test_helpers/payment_intents/<intent_id>/dispute")
def dispute_intent(intent_id: str) -> Response:
    """Not an address of Stripe's: what a cardholder's bank does, now."""
    return _once(lambda store, *_: intents.dispute(store, intents.find(store, intent_id)))


@api.post("/refunds")
def open_refund() -> Response:
    return _once(intents.refund)


@api.get("/refunds/<object_id>", defaults={"kind": "refund"})
@api.get("/charges/<object_id>", defaults={"kind": "charge"})
@api.get("/events/<object_id>", defaults={"kind": "event"})
def one_object(kind: str, object_id: str) -> Response:
    def found(store: Store, *_: Any) -> Body:
        body = store.get(kind, object_id)
        if body is None:
            raise wire.missing(kind, object_id, "id")
        return body

    return _read(found)


def _page_of(listed: Listed) -> Callable[[], Response]:
    return lambda: _read(lambda store, params, _: lists.page(store, listed, params))


for _listed in LISTS:
    api.add_url_rule(_listed.path, f"list of {_listed.kind}".replace(".", " "), _page_of(_listed))


@api.route("/<path:_>", methods=["GET", "POST", "DELETE"])
def unknown(_: str) -> Response:
    raise WireError(
        f"Unrecognized request URL ({request.method}: {request.path}). The payment sandbox does not play it.",
        status=404,
    )


def _session(store: Store, session: Body, params: wire.Params) -> Body:
    return sessions.shown(store, session, wire.as_list(params.get("expand")))


Work = Callable[[Store, wire.Params, float], Body]


def _read(work: Work) -> Response:
    sandbox = current_app.extensions["sandbox"]
    params = wire.unpack(request.args.items(multi=True))
    with sandbox.store.transaction():
        return _json(200, json.dumps(whole(work(sandbox.store, params, sandbox.clock()))))


def _once(work: Work) -> Response:
    """Do it, or repeat what was answered when this idempotency key was first used.

    Rules look before they write, so a refusal that is remembered has changed nothing.
    """
    sandbox, key = current_app.extensions["sandbox"], request.headers.get("Idempotency-Key")
    if key and len(key) > LONGEST_KEY:
        raise WireError(f"Keys for idempotent requests can only be up to {LONGEST_KEY} characters long.")
    pairs = list(request.form.items(multi=True))
    asked = json.dumps([request.headers["Authorization"], request.path, pairs])
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    with sandbox.store.transaction():
        before = sandbox.store.answered(key) if key else None
        if before:
            return _again(before, fingerprint)
        try:
            status, body = 200, whole(work(sandbox.store, wire.unpack(pairs), sandbox.clock()))
        except WireError as error:
            if not error.ran:
                raise
            status, body = error.status, error.body()
        answer = Answer(fingerprint, status, json.dumps(body))
        if key:
            sandbox.store.remember(key, answer)
    return _json(answer.status, answer.body)


def _again(before: Answer, fingerprint: str) -> Response:
    if before.fingerprint != fingerprint:
        raise WireError(
            "This idempotency key was first used with other parameters; a key belongs to one request.",
            kind="idempotency_error",
        )
    response = _json(before.status, before.body)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _json(status: int, body: str) -> Response:
    return Response(body, status, mimetype="application/json")
