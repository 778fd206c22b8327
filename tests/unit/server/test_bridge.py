"""The bridge without a server: requests as ASGI says them, an application that says what it got."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, TypeVar

import pytest

from shop.server import bodies
from shop.server.bridge import Bridge, environ_of
from shop.web import REFUSAL

LARGE = bodies.SMALL_BYTES + 1


def scope(**changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "http_version": "1.1",
        "scheme": "http",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "server": ("127.0.0.1", "80"),
        "client": ("10.0.0.1", "4000"),
    } | changes


def with_length(length: int) -> dict[str, Any]:
    return scope(headers=[(b"content-length", str(length).encode())])


CHUNKED = scope(headers=[(b"transfer-encoding", b"chunked")])


T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a loop of its own, whatever loop a browser's test has left in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Sender:
    """A client that sends these pieces and then ends as told: "end", "silence" or "gone"."""

    def __init__(self, *pieces: bytes, then: str = "end") -> None:
        self.messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if then == "end":
            self.messages.append({"type": "http.request", "body": b"", "more_body": False})
        if then == "gone":
            self.messages.append({"type": "http.disconnect"})
        self.asked = 0

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        if not self.messages:
            await asyncio.sleep(3600)
        return self.messages.pop(0)


class App:
    """Answers with the size of the body, or with the refusal the bridge asks for; keeps each environment."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    def __call__(self, environ, start_response):
        self.seen.append(environ)
        status = environ.get(REFUSAL, 200)
        start_response(f"{status} Whatever", [("X-Seen", "yes")])
        return [str(len(environ["wsgi.input"].read())).encode()]


def ask(
    app: Any, request: dict[str, Any], sender: Sender, admit=lambda _environ: (0, "")
) -> tuple[int, bytes]:
    """Status and body of the answer."""
    return run(_ask(Bridge(app, 2, admit), request, sender))


async def _ask(bridge: Bridge, request: dict[str, Any], sender: Sender) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await bridge(request, sender, send)
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    ("request_", "sender", "wanted"),
    [
        (scope(method="GET"), Sender(), (200, b"0")),
        (with_length(6), Sender(b"abc", b"def"), (200, b"6")),
        (CHUNKED, Sender(b"abc", b"def"), (200, b"6")),
        (CHUNKED, Sender(b"x" * 40_000, b"x" * 40_000), (413, b"0")),
        (with_length(6), Sender(b"abc", then="gone"), (408, b"The request did not arrive.\n")),
    ],
    ids=["none", "small", "small and chunked", "large and chunked", "gone"],
)
def test_a_small_body_is_read_from_anybody(request_, sender, wanted):
    assert ask(App(), request_, sender) == wanted


def test_a_request_without_a_body_is_answered_without_asking_for_one():
    sender = Sender()
    ask(App(), scope(method="GET"), sender)
    assert sender.asked == 0


@pytest.mark.parametrize("request_", [with_length(6), with_length(LARGE)], ids=["small", "large"])
def test_silence_ends_a_request_that_the_application_never_sees(monkeypatch, request_):
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.01)
    app = App()
    assert ask(app, request_, Sender(b"abc", then="silence"), lambda _environ: (LARGE, "ada"))[0] == 408
    assert app.seen == []


def test_a_body_that_only_trickles_is_ended_too(monkeypatch):
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 0.01)
    assert ask(App(), with_length(6), Sender(b"a", then="silence"))[0] == 408


@pytest.mark.parametrize(("admitted", "wanted"), [(LARGE, (200, b"%d" % LARGE)), (LARGE - 1, (413, b"0"))])
def test_a_large_body_is_read_when_its_sender_may_send_it(admitted, wanted):
    sender = Sender(b"x" * LARGE)
    assert ask(App(), with_length(LARGE), sender, lambda _environ: (admitted, "ada")) == wanted


def test_when_nobody_can_say_who_sends_it_a_large_body_is_refused():
    def admit(_environ):
        raise OSError

    assert ask(App(), with_length(LARGE), Sender(b"x" * LARGE), admit)[0] == 413


def test_a_refused_body_is_read_to_its_end_and_kept_nowhere():
    sender, app = Sender(*[b"x" * 60_000] * 10), App()
    ask(app, with_length(600_000), sender)
    assert sender.messages == []
    assert app.seen[0]["wsgi.input"].getvalue() == b""


def test_large_bodies_share_a_budget_and_give_it_back(monkeypatch):
    monkeypatch.setattr(bodies, "DISCARD_SILENCE_SECONDS", 0.01)

    async def scenario() -> tuple[list[int], int]:
        bridge = Bridge(App(), 2, lambda environ: (LARGE, environ["REMOTE_PORT"]))
        bridge._room = bodies.Room(most=LARGE + 10)
        half = Sender(b"x" * 20, then="silence")
        waiting = asyncio.create_task(_ask(bridge, with_length(LARGE), half))
        while half.messages:
            await asyncio.sleep(0)
        other = with_length(LARGE) | {"client": ("10.0.0.1", "4001")}
        refused = await _ask(bridge, other, Sender(b"x" * LARGE))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        taken = await _ask(bridge, other, Sender(b"x" * LARGE))
        return [refused[0], taken[0]], bridge._room.taken

    assert run(scenario()) == ([503, 200], 0)


def test_one_sender_has_few_large_bodies_at_a_time():
    room = bodies.Room()
    with (
        room.reserve("ada"),
        room.reserve("ada"),
        room.reserve("bob"),
        pytest.raises(bodies.NoRoom),
        room.reserve("ada"),
    ):
        pass
    with room.reserve("ada"):
        pass


def test_an_application_that_fails_is_answered_for():
    def app(_environ, _start):
        raise OSError

    assert ask(app, scope(method="GET"), Sender())[0] == 500


def test_an_answer_is_closed_when_it_was_collected():
    class Answer(BytesIO):
        pass

    body = Answer(b"line\nline\n")

    def app(_environ, start):
        start("200 OK", [])
        return body

    assert ask(app, scope(method="GET"), Sender()) == (200, b"line\nline\n")
    assert body.closed


def test_the_address_and_the_headers_arrive_as_they_were_sent():
    environ = environ_of(
        scope(
            raw_path=b"/caf%C3%A9/%ff%2Fx",
            query_string=b"q=%00",
            headers=[
                (b"host", b"shop.example"),
                (b"cookie", b"a=1"),
                (b"cookie", b"b=2"),
                (b"accept", b"x"),
                (b"accept", b"y"),
                (b"x_forwarded_for", b"1.2.3.4"),
                (b"content-type", b"text/plain"),
            ],
        )
    )
    assert environ["PATH_INFO"] == "/caf\xc3\xa9/\xff/x"
    assert environ["QUERY_STRING"] == "q=%00"
    assert (environ["HTTP_HOST"], environ["CONTENT_TYPE"]) == ("shop.example", "text/plain")
    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"]) == ("a=1; b=2", "x,y")
    assert environ["REMOTE_ADDR"] == "10.0.0.1"
    assert "HTTP_X_FORWARDED_FOR" not in environ
