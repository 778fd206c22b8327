"""Somebody else holds a lock and does nothing: what has to write says so soon; everything else goes on."""

import pytest
from flask import request
from flask_security import user_authenticated
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError

from shop.access import public
from shop.database import db, transaction
from shop.deadlines import Kind, deadlines_of
from tests.conftest import PASSWORD
from tests.integration.deadlines.conftest import assert_busy, put_in_basket


def test_writes_are_told_to_try_again_while_pages_and_health_go_on(impatient, locked):
    visitor = impatient.test_client()
    kept = visitor.get("/medicines/baclofen-tablets")
    with locked():
        assert_busy(put_in_basket(impatient))
        assert visitor.get("/medicines/baclofen-tablets").data == kept.data
        assert visitor.get("/medicines?form=tablet").status_code == 200
        assert visitor.get("/healthz").status_code == 200
        assert visitor.get("/readyz").json["checks"]["database"] == "ok"

    assert put_in_basket(impatient).status_code == 303


@pytest.mark.parametrize("trouble", ["busy", "broken"])
def test_who_was_told_that_it_failed_is_not_signed_in_all_the_same(impatient, make_user, trouble):
    make_user("customer", email="ada@demo.example")

    @user_authenticated.connect_via(impatient)
    def fail(*_args, **_rest):
        raise TimeoutError if trouble == "busy" else RuntimeError

    client = impatient.test_client()
    token = client.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = {"email": "ada@demo.example", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == (503 if trouble == "busy" else 500)
    assert client.get("/orders").status_code == 303
    user_authenticated.disconnect(fail, impatient)

    assert client.post("/sign-in", data=form).status_code == 303  # the form is still good


def test_the_log_names_the_kind_of_trouble_and_the_number_on_the_page(impatient, locked, caplog):
    with locked():
        answer = put_in_basket(impatient)

    line = next(record.message for record in caplog.records if record.message.startswith("busy "))
    number = line.split()[1]
    assert line.endswith("locked")
    assert number in answer.text
    assert "INSERT" not in caplog.text


@pytest.fixture
def limits_seen(impatient):
    """What the database says its deadlines are, asked from inside a request or outside."""
    name = (
        "PRAGMA busy_timeout"
        if "sqlite" in str(impatient.extensions["settings"].database_url)
        else ("SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')")
    )

    def ask() -> str:
        return str(db.session.execute(text(name)).scalar())

    @impatient.route("/test/limits")
    @public
    def limits():
        return ask()

    return ask


def test_a_request_gives_up_soon_and_a_command_does_not(impatient, limits_seen):
    def as_a(kind):
        with impatient.app_context(), deadlines_of(kind):
            return limits_seen()

    def outside():
        with impatient.app_context():
            return limits_seen()

    in_request = impatient.test_client().get("/test/limits").text
    seen = [in_request, outside(), as_a(Kind.LOOK), as_a(Kind.MIGRATION), outside()]

    on_sqlite = impatient.extensions["settings"].database_url.startswith("sqlite")
    assert seen == (
        ["1000", "30000", "1000", "2000", "30000"]
        if on_sqlite
        else ["1s 5s", "30s 0", "1s 1s", "2s 0", "30s 0"]
    )


def test_a_rollback_does_not_undo_the_deadlines(impatient, limits_seen):
    with impatient.app_context():
        before = limits_seen()
        db.session.rollback()
        with pytest.raises(ZeroDivisionError), transaction():
            raise ZeroDivisionError

        assert limits_seen() == before


def test_a_statement_that_takes_too_long_is_ended(impatient):
    if impatient.extensions["settings"].database_url.startswith("sqlite"):
        pytest.skip("SQLite has no deadline for a statement; its pages ask nothing that could need one")

    @impatient.route("/test/slow", methods=["GET", "POST"])
    @public
    def slow():
        db.session.execute(text("SET statement_timeout = '50ms'"))
        db.session.execute(text("SELECT pg_sleep(60)"))
        return request.path

    assert_busy(impatient.test_client().get("/test/slow"))
    assert impatient.test_client().get("/medicines").status_code == 200
