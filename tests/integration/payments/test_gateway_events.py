"""Signed events of the payment service: repeated, forged, changed, replayed, or no events at all."""

import json
import time

import pytest

from shop.payments.gateway import Gateway
from shop.payments.refusals import WebhookRefused
from shop.payments.sandbox.events import sign
from tests.integration.payments.payment_desk import SECRET, Delivery, Desk


def test_an_event_that_was_not_accepted_comes_again_under_the_same_id(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    desk.receiver.fail_once = reference.encode()
    desk.gateway.expire(hosted.session_id)
    first, second = desk.events(reference, at_least=2)
    assert first == second


def test_a_forged_or_changed_event_is_refused(desk: Desk, reference: str) -> None:
    desk.authorized(reference)
    desk.events(reference, at_least=2)
    body, signature = [one for one in desk.receiver.deliveries if reference.encode() in one.body][-1]
    desk.gateway.read_event(body, signature)
    forged = sign(body, "whsec_of_somebody_else", int(time.time()))
    changed, unreadable = body + b" ", b"\xff"
    for wrong in (
        (body, forged),
        (changed, signature),
        (body, ""),
        (body, "nonsense"),
        (unreadable, signature),
    ):
        with pytest.raises(WebhookRefused) as refusal:
            desk.gateway.read_event(*wrong)
        assert refusal.value.status == 400


def test_deliveries_that_have_become_too_old_do_not_disturb_the_next_test(desk: Desk, reference: str) -> None:
    body = b'{"object": "event"}'
    desk.receiver.deliveries.append(Delivery(body, sign(body, SECRET, int(time.time()) - 3600)))
    desk.authorized(reference)
    assert len(desk.events(reference, at_least=2)) == 2


def test_a_replayed_event_is_refused_after_five_minutes(
    gateway_only: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.dumps({"id": "evt_1", "type": "x", "data": {"object": {"object": "charge"}}}).encode()
    now = int(time.time())
    signature = sign(body, SECRET, now)
    monkeypatch.setattr(time, "time", lambda: now + 300)
    assert gateway_only.read_event(body, signature).id == "evt_1"
    monkeypatch.setattr(time, "time", lambda: now + 301)
    with pytest.raises(WebhookRefused):
        gateway_only.read_event(body, signature)


def event_body(event_id: object, session_id: object) -> bytes:
    subject = {"object": "checkout.session", "id": session_id}
    return json.dumps({"id": event_id, "type": "t", "data": {"object": subject}}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"null",
        b'{"id":"e","type":"t","data":{"object":7}}',
        b"not json",
        event_body(7, "cs_1"),
        event_body("e" * 256, "cs_1"),
        event_body("e\0", "cs_1"),
        event_body("e", {"id": "cs_1"}),
        event_body("e", "cs\0"),
        event_body("e", None),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(gateway_only: Gateway, body: bytes) -> None:
    with pytest.raises(WebhookRefused):
        gateway_only.read_event(body, sign(body, SECRET, int(time.time())))
