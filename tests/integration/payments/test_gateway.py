"""The gateway against the sandbox over real HTTP: paid, refused, repeated, late, forged or unreachable."""

import logging
from datetime import datetime

import pytest
import requests

from shop.payments.facts import PaymentFacts, PaymentState, RefundReason, VoidReason
from shop.payments.gateway import NOTHING_CHARGED, UNCERTAIN, Gateway
from shop.payments.refusals import (
    OverRefund,
    PaymentRefused,
    PaymentServiceUnavailable,
    PaymentSettingsRefused,
)
from tests.integration.payments.payment_desk import KEY, SECRET, Desk
from tests.running_store import PATIENCE


def test_a_paid_session_is_authorized_and_not_yet_captured(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    assert desk.gateway.look_up(hosted.session_id).state is PaymentState.OPEN
    answer = desk.pay(hosted.url)
    assert answer.headers["Location"] == f"http://store.example/paid?session={hosted.session_id}"
    facts = desk.gateway.look_up(hosted.session_id)
    assert facts == PaymentFacts(
        hosted.session_id, facts.intent_id, reference, PaymentState.AUTHORIZED, 4930, "usd"
    )
    assert facts.intent_id.startswith("pi_")


def test_the_store_is_told_of_each_step_with_its_reference(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    desk.gateway.refund(intent_id, 1000, f"refund-{reference}")
    events = desk.events(reference, at_least=4)
    assert [event.type for event in events] == [
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.refunded",
    ]
    assert {event.intent_id for event in events} == {intent_id}
    assert [event.session_id is not None for event in events] == [False, True, False, False]


def test_a_declined_card_leaves_the_session_open_for_another(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    assert desk.pay(hosted.url, number="4000000000009995").status_code == 402
    assert desk.gateway.look_up(hosted.session_id).state is PaymentState.OPEN
    assert desk.events(reference)[0].type == "payment_intent.payment_failed"
    assert desk.pay(hosted.url).status_code == 303
    assert desk.gateway.look_up(hosted.session_id).state is PaymentState.AUTHORIZED


def test_opening_twice_with_one_key_is_one_session(desk: Desk, reference: str) -> None:
    until = datetime.fromtimestamp(int(desk.clock()) + 3600).astimezone()
    assert desk.open(reference, expires_at=until) == desk.open(reference, expires_at=until)


def test_one_key_cannot_ask_for_two_amounts(desk: Desk, reference: str) -> None:
    desk.open(reference)
    with pytest.raises(PaymentRefused) as refusal:
        desk.open(reference, amount_cents=9999)
    assert refusal.value.reason == "idempotency_error"


def test_an_amount_below_stripes_least_is_refused_with_its_code(desk: Desk, reference: str) -> None:
    with pytest.raises(PaymentRefused) as refusal:
        desk.open(reference, amount_cents=49)
    assert refusal.value.reason == "amount_too_small"


def test_a_session_cannot_be_shorter_than_half_an_hour(desk: Desk, reference: str) -> None:
    with pytest.raises(PaymentRefused):
        desk.open(reference, expires_at=datetime.fromtimestamp(desk.clock() + 20 * 60).astimezone())


def test_a_time_without_a_zone_is_a_mistake_of_ours(desk: Desk, reference: str) -> None:
    with pytest.raises(ValueError, match="expires_at"):
        desk.open(reference, expires_at=datetime(2040, 1, 1))  # noqa: DTZ001


def test_capturing_twice_takes_the_money_once(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    first = desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    same_key = desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    other_key = desk.gateway.capture(intent_id, 4930, f"capture-again-{reference}")
    assert first == same_key == other_key
    assert (first.state, first.amount_cents, first.reference) == (PaymentState.CAPTURED, 4930, reference)


def test_a_second_capture_of_another_amount_is_refused(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 4000, f"capture-{reference}")
    with pytest.raises(PaymentRefused):
        desk.gateway.capture(intent_id, 930, f"rest-{reference}")
    assert desk.gateway.look_up_intent(intent_id).amount_cents == 4000


def test_more_than_was_authorized_is_never_captured(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    with pytest.raises(PaymentRefused) as refusal:
        desk.gateway.capture(intent_id, 4931, f"capture-{reference}")
    assert refusal.value.reason == "amount_too_large"
    assert desk.gateway.look_up_intent(intent_id).state is PaymentState.AUTHORIZED


def test_a_void_lets_go_and_a_second_void_changes_nothing(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    first = desk.gateway.void(intent_id, f"void-{reference}")
    assert first.state is PaymentState.CANCELED
    assert desk.gateway.void(intent_id, f"void-again-{reference}") == first
    with pytest.raises(PaymentRefused):
        desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    assert desk.events(reference, at_least=3)[-1].type == "payment_intent.canceled"


def test_what_was_captured_can_no_longer_be_voided(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    with pytest.raises(PaymentRefused):
        desk.gateway.void(intent_id, f"void-{reference}")
    assert desk.gateway.look_up_intent(intent_id).state is PaymentState.CAPTURED


def test_refunds_never_add_up_to_more_than_was_captured(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 3000, f"capture-{reference}")
    refund = desk.gateway.refund(intent_id, 2000, f"refund-{reference}")
    assert (refund.amount_cents, refund.state, refund.intent_id) == (2000, "succeeded", intent_id)
    with pytest.raises(OverRefund):
        desk.gateway.refund(intent_id, 1001, f"refund-2-{reference}")
    desk.gateway.refund(intent_id, 1000, f"refund-3-{reference}")
    with pytest.raises(OverRefund) as nothing_left:
        desk.gateway.refund(intent_id, 1, f"refund-4-{reference}")
    assert nothing_left.value.reason == "charge_already_refunded"


def test_a_refund_keeps_why_it_was_made(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    made = desk.gateway.refund(
        intent_id,
        1200,
        f"refund-{reference}",
        RefundReason.REQUESTED_BY_CUSTOMER,
        {"order": reference, "reason": "damaged_in_transit"},
    )
    assert (made.reason, made.metadata["reason"]) == ("requested_by_customer", "damaged_in_transit")


def test_a_refund_of_an_authorization_is_refused_otherwise_than_an_over_refund(
    desk: Desk, reference: str
) -> None:
    intent_id = desk.authorized(reference)
    with pytest.raises(PaymentRefused) as refusal:
        desk.gateway.refund(intent_id, 100, f"refund-{reference}")
    assert not isinstance(refusal.value, OverRefund)
    with pytest.raises(ValueError, match="refund"):
        desk.gateway.refund(intent_id, 0, f"refund-2-{reference}")


def test_a_void_keeps_why_it_was_made(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.void(intent_id, f"void-{reference}", VoidReason.REQUESTED_BY_CUSTOMER)
    answer = requests.get(
        f"{desk.base}/v1/payment_intents/{intent_id}",
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=PATIENCE,
    )
    assert answer.json()["cancellation_reason"] == "requested_by_customer"


def test_a_refund_repeated_with_its_key_is_paid_back_once(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    first = desk.gateway.refund(intent_id, 2465, f"refund-{reference}")
    assert desk.gateway.refund(intent_id, 2465, f"refund-{reference}").refund_id == first.refund_id
    assert desk.gateway.refund(intent_id, 2465, f"other-{reference}").refund_id != first.refund_id


def test_money_that_is_only_held_cannot_be_refunded(desk: Desk, reference: str) -> None:
    with pytest.raises(PaymentRefused):
        desk.gateway.refund(desk.authorized(reference), 100, f"refund-{reference}")


def test_an_expired_session_can_no_longer_be_paid(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    assert desk.gateway.expire(hosted.session_id).state is PaymentState.EXPIRED
    assert desk.gateway.expire(hosted.session_id).state is PaymentState.EXPIRED
    assert desk.pay(hosted.url).status_code == 410
    assert desk.events(reference)[0].type == "checkout.session.expired"


def test_expiring_a_paid_session_says_that_it_was_paid(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    desk.pay(hosted.url)
    assert desk.gateway.expire(hosted.session_id).state is PaymentState.AUTHORIZED


def test_a_session_expires_by_itself_when_its_time_is_over(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    desk.pay(hosted.url, number="4000000000000002")
    desk.clock.pass_by(minutes=36)
    assert desk.gateway.look_up(hosted.session_id).state is PaymentState.EXPIRED
    types = [event.type for event in desk.events(reference, at_least=3)]
    assert types[1:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_an_authorization_lapses_after_seven_days(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    desk.clock.pass_by(days=6, hours=23)
    assert desk.gateway.look_up_intent(intent_id).state is PaymentState.AUTHORIZED
    desk.clock.pass_by(hours=2)
    assert desk.gateway.look_up_intent(intent_id).state is PaymentState.CANCELED


def test_an_unreachable_service_says_that_nothing_was_charged(
    gateway_only: Gateway, desk: Desk, reference: str
) -> None:
    with pytest.raises(PaymentServiceUnavailable) as refusal:
        desk._replace(gateway=gateway_only).open(reference)
    assert refusal.value.status == 503
    assert refusal.value.todo == NOTHING_CHARGED


def test_an_unreachable_capture_does_not_claim_to_know_the_outcome(gateway_only: Gateway) -> None:
    with pytest.raises(PaymentServiceUnavailable) as refusal:
        gateway_only.capture("pi_1", 100, "k")
    assert refusal.value.todo == UNCERTAIN != NOTHING_CHARGED


def test_a_key_the_service_does_not_take_is_refused(desk: Desk, reference: str) -> None:
    desk = desk._replace(gateway=Gateway("sk_test_", SECRET, desk.base))
    with pytest.raises(PaymentRefused):
        desk.open(reference)


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_test_abc", "pk_test_abc", ""])
def test_the_sandbox_address_takes_only_secret_test_keys(key: str) -> None:
    with pytest.raises(PaymentSettingsRefused) as refusal:
        Gateway.from_settings(key, SECRET, "http://127.0.0.1:1")
    assert not key or key not in str(refusal.value)


def test_no_secret_and_no_address_of_a_customer_reaches_the_log(
    desk: Desk, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    intent_id = desk.authorized(reference)
    with pytest.raises(PaymentRefused):
        desk.gateway.capture(intent_id, 999_999, f"capture-{reference}")
    assert "amount_too_large" in caplog.text
    for secret in (KEY, SECRET, "pat@example.com", "4242"):
        assert secret not in caplog.text
