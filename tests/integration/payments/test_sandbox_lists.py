"""The sandbox's lists: newest first, page by page, within a time, and all fields of Stripe's objects."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from shop.payments.facts import PaymentState
from shop.payments.gateway import Gateway
from shop.payments.refusals import PaymentRefused
from shop.payments.sandbox import create_sandbox
from tests.integration.payments.payment_desk import KEY, SECRET, Clock, Desk, Receiver, serve
from tests.running_store import PATIENCE

TEST_KEY = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose sandbox holds nothing of other tests."""
    clock, receiver = Clock(), Receiver()
    listener = serve(receiver.app)
    app = create_sandbox(
        f"http://127.0.0.1:{listener.port}/webhooks", SECRET, tmp_path / "state", clock=clock
    )
    server = serve(app)
    base = f"http://127.0.0.1:{server.port}"
    yield Desk(Gateway(KEY, SECRET, base), receiver, clock, base)
    server.shutdown()
    app.extensions["sandbox"].close()
    listener.shutdown()


def ask(desk: Desk, path: str, status: int = 200, **params: Any) -> Any:
    answer = requests.get(f"{desk.base}/v1/{path}", params, headers=TEST_KEY, timeout=PATIENCE)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_list_is_read_page_by_page_newest_first(own_desk: Desk) -> None:
    made = [own_desk.open(f"F-{number}").session_id for number in range(5)]
    first = ask(own_desk, "checkout/sessions", limit=2)
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (made[:2:-1], True)
    rest = ask(own_desk, "checkout/sessions", limit=3, starting_after=made[3])
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == (made[2::-1], False)


