"""Slow and silent clients take connections, never a thread: everybody else is served meanwhile and after."""

import http.client
import re
import socket
import time
from urllib.parse import urlsplit

import requests

from shop.server import bodies, web
from tests.running_store import PATIENCE, until
from tests.slow_clients import Probe, SlowClients, closed_within

UPLOAD = "/basket/prescription"


def test_every_page_is_answered_while_hundreds_hold_connections(running_store):
    probe = Probe(running_store)
    with SlowClients(running_store) as slow, probe.running():
        slow.silent(200)
        slow.half_heads(40)
        slow.half_bodies(40)  # far more than there are threads
        slow.half_bodies(40, UPLOAD)
        slow.trickling(20)
        slow.flooding(20, UPLOAD)
        probe.wait_for(40)
    assert (probe.answered >= 40, probe.wrong) == (True, [])


def test_a_form_is_taken_while_others_are_half_sent_and_after_they_went(running_store):
    with SlowClients(running_store) as slow:
        slow.half_bodies(40)
        assert post(running_store, "/basket", b"variant=1&quantity=30").status in (200, 303, 404, 422)
    assert post(running_store, "/basket", b"variant=1&quantity=30").status in (200, 303, 404, 422)


def test_silence_is_cut(running_store):
    with SlowClients(running_store) as slow:
        silent = slow.silent(20) + slow.half_heads(20) + slow.half_bodies(20)
        patience = max(web.HEADER_SECONDS, bodies.SILENCE_SECONDS)
        assert closed_within(silent, patience + PATIENCE)


def test_a_large_body_of_a_visitor_is_refused_although_it_never_arrives(running_store):
    with SlowClients(running_store) as slow:
        (connection,) = slow.half_bodies(1, UPLOAD, length=5_000_000)
        connection.settimeout(PATIENCE)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 303


def test_a_slow_body_that_keeps_coming_is_taken_whole(running_store):
    """As a phone sends it: in pieces, with pauses."""
    at = urlsplit(running_store)
    body = b"variant=1&quantity=30&note=" + b"x" * 50_000
    with socket.create_connection((at.hostname, at.port), PATIENCE) as connection:
        connection.sendall(
            f"POST /basket HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
        )
        for start in range(0, len(body), 10_000):
            connection.sendall(body[start : start + 10_000])
            time.sleep(0.2)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status in (303, 404, 422)


def test_a_body_that_does_not_say_its_length_may_be_small_only(running_store):
    small = chunked(running_store, [b"variant=1&quantity=30"])
    large = chunked(running_store, [b"x" * 60_000] * 20)
    assert small in (303, 404, 422)
    assert large == 413


def test_a_signed_in_customer_sends_a_large_file_slowly_and_two_at_a_time(running_store):
    customer = sign_in(running_store, "customer@demo.example")
    cookie = "; ".join(f"{one.name}={one.value}" for one in customer.cookies)
    with SlowClients(running_store) as slow:
        each, workers = bodies.LARGE_EACH, 2
        slow.half_bodies(each * workers * 8, UPLOAD, length=5_000_000, cookie=cookie)  # reaches every process
        assert until(lambda: upload(running_store, customer) == 503)
    assert until(lambda: upload(running_store, customer) in (200, 303, 422))


def sign_in(address: str, email: str) -> requests.Session:
    browser = requests.Session()
    page = browser.get(address + "/sign-in", timeout=PATIENCE).text
    form = {"email": email, "password": "formulary-demo", "csrf_token": token_in(page)}
    browser.post(address + "/sign-in", form, timeout=PATIENCE).raise_for_status()
    return browser


def upload(address: str, browser: requests.Session) -> int:
    """A form with a file of 3 MB, sent in pieces with pauses between them."""
    form = {"csrf_token": token_in(browser.get(address + "/prescriptions", timeout=PATIENCE).text)}
    files = {"documents": ("photo.jpg", b"x" * 3_000_000, "image/jpeg")}
    request = requests.Request("POST", address + "/prescriptions", data=form, files=files)
    ready = browser.prepare_request(request)
    assert isinstance(ready.body, bytes)
    ready.body = Pieces(ready.body)
    return browser.send(ready, timeout=PATIENCE, allow_redirects=False).status_code


class Pieces:
    """A body that arrives like a phone's; its length is said in the head already."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self):
        for start in range(0, len(self.body), 500_000):
            yield self.body[start : start + 500_000]
            time.sleep(0.05)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def post(address: str, path: str, body: bytes) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def chunked(address: str, chunks: list[bytes]) -> int:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    connection.request(
        "POST",
        "/basket",
        iter(chunks),
        {"Content-Type": "application/x-www-form-urlencoded"},
        encode_chunked=True,
    )
    status = connection.getresponse().status
    connection.close()
    return status
