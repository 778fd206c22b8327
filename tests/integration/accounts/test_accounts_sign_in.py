"""Signing in and out: where one lands, what survives, what is refused, and what is written down."""

import logging
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from shop.accounts.models import User
from shop.accounts.security import WRONG_SIGN_IN
from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from tests.conftest import PASSWORD

REFUSED = WRONG_SIGN_IN
ADA = "ada@demo.example"


@pytest.fixture
def ada(make_user):
    return make_user("customer", ADA)


@pytest.fixture
def production(app, monkeypatch):
    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], environment="production")
    )


def events() -> list[tuple]:
    rows = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
    return [(row.event, row.subject_id, row.actor_id, row.detail) for row in rows]


@pytest.mark.parametrize(
    ("role", "home"), [("customer", "/"), ("pharmacist", "/pharmacist/"), ("admin", "/admin/")]
)
def test_each_role_lands_at_its_own_desk(make_user, browser, role, home):
    make_user(role, ADA)
    assert browser.sign_in(ADA, PASSWORD).location == home
    assert browser.is_signed_in()
    assert browser.get("/sign-in").location == home  # a second time there is nothing to do


@pytest.mark.parametrize("typed", ["ada@demo.example", "ADA@Demo.Example", "  ada@demo.example "])
def test_an_email_is_the_same_in_any_case(ada, browser, typed):
    assert browser.sign_in(typed, PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/checkout", "/checkout"),
        ("/orders?page=2", "/orders?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
        ("http://[", "/"),
        ("//[", "/"),
        ("/\t/evil.example", "/"),
        ("/orders\r\nX: y", "/"),
        ("", "/"),
    ],
)
def test_next_never_leads_out_of_the_store(ada, browser, target, lands):
    assert browser.sign_in(ADA, PASSWORD, next=target).location == lands


@pytest.mark.parametrize("target", ["http://[", "//[", "//evil.example", "/orders\r\nX: y"])
def test_next_in_the_address_never_leads_out_either(ada, browser, target):
    path = f"/sign-in?{urlencode({'next': target})}"
    assert browser.send(path, email=ADA, password=PASSWORD).location == "/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ADA, "a wrong password"),
        ("nobody@demo.example", PASSWORD),
        ("closed@demo.example", PASSWORD),
        (ADA, ""),
        ("", ""),
        ("no address", PASSWORD),
    ],
)
def test_every_refusal_reads_the_same_so_nobody_learns_who_has_an_account(
    app, ada, make_user, browser, email, password
):
    closed = make_user("customer", "closed@demo.example")
    with app.app_context(), transaction() as session:
        session.get(User, closed).active = False
    answer = browser.sign_in(email, password)
    assert answer.status_code == 200
    assert answer.text.count(REFUSED) == 1
    assert not browser.is_signed_in()


def test_a_refused_form_keeps_the_email_and_never_the_password(ada, browser):
    answer = browser.sign_in(ADA, "a wrong password")
    assert f'value="{ADA}"' in answer.text
    assert "a wrong password" not in answer.text


def test_success_and_failure_are_on_record_by_id_without_the_email(context, ada, browser):
    browser.sign_in(ADA, "a wrong password")
    browser.sign_in("nobody@demo.example", "a wrong password")
    browser.sign_in(ADA, PASSWORD)
    assert events() == [
        ("account:sign_in:failure", str(ada), None, {}),
        ("account:sign_in:failure", "unknown", None, {}),
        ("account:sign_in:success", str(ada), ada, {}),
    ]


def test_neither_password_nor_email_reaches_the_log(ada, browser, caplog):
    with caplog.at_level(logging.DEBUG):
        browser.sign_in(ADA, "a wrong password")
        browser.sign_in(ADA, PASSWORD)
    assert ADA not in caplog.text
    assert "password" not in caplog.text


def test_a_session_starts_anew_at_sign_in_but_the_basket_survives(ada, browser):
    browser.get("/sign-in")
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session.permanent = True
        before = session["csrf_token"]
    browser.sign_in(ADA, PASSWORD)
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert not session.permanent
        assert session.get("csrf_token") != before


def test_a_session_cookie_of_before_does_not_become_signed_in(ada, browser, new_browser):
    thief = new_browser()
    thief.get("/sign-in")
    planted = thief.client.get_cookie("formulary").value
    browser.client.set_cookie("formulary", planted)
    browser.sign_in(ADA, PASSWORD)
    assert thief.get("/orders").status_code == 303


