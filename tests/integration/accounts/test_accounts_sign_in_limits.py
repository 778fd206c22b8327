"""How often a sign-in may fail: by email, by origin, and for how long."""

import re
from datetime import timedelta

import pytest

from shop.accounts import failures
from shop.accounts.models import SignInFailure
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.worker import run_due
from tests.conftest import PASSWORD

ADA = "ada@demo.example"


@pytest.fixture
def ada(make_user):
    return make_user("customer", ADA)


def fail_before(count: int, email: str, origin: str, ago: timedelta = timedelta(minutes=1)) -> None:
    with transaction():
        for _ in range(count):
            failures.note(email, origin, now() - ago)


def test_after_ten_failures_even_the_right_password_has_to_wait(context, ada, browser):
    for _ in range(10):
        assert browser.sign_in(ADA, "a wrong password").status_code == 200
    answer = browser.sign_in(ADA, PASSWORD)
    assert answer.status_code == 429
    assert re.search(r'data-refused="too_many_tries">\s*<p[^>]*>[^<]*\b15\b', answer.text), "minutes"
    assert not browser.is_signed_in()
    assert db.session.query(SignInFailure).count() == 10  # a refused try is no further failure


def test_the_limit_of_one_email_leaves_others_alone(context, ada, make_user, browser):
    fail_before(10, ADA, "203.0.113.9")
    assert browser.sign_in(ADA, PASSWORD).status_code == 429
    make_user("customer", "bob@demo.example")
    assert browser.sign_in("bob@demo.example", PASSWORD).status_code == 303


def test_the_limit_of_an_origin_holds_for_every_email_and_for_registering(context, ada, browser):
    fail_before(50, "nobody@demo.example", "127.0.0.1")
    assert browser.sign_in(ADA, PASSWORD).status_code == 429
    assert (
        browser.send("/register", name="Bob", email="bob@demo.example", password=PASSWORD).status_code == 429
    )


def test_failures_of_an_hour_ago_count_no_more_and_are_forgotten_by_a_job(context, ada, browser):
    fail_before(10, ADA, "203.0.113.9", ago=timedelta(minutes=16))
    assert browser.sign_in(ADA, PASSWORD).status_code == 303
    assert run_due(now() + timedelta(hours=1)) >= 1
    assert db.session.query(SignInFailure).count() == 0
