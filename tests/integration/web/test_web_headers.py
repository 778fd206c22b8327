"""What every answer carries, and what no answer tells."""

import logging

import pytest
from flask import request

from shop import create_app
from shop.access import public
from shop.errors import DomainError
from shop.web import public_page, same_origin
from tests.conftest import settings_for

PAGES = [
    "/",
    "/medicines",
    "/no-such-page",
    "/sign-in",
    "/register",
    "/basket",
    "/orders",
    "/healthz",
    "/static/css/base.css",
]


class ShelfEmpty(DomainError):
    """A refusal of these tests."""


@pytest.fixture
def small_shop(tmp_path):
    """A shop of its own on SQLite, with a few views that only these tests have; `small_shop(**settings)`."""

    def make(**changes):
        app = create_app(settings_for(tmp_path, **changes))

        @app.route("/test/crash")
        @public
        def crash():
            raise RuntimeError(f"the patient's secret: {request.args.get('q')}")

        @app.route("/test/refusal")
        @public
        def refusal():
            raise ShelfEmpty("The shelf is empty.", "Come back on Monday.")

        @app.route("/test/undeclared")
        def undeclared():
            return "leak"

        @app.route("/test/public")
        @public
        @public_page()
        def page():
            return "the same for all"

        @app.route("/test/form", methods=["POST"])
        @public
        @same_origin
        def form():
            return "taken"

        app.extensions["csrf"].exempt(form)
        return app

    return make


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(client, path):
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Cache-Control" in answer.headers
    assert "Strict-Transport-Security" not in answer.headers  # this shop speaks plain HTTP on loopback


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/reset-password", "/reset-password/no-such-link"])
def test_pages_about_an_account_are_never_kept(client, path):
    assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/test/crash", "/test/refusal", "/test/undeclared", "/no-such-page"])
def test_error_pages_carry_the_policy_too_and_are_not_kept(small_shop, path):
    answer = small_shop().test_client().get(path)
    assert answer.status_code >= 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_over_https_browsers_are_told_to_stay_there_and_cookies_are_secure(small_shop):
    client = small_shop(public_url="https://pharmacy.example").test_client()
    answer = client.get("/sign-in", base_url="https://pharmacy.example")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    [cookie] = answer.headers.getlist("Set-Cookie")
    for word in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert word in cookie


@pytest.mark.parametrize(
    "path", ["/", "/medicines", "/search?q=baclofen", "/no-such-page", "/basket", "/healthz", "/readyz"]
)
def test_a_visitor_gets_no_cookie_on_a_public_page(client, path):
    assert client.get(path).headers.getlist("Set-Cookie") == []


def test_a_public_page_is_kept_by_any_cache_and_not_sent_twice(small_shop):
    client = small_shop().test_client()
    first = client.get("/test/public")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" in first.headers["Vary"]
    assert client.get("/test/public", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_with_a_session_the_same_page_is_private(small_shop):
    client = small_shop().test_client()
    with client.session_transaction() as session:
        session["basket_token"] = "anything"
    answer = client.get("/test/public")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),  # typed into the address bar
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),  # a neighbor on the same domain is another site
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({}, 200),  # no browser: it has nobody's cookie to misuse
    ],
)
def test_a_form_without_a_session_is_taken_from_our_own_pages_only(small_shop, headers, status):
    assert small_shop().test_client().post("/test/form", headers=headers).status_code == status


def test_a_crash_tells_a_number_and_nothing_else_and_the_log_has_that_number(small_shop, caplog):
    with caplog.at_level(logging.ERROR):
        answer = small_shop().test_client().get("/test/crash?q=baclofen")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "Traceback" not in answer.text
    number = answer.text.split("<b data-reference>")[1].split("<")[0]
    assert f"crash {number}" in caplog.text
    assert "test_web_headers.py" in caplog.text  # where it happened …
    assert "RuntimeError" in caplog.text
    assert "baclofen" not in caplog.text


def test_a_refusal_says_what_and_what_to_do(small_shop):
    answer = small_shop().test_client().get("/test/refusal")
    assert answer.status_code == 409
    assert "The shelf is empty" in answer.text
    assert "Come back on Monday." in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/no-such-page", 404), ("get", "/webhooks/stripe", 405), ("post", "/sign-in", 400)],
)
def test_an_error_is_a_page_of_the_store_with_a_way_on(client, method, path, status):
    answer = getattr(client, method)(path)
    assert answer.status_code == status
    assert '<a class="button" href="/">' in answer.text
    assert "<h1>" in answer.text


def test_a_view_that_declares_nothing_is_closed_to_everyone(small_shop):
    answer = small_shop().test_client().get("/test/undeclared")
    assert answer.status_code == 403
    assert "leak" not in answer.text


def test_the_count_of_queries_is_told_only_when_asked_for(small_shop, client):
    assert "X-Query-Count" not in small_shop().test_client().get("/healthz").headers
    assert client.get("/healthz").headers["X-Query-Count"] == "0"  # the tests' own shop is asked


def test_ready_means_database_migrations_and_disk(client, small_shop):
    assert client.get("/readyz").json["status"] == "ready"
    empty = small_shop().test_client().get("/readyz")  # no migration has run there
    assert empty.status_code == 503
    assert empty.json["checks"]["migrations"] != "ok"


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/reset-password", "/no-such-page"])
def test_no_page_has_style_or_script_in_it_or_anything_from_elsewhere(client, path):
    text = client.get(path).text
    assert "style=" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert " onclick" not in text
    assert "//" not in text.replace("http://127.0.0.1", "").replace("https://checkout", "")


def test_only_public_pages_are_prefetched_and_every_one_says_which(client):
    ahead = {"Sec-Purpose": "prefetch"}
    answer = client.get("/", headers=ahead)
    assert answer.status_code == 200
    rules = client.get(answer.headers["Speculation-Rules"].strip('"'))
    assert rules.mimetype == "application/speculationrules+json"
    assert rules.json["prefetch"][0]["eagerness"] == "moderate"
    for path in ("/basket", "/sign-in", "/orders", "/account", "/admin/"):
        assert client.get(path, headers=ahead).status_code in (303, 503)
        assert "Speculation-Rules" not in client.get(path).headers
