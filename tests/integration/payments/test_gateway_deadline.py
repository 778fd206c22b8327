"""A payment service that is slow: every call ends with its deadline, whatever the service does."""

from collections.abc import Callable

import pytest

from shop.errors import Busy
from shop.payments.gateway import DEADLINE_SECONDS, Gateway
from shop.payments.refusals import PaymentServiceUnavailable
from tests.integration.payments.payment_desk import KEY, SECRET, Desk
from tests.integration.payments.slow_service import BUSY, HEAD, slow_service

DEADLINE = 0.6

CALLS: dict[str, Callable[[Gateway], object]] = {
    "look_up": lambda gateway: gateway.look_up("cs_1"),
    "expire": lambda gateway: gateway.expire("cs_1"),
    "capture": lambda gateway: gateway.capture("pi_1", 100, "capture-1"),
    "refund": lambda gateway: gateway.refund("pi_1", 100, "refund-1"),
}


def refused_in_the_end(address: str, call: Callable[[Gateway], object]) -> PaymentServiceUnavailable:
    """What the gateway said when it gave up; the services below never end by themselves."""
    with pytest.raises(PaymentServiceUnavailable) as refusal:
        call(Gateway(KEY, SECRET, address, deadline_seconds=DEADLINE))
    return refusal.value


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("at_once", "trickle"),
    [(b"", b""), (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), (HEAD, b" ")],
    ids=["silent", "headers byte by byte", "body byte by byte"],
)
def test_a_slow_answer_ends_with_the_deadline(at_once: bytes, trickle: bytes, call) -> None:
    with slow_service(at_once, trickle) as service:
        refusal = refused_in_the_end(service.address, call)
        assert not service.over.is_set()
    assert service.requests == 1, "no time was left for another try"
    assert isinstance(refusal, Busy)
    assert (refusal.status, refusal.retry_after > 0) == (503, True)


def test_a_service_that_keeps_refusing_is_tried_again_within_the_deadline_only() -> None:
    with slow_service(BUSY) as service:
        refused_in_the_end(service.address, CALLS["look_up"])
    assert service.requests <= 2  # the client waits half a second before it tries again


def test_a_customer_waits_eight_seconds_at_most() -> None:
    assert DEADLINE_SECONDS <= 8


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_the_service_would_refuse_is_a_mistake_of_ours(desk: Desk, key: str) -> None:
    with pytest.raises(ValueError, match=rf"\b255\b.*\b{len(key)}\b"):
        desk.gateway.capture("pi_1", 100, key)


def test_a_key_of_255_characters_is_taken(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference, idempotency_key=reference.ljust(255, "k"))
    assert desk.gateway.look_up(hosted.session_id).reference == reference