def test_the_gateway_goes_through_every_page(own_desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("shop.payments.listed.PAGE", 2)
    intents = [own_desk.authorized(f"F-{number}") for number in range(5)]
    assert [one.intent_id for one in own_desk.gateway.lists.intents()] == intents[::-1]
    assert [one.reference for one in own_desk.gateway.lists.sessions()] == [
        f"F-{n}" for n in range(4, -1, -1)
    ]
    assert {one.intent_id for one in own_desk.gateway.lists.charges()} == set(intents)


def test_a_list_can_begin_at_a_time(own_desk: Desk) -> None:
    own_desk.authorized("F-old")
    own_desk.clock.pass_by(days=2)
    own_desk.authorized("F-new")
    since = datetime.fromtimestamp(own_desk.clock(), UTC) - timedelta(days=1)
    assert [one.reference for one in own_desk.gateway.lists.sessions(since)] == ["F-new"]
    assert [one.reference for one in own_desk.gateway.lists.intents(since)] == ["F-new"]
    before = ask(own_desk, "payment_intents", **{"created[lt]": int(since.timestamp())})["data"]
    assert [one["metadata"]["reference"] for one in before] == ["F-old"]


def test_the_lists_say_what_became_of_the_money(own_desk: Desk) -> None:
    captured, voided = own_desk.authorized("F-1", 4930), own_desk.authorized("F-2", 2000)
    own_desk.gateway.capture(captured, 4930, "capture")
    own_desk.gateway.refund(captured, 1000, "refund-1")
    own_desk.gateway.refund(captured, 200, "refund-2")
    own_desk.gateway.void(voided, "void")
    charges = {one.intent_id: one for one in own_desk.gateway.lists.charges()}
    taken, let_go = charges[captured], charges[voided]
    assert (taken.captured, taken.captured_cents, taken.refunded_cents) == (True, 4930, 1200)
    assert (let_go.captured, let_go.captured_cents, let_go.refunded_cents) == (False, 0, 2000)
    refunds = [(one.intent_id, one.amount_cents) for one in own_desk.gateway.lists.refunds()]
    assert refunds == [(captured, 200), (captured, 1000)]
    assert [one.charge_id for one in own_desk.gateway.lists.charges(intent_id=voided)] == [let_go.charge_id]
    assert list(own_desk.gateway.lists.refunds(intent_id=voided)) == []
    shown = ask(own_desk, f"charges/{taken.charge_id}")
    assert [one["amount"] for one in shown["refunds"]["data"]] == [200, 1000]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": 101}, "limit"),
        ({"limit": 0}, "limit"),
        ({"starting_after": "ch_nobody"}, "starting_after"),
        ({"created[since]": 1}, "created[since]"),
        ({"created[gte]": "yesterday"}, "gte"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_list_refuses_what_it_does_not_know(desk: Desk, params: dict[str, Any], param: str) -> None:
    assert ask(desk, "charges", 400, **params)["error"]["param"] == param


def test_the_lines_of_a_session_are_answered(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    answer = ask(desk, f"checkout/sessions/{hosted.session_id}/line_items")
    (line,) = answer["data"]
    assert (line["description"], line["amount_total"], line["quantity"]) == (f"Order {reference}", 4930, 1)
    assert ask(desk, f"checkout/sessions/{hosted.session_id}/line_items") == answer
    ask(desk, "checkout/sessions/cs_nobody/line_items", 404)


def test_a_key_of_256_characters_is_refused_and_not_remembered(desk: Desk, reference: str) -> None:
    url = f"{desk.base}/v1/payment_intents/{desk.authorized(reference)}/capture"
    for length, status in ((256, 400), (255, 200)):
        headers = TEST_KEY | {"Idempotency-Key": reference.ljust(length, "k")}
        assert requests.post(url, headers=headers, timeout=PATIENCE).status_code == status


def test_a_bank_can_be_made_to_let_go_at_once(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    url = f"{desk.base}/v1/test_helpers/payment_intents/{intent_id}/lapse"
    assert requests.post(url, headers=TEST_KEY, timeout=PATIENCE).json()["cancellation_reason"] == "automatic"
    assert desk.gateway.look_up_intent(intent_id).state is PaymentState.CANCELED
    with pytest.raises(PaymentRefused):
        desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    assert desk.events(reference, at_least=3)[-1].type == "payment_intent.canceled"
    assert requests.post(url, headers=TEST_KEY, timeout=PATIENCE).status_code == 400


# --- Stripe's own description of its objects ---


def missing_fields(ours: Any, theirs: Any, path: str) -> list[str]:
    """Names in Stripe's object that ours lacks, where both are objects. Metadata is anybody's."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict) or path.endswith("metadata"):
        return []
    absent = [f"{path}.{name}" for name in theirs if name not in ours]
    for name in theirs.keys() & ours.keys():
        absent += missing_fields(ours[name], theirs[name], f"{path}.{name}")
    return absent


@pytest.mark.shared_data
def test_every_object_has_all_fields_of_stripes(own_desk: Desk, shared_data: Path) -> None:
    known = json.loads((shared_data / "stripe" / "fixtures3.json").read_text())["resources"]
    session = own_desk.open("F-1").session_id
    intent = own_desk.authorized("F-2")
    own_desk.gateway.capture(intent, 4930, "capture")
    own_desk.gateway.refund(intent, 100, "refund")
    own_desk.gateway.void(own_desk.authorized("F-3"), "void")
    found = [
        ask(own_desk, f"checkout/sessions/{session}"),
        ask(own_desk, f"checkout/sessions/{session}", **{"expand[]": "payment_intent"}),
        *ask(own_desk, f"checkout/sessions/{session}/line_items")["data"],
    ]
    for path in ("checkout/sessions", "payment_intents", "charges", "refunds", "events"):
        found += ask(own_desk, path)["data"]
    found += [event["data"]["object"] for event in found if event["object"] == "event"]
    found += [
        session["payment_intent"] for session in found if isinstance(session.get("payment_intent"), dict)
    ]
    kinds = {one["object"] for one in found}
    assert kinds == {"checkout.session", "payment_intent", "charge", "refund", "event", "item"}
    for one in found:
        theirs = dict(known[one["object"]])
        if one["object"] == "event":
            theirs["data"] = {"object": {}}
        assert missing_fields(one, theirs, one["object"]) == []
