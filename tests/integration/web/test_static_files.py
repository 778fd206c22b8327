"""Static files: for good under an address that has their hash, for now under any other; the same for all."""

import gzip

import brotli
import pytest

from shop.config import ROOT
from shop.static_files import TOGETHER, static_url

FILE = "css/base.css"
CONTENT = (ROOT / "static" / FILE).read_bytes()


@pytest.fixture(scope="module")
def store(migrated):
    return migrated("sqlite")


@pytest.fixture
def address(store) -> str:
    with store.test_request_context():
        return static_url(FILE)


def test_an_address_with_the_files_hash_is_kept_for_a_year_and_never_asked_for_again(store, address):
    answer = store.test_client().get(address)

    assert answer.data == CONTENT
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789"])
def test_any_other_address_is_kept_for_minutes(store, query):
    answer = store.test_client().get(f"/static/{FILE}{query}")

    assert answer.data == CONTENT
    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    ("accepted", "encoding", "read"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_each_client_gets_an_encoding_it_can_read(store, address, accepted, encoding, read):
    answer = store.test_client().get(address, headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == encoding
    assert read(answer.data) == CONTENT
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_the_answer_is_the_same_whoever_asks(store, address):
    shopper = store.test_client()
    shopper.post("/basket", data={"variant": 1, "quantity": 30}, headers={"Sec-Fetch-Site": "same-origin"})
    with shopper.session_transaction() as session:
        session["basket_token"] = "anything"
    theirs, anybodys = shopper.get(address), store.test_client().get(address)

    assert theirs.headers.getlist("Set-Cookie") == []
    assert (theirs.data, theirs.headers["Vary"]) == (anybodys.data, anybodys.headers["Vary"])


def test_who_has_the_file_is_told_so(store, address):
    for accepted in ("br", "gzip", ""):
        headers = {"Accept-Encoding": accepted}
        etag = store.test_client().get(address, headers=headers).headers["ETag"]
        again = store.test_client().get(address, headers=headers | {"If-None-Match": etag})

        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["nothing.css", "css", "../wsgi.py", "%2e%2e/wsgi.py", "css/../../wsgi.py"])
def test_what_is_no_file_of_ours_is_not_found(store, path):
    assert store.test_client().get(f"/static/{path}").status_code == 404


@pytest.mark.parametrize("name", TOGETHER)
def test_what_every_page_needs_is_one_file_of_all_of_them_in_order(store, name):
    with store.test_request_context():
        answer = store.test_client().get(static_url(name))
    assert answer.data == b"".join((ROOT / "static" / part).read_bytes() for part in TOGETHER[name])
    assert "immutable" in answer.headers["Cache-Control"]
    assert not (ROOT / "static" / name).exists()


@pytest.mark.parametrize("path", ["/", "/medicines", "/identify", "/sign-in", "/basket"])
def test_a_page_waits_for_at_most_two_style_sheets(store, path):
    assert store.test_client().get(path).text.count('rel="stylesheet"') <= 2
