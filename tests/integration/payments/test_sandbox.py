"""The sandbox by itself: wire format, page, memory over a restart, and where it refuses to run."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from shop.payments.facts import PaymentState
from shop.payments.gateway import Gateway
from shop.payments.sandbox import create_sandbox
from shop.payments.sandbox.cards import NOT_A_TEST_CARD
from tests.integration.payments.payment_desk import KEY, SECRET, Desk, Receiver, serve, wait_until
from tests.running_store import PATIENCE

COMMAND = [sys.executable, "-m", "shop.payments.sandbox", "--webhook-url", "http://127.0.0.1:1/"]
TEST_KEY = {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize("key", ["Bearer sk_live_abc", "Bearer sk_test_", "Basic abc", ""])
def test_only_test_keys_are_served(desk: Desk, key: str) -> None:
    answer = requests.get(f"{desk.base}/v1/events", headers={"Authorization": key}, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")


def test_a_parameter_it_does_not_play_is_named_in_the_error(desk: Desk) -> None:
    answer = requests.post(
        f"{desk.base}/v1/checkout/sessions",
        {"mode": "payment", "discouts[0][coupon]": "x"},
        headers=TEST_KEY,
        timeout=PATIENCE,
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "discouts"


def test_automatic_capture_is_refused_instead_of_guessed(desk: Desk) -> None:
    answer = requests.post(
        f"{desk.base}/v1/checkout/sessions", {"mode": "payment"}, headers=TEST_KEY, timeout=PATIENCE
    )
    assert answer.json()["error"]["param"] == "payment_intent_data[capture_method]"


def test_a_request_that_was_wrong_may_be_corrected_under_its_key(desk: Desk, reference: str) -> None:
    url, headers = f"{desk.base}/v1/refunds", TEST_KEY | {"Idempotency-Key": f"refund-{reference}"}
    intent_id = desk.authorized(reference)
    desk.gateway.capture(intent_id, 4930, f"capture-{reference}")
    body = {"payment_intent": intent_id}
    assert requests.post(url, body | {"amont": "10"}, headers=headers, timeout=PATIENCE).status_code == 400
    first = requests.post(url, body | {"amount": "10"}, headers=headers, timeout=PATIENCE)
    again = requests.post(url, body | {"amount": "10"}, headers=headers, timeout=PATIENCE)
    assert first.json()["amount"] == 10
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_complete_session_awaiting_capture_is_called_unpaid(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    desk.pay(hosted.url)
    found = requests.get(
        f"{desk.base}/v1/checkout/sessions/{hosted.session_id}?expand[]=payment_intent",
        headers=TEST_KEY,
        timeout=PATIENCE,
    ).json()
    assert (found["status"], found["payment_status"]) == ("complete", "unpaid")
    assert found["payment_intent"]["status"] == "requires_capture"
    assert not [name for name in found if name.startswith("_")]


def test_what_is_typed_wrong_is_said_beside_the_field_and_kept(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    answer = desk.pay(hosted.url, number="4242 4242 4242 4241", expiry="01/20", cvc="987")
    assert answer.status_code == 422
    assert re.findall(r'class="error" id="(\w+)-error"', answer.text) == ["number", "expiry"]
    assert 'value="4242 4242 4242 4241"' in answer.text
    assert 'value="Pat Example"' in answer.text
    assert "987" not in answer.text
    assert desk.gateway.look_up(hosted.session_id).intent_id is None


def test_a_number_that_is_no_test_card_is_neither_taken_nor_shown_again(desk: Desk, reference: str) -> None:
    answer = desk.pay(desk.open(reference).url, number="5555555555554444")
    assert answer.status_code == 402
    assert NOT_A_TEST_CARD.sentence in answer.text
    assert "5555555555554444" not in answer.text


def test_what_is_typed_cannot_become_markup(desk: Desk, reference: str) -> None:
    answer = desk.pay(desk.open(reference).url, name='"><script>alert(1)</script>', cvc="x")
    assert "<script>" not in answer.text


def test_the_page_allows_no_script_and_a_redirect_to_the_store_only(desk: Desk, reference: str) -> None:
    answer = requests.get(desk.open(reference).url, timeout=PATIENCE)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://store.example" in policy
    assert "style=" not in answer.text
    assert "<script" not in answer.text
    assert 'href="http://store.example/basket"' in answer.text


def test_pressing_the_button_many_times_pays_once(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.pay(hosted.url), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    types = [event.type for event in desk.events(reference, at_least=2)]
    assert types == ["payment_intent.amount_capturable_updated", "checkout.session.completed"]


def test_eight_captures_at_once_take_the_money_once(desk: Desk, reference: str) -> None:
    intent_id = desk.authorized(reference)
    url = f"{desk.base}/v1/payment_intents/{intent_id}/capture"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: requests.post(url, headers=TEST_KEY, timeout=PATIENCE), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


def test_a_page_that_is_paid_or_unknown_says_so(desk: Desk, reference: str) -> None:
    hosted = desk.open(reference)
    desk.pay(hosted.url)
    paid, unknown = (
        requests.get(hosted.url, timeout=PATIENCE),
        requests.get(hosted.url + "x", timeout=PATIENCE),
    )
    assert (paid.status_code, unknown.status_code) == (200, 404)
    assert 'data-state="paid"' in paid.text
    assert 'data-state="unknown"' in unknown.text


def test_a_restart_forgets_nothing_and_still_delivers(tmp_path: Path, reference: str) -> None:
    receiver = Receiver()
    listener = serve(receiver.app)
    port, state = listener.port, tmp_path / "state.sqlite3"
    listener.shutdown()
    listener.server_close()
    urls = (f"http://127.0.0.1:{port}/webhooks", SECRET, state)

    app = create_sandbox(*urls, retry_after=(0.1,) * 100)
    server = serve(app)
    address = f"http://127.0.0.1:{server.port}"
    desk = Desk(Gateway(KEY, SECRET, address), receiver, app.extensions["sandbox"].clock, address)
    hosted = desk.open(reference)
    assert desk.pay(hosted.url).status_code == 303
    server.shutdown()
    server.server_close()
    app.extensions["sandbox"].close()
    assert receiver.deliveries == []

    listener = serve(receiver.app, port)
    app = create_sandbox(*urls, retry_after=(0.1,) * 100)
    server = serve(app)
    gateway = Gateway(KEY, SECRET, f"http://127.0.0.1:{server.port}")
    assert gateway.look_up(hosted.session_id).state is PaymentState.AUTHORIZED
    wait_until(lambda: len(receiver.deliveries) >= 2)
    listener.shutdown()
    server.shutdown()
    app.extensions["sandbox"].close()


def test_it_does_not_run_in_production() -> None:
    run = subprocess.run(
        [*COMMAND, "--webhook-secret", "x"],
        env=os.environ | {"FORMULARY_ENV": "production"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert run.returncode == 1
    assert re.fullmatch(r".*\bFORMULARY_ENV=production\b.*\n", run.stderr)


def test_the_command_serves_on_loopback_and_nowhere_else() -> None:
    with subprocess.Popen(
        [*COMMAND, "--port", "0"],
        env=os.environ | {"STRIPE_WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline()
            address = line.split("on ")[1].split(",")[0]
            assert address.startswith("http://127.0.0.1:")
            assert (
                requests.get(f"{address}/v1/events", headers=TEST_KEY, timeout=PATIENCE).json()["data"] == []
            )
            with pytest.raises(requests.ConnectionError):
                requests.get(address.replace("127.0.0.1", "127.0.0.2"), timeout=PATIENCE)
        finally:
            process.terminate()
