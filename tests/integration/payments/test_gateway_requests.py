"""Every request the gateway sends, as it arrives, against Stripe's own description of its interface."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import request

from shop.payments.facts import RefundReason, VoidReason
from shop.payments.gateway import Gateway
from shop.payments.listed import Lists
from shop.payments.sandbox import create_sandbox
from tests.integration.payments.payment_desk import KEY, SECRET, Clock, Desk, Receiver, serve
from tests.integration.payments.stripe_description import NEWER, Asked, Description

pytestmark = pytest.mark.shared_data
OF_THE_GATEWAY = {
    "open_session",
    "look_up",
    "look_up_intent",
    "expire",
    "capture",
    "void",
    "refund",
}
OF_ITS_LISTS = {"sessions", "intents", "charges", "refunds", "session", "intent"}
WITHOUT_A_REQUEST = {"from_settings", "read_event"}


@pytest.fixture
def description(shared_data: Path) -> Description:
    return read_once(shared_data / "stripe" / "openapi_2020-08-27.yaml.gz")


@cache
def read_once(packed: Path) -> Description:
    return Description(packed)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Desk, list[Asked]]]:
    """A desk, and what its sandbox was asked."""
    asked: list[Asked] = []
    app = create_sandbox("http://127.0.0.1:9/", SECRET, tmp_path / "state")

    @app.before_request
    def remember() -> None:
        pairs = (request.args if request.method == "GET" else request.form).items(multi=True)
        asked.append(Asked(request.method.lower(), request.path, tuple(pairs)))

    server = serve(app)
    base = f"http://127.0.0.1:{server.port}"
    yield Desk(Gateway(KEY, SECRET, base), Receiver(), Clock(), base), asked
    server.shutdown()
    app.extensions["sandbox"].close()


def do_everything(desk: Desk) -> None:
    gateway, lists, since = desk.gateway, desk.gateway.lists, datetime.now(UTC) - timedelta(days=1)
    hosted = desk.open("F-000001")
    gateway.look_up(hosted.session_id)
    lists.session(hosted.session_id)
    gateway.expire(hosted.session_id)
    taken, let_go = desk.authorized("F-000002"), desk.authorized("F-000003")
    gateway.look_up_intent(taken)
    lists.intent(taken)
    gateway.capture(taken, 4930, "capture")
    words = {"order": "F-000002", "reason": "damaged_in_transit"}
    gateway.refund(taken, 100, "refund", RefundReason.REQUESTED_BY_CUSTOMER, words)
    gateway.void(let_go, "void", VoidReason.REQUESTED_BY_CUSTOMER)
    for found in (lists.sessions, lists.intents, lists.charges, lists.refunds):
        assert list(found(since))
    assert list(lists.charges(intent_id=taken))
    assert list(lists.refunds(intent_id=taken))


def test_the_calls_below_are_all_calls_of_the_gateway() -> None:
    for of, known in ((Gateway, OF_THE_GATEWAY | WITHOUT_A_REQUEST), (Lists, OF_ITS_LISTS)):
        public = {name for name in vars(of) if not name.startswith("_")}
        assert public == known, "let `do_everything` make the new call too"


def test_every_request_is_one_that_stripe_describes(
    watched: tuple[Desk, list[Asked]], description: Description
) -> None:
    desk, asked = watched
    do_everything(desk)
    asked = [one for one in asked if one.path.startswith("/v1")]
    assert len({(one.method, one.path) for one in asked}) >= 12
    assert [fault for one in asked for fault in description.faults(one)] == []


@pytest.mark.parametrize(
    ("path", "pairs"),
    [
        ("/v1/refunds", (("payment_intent", "pi_1"), ("amont", "1"))),
        ("/v1/refunds", (("payment_intent", "pi_1"), ("amount", "a lot"))),
        ("/v1/refunds", (("payment_intent", "pi_1"), ("reason", "damaged"))),
        ("/v1/checkout/sessions", (("success_url", "http://x"),)),
        ("/v1/checkout/sessions", (("line_items[0][price_data][unit_amount]", "x"),)),
        ("/v1/payment_intent", ()),
    ],
)
def test_a_request_that_stripe_does_not_describe_is_found(
    description: Description, path: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    assert description.faults(Asked("post", path, pairs))


def test_what_is_newer_than_the_description_is_in_use(watched: tuple[Desk, list[Asked]]) -> None:
    desk, asked = watched
    do_everything(desk)
    sent = {(one.method, one.path, name.partition("[")[0]) for one in asked for name, _ in one.pairs}
    assert sent >= NEWER