def test_signing_out_is_a_post_with_a_token_and_leaves_nothing(context, ada, browser):
    browser.sign_in(ADA, PASSWORD, remember="y")
    assert browser.client.get_cookie("remember_token")
    assert browser.get("/sign-out").location == "/"
    assert browser.post("/sign-out").status_code == 400
    assert browser.is_signed_in()
    answer = browser.send("/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache"')
    assert not browser.is_signed_in()
    assert browser.client.get_cookie("remember_token") is None
    assert browser.get("/orders").status_code == 303
    assert events()[-1] == ("account:signed_out", str(ada), ada, {"reason": "asked"})


def test_a_customer_may_be_remembered_and_staff_may_not(ada, make_user, browser, new_browser):
    browser.sign_in(ADA, PASSWORD, remember="y")
    cookie = browser.client.get_cookie("remember_token")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    make_user("pharmacist", "pat@demo.example")
    desk = new_browser()
    desk.sign_in("pat@demo.example", PASSWORD, remember="y")
    assert desk.is_signed_in()
    assert desk.client.get_cookie("remember_token") is None


def test_a_remembered_customer_is_known_again_without_a_session(ada, browser):
    browser.sign_in(ADA, PASSWORD, remember="y")
    browser.client.delete_cookie("formulary")
    assert browser.get("/orders").status_code != 303


@pytest.mark.parametrize("path", ["/", "/orders", "/no-such-page"])
def test_a_remember_cookie_in_letters_we_never_sign_is_nobody(browser, path):
    usual = browser.get(path)
    browser.client.set_cookie("remember_token", "1|é")
    answer = browser.get(path)
    assert (answer.status_code, answer.location) == (usual.status_code, usual.location)


@pytest.mark.parametrize(
    ("role", "idle_minutes", "stays"),
    [
        ("pharmacist", 31, False),
        ("admin", 31, False),
        ("pharmacist", 29, True),
        ("customer", 600, True),
    ],
)
def test_staff_who_do_nothing_for_a_while_are_signed_out(
    context, make_user, browser, role, idle_minutes, stays
):
    user_id = make_user(role, ADA)
    browser.sign_in(ADA, PASSWORD)
    with browser.client.session_transaction() as session:
        session["seen_at"] = int((now() - timedelta(minutes=idle_minutes)).timestamp())
    answer = browser.get("/no-such-page?a=1")
    assert browser.is_signed_in() is stays
    if not stays:
        assert answer.location == "/sign-in?next=/no-such-page?a%3D1"
        assert events()[-1] == ("account:signed_out", str(user_id), user_id, {"reason": "idle"})


def test_work_at_the_desk_keeps_it_open(make_user, browser):
    make_user("pharmacist", ADA)
    browser.sign_in(ADA, PASSWORD)
    long_ago = int((now() - timedelta(minutes=20)).timestamp())
    with browser.client.session_transaction() as session:
        session["seen_at"] = long_ago
    browser.get("/no-such-page")
    with browser.client.session_transaction() as session:
        assert session["seen_at"] > long_ago


def test_a_demo_account_is_refused_outside_the_demo(app, ada, browser, production):
    with app.app_context(), transaction() as session:
        session.get(User, ada).is_demo = True
    assert REFUSED in browser.sign_in(ADA, PASSWORD).text
    assert not browser.is_signed_in()


def test_a_demo_account_that_is_signed_in_already_is_put_out_in_production(app, ada, sign_in, production):
    with app.app_context(), transaction() as session:
        session.get(User, ada).is_demo = True
    answer = sign_in(ada).get("/orders")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_a_demo_account_signs_in_to_the_demo(app, ada, browser):
    with app.app_context(), transaction() as session:
        session.get(User, ada).is_demo = True
    assert browser.sign_in(ADA, PASSWORD).location == "/"


@pytest.mark.parametrize("typed", ["ada@Bücher.example", "ada@xn--bcher-kva.example"])
def test_an_international_domain_is_one_account_that_mail_reaches(mails, browser, new_browser, typed):
    registered = browser.send("/register", name="Ada", email="ada@bücher.example", password=PASSWORD)
    assert registered.status_code == 303
    assert new_browser().sign_in(typed, PASSWORD).status_code == 303
    again = new_browser().send("/register", name="Ada", email=typed, password=PASSWORD)
    assert again.status_code != 303
    new_browser().send("/reset-password", email=typed)
    assert {mail["To"].addresses[0].addr_spec for mail in mails()} == {"ada@xn--bcher-kva.example"}


def test_an_address_typed_into_a_session_that_ended_is_on_its_page_after_signing_in(ada, browser):
    browser.sign_in(ADA, PASSWORD)
    page = "/account/addresses/add"
    browser.get(page)
    browser.client.delete_cookie("formulary")
    answer = browser.post(
        page, data={"csrf_token": "of-before", "line1": "7 Kept Road", "city": "Springfield"}
    )
    assert answer.location == f"/sign-in?next={page}"
    answer = browser.sign_in(ADA, PASSWORD, next=page)
    assert answer.location == page
    assert 'value="7 Kept Road"' in browser.get(page).text
