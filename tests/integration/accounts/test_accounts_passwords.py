"""Registering, and setting a new password by email."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from shop.accounts.models import User
from shop.accounts.security import USED_LINK
from shop.accounts.service import RESET_KIND
from shop.accounts.sign_in import ASKED_FOR_RESET
from shop.audit.models import AuditRecord
from shop.database import db
from shop.outbox.models import Job
from tests.conftest import PASSWORD
from tests.integration.accounts.conftest import links_in

ADA = "ada@demo.example"
NEW = "four other fine words"


def wrong_fields(answer) -> set[str]:
    """The ids of the fields that have an error beside them."""
    return set(re.findall(r'id="(\w+)-e"', answer.text))


def link_in(mail) -> str:
    words = mail.get_body(("plain",)).get_content()
    return re.search(r"http://127\.0\.0\.1:\d+(/reset-password/\S+)", words)[1]


def test_registering_signs_in_as_a_customer_and_leads_on(context, browser):
    answer = browser.send(
        "/register", name="  Ada   Specimen ", email="Ada@Demo.Example", password=NEW, next="/checkout"
    )
    assert answer.location == "/checkout"
    assert browser.is_signed_in()
    user = db.session.scalars(select(User)).one()
    assert (user.name, user.email, user.role_names, user.is_demo) == (
        "Ada Specimen",
        ADA,
        {"customer"},
        False,
    )
    assert user.password.startswith("$argon2id$")
    records = db.session.scalars(select(AuditRecord)).all()
    assert [(row.event, row.subject_id, row.detail) for row in records] == [
        ("account:registered", str(user.id), {"role": "customer"})
    ]


@pytest.mark.parametrize("extra", ["roles", "role", "is_demo", "active", "id", "fs_uniquifier"])
def test_registering_cannot_choose_a_role_or_anything_but_name_email_and_password(context, browser, extra):
    browser.send("/register", name="Ada", email=ADA, password=NEW, **{extra: "admin"})
    user = db.session.scalars(select(User)).one()
    assert user.role_names == {"customer"}
    assert not user.is_demo
    assert user.active


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": ADA}, "password"),
        ({"password": ""}, "password"),
        ({"email": "no address"}, "email"),
        ({"email": "ädä@demo.example"}, "email"),  # no mail of ours would arrive
        ({"email": ""}, "email"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_a_bad_registration_is_refused_beside_its_field_and_keeps_the_rest(context, browser, fields, field):
    said = {"name": "Ada Specimen", "email": ADA, "password": NEW, **fields}
    answer = browser.send("/register", **said)
    assert answer.status_code == 200
    assert wrong_fields(answer) == {field}
    assert 'aria-invalid="true"' in answer.text
    assert said["password"] not in answer.text or said["password"] in ("", ADA)
    assert not browser.is_signed_in()
    assert db.session.scalars(select(User)).all() == []


def test_an_email_has_one_account_whatever_its_case(context, make_user, browser):
    make_user("customer", ADA)
    answer = browser.send("/register", name="Eve", email="ADA@demo.example", password=NEW)
    assert wrong_fields(answer) == {"email"}
    assert db.session.query(User).count() == 1


def test_a_new_password_is_set_by_a_mailed_link_that_works_once(
    context, make_user, browser, new_browser, mails
):
    ada = make_user("customer", ADA)
    elsewhere = new_browser()
    elsewhere.sign_in(ADA, PASSWORD)
    assert browser.send("/reset-password", email="ADA@demo.example").location == "/sign-in"
    [mail] = mails()
    assert mail["To"].addresses[0].addr_spec == ADA
    assert "/reset-password/" in mail.get_body(("html",)).get_content()
    link = link_in(mail)

    assert browser.send(link, password=NEW, password_confirm=NEW).location == "/sign-in"
    assert elsewhere.get("/orders").status_code == 303  # signed out everywhere
    assert browser.get(link).location == "/reset-password"
    assert browser.sign_in(ADA, PASSWORD).status_code == 200
    assert browser.sign_in(ADA, NEW).status_code == 303
    assert [links_in(one) for one in mails()] == [[link], ["/reset-password"]]
    reset = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "account:password:reset")).one()
    assert (reset.subject_id, reset.actor_id, reset.detail) == (str(ada), ada, {})


def test_asking_for_a_link_answers_alike_for_every_address(context, make_user, new_browser, mails):
    make_user("customer", ADA)
    answers = []
    for email in (ADA, "nobody@demo.example", "no address", ""):
        person = new_browser()
        asked = person.send("/reset-password", email=email)
        answers.append(
            (
                asked.status_code,
                asked.location,
                ASKED_FOR_RESET in person.get("/sign-in").text,
            )
        )
    assert set(answers) == {(303, "/sign-in", True)}
    assert len(mails()) == 1


def test_the_link_stands_in_no_table(context, make_user, browser, mails):
    user_id = make_user("customer", ADA)
    browser.send("/reset-password", email=ADA)
    [job] = db.session.scalars(select(Job).where(Job.kind == RESET_KIND)).all()
    assert set(job.payload) == {"user_id", "key", "asked_at"}
    assert job.payload["user_id"] == user_id
    link = link_in(mails()[0])
    everything = str(db.session.execute(text("SELECT payload, last_error, key FROM job")).all())
    assert link.rpartition("/")[2] not in everything


def test_pressing_the_button_again_and_again_sends_one_mail(context, make_user, browser, mails):
    make_user("customer", ADA)
    for _ in range(4):
        browser.send("/reset-password", email=ADA)
    assert len(mails()) <= 2  # two when five minutes ended in between


def test_a_link_of_more_than_two_hours_ago_is_refused(context, make_user, browser, mails, monkeypatch):
    make_user("customer", ADA)
    browser.send("/reset-password", email=ADA)
    link = link_in(mails()[0])
    monkeypatch.setitem(context.config, "SECURITY_RESET_PASSWORD_WITHIN", timedelta(seconds=-1))
    assert browser.get(link).location == "/reset-password"
    assert USED_LINK in browser.get("/reset-password").text


@pytest.mark.parametrize("token", ["made-up", "x.y.z", "a" * 500])
def test_a_made_up_link_is_refused(client, token):
    assert client.get(f"/reset-password/{token}").location == "/reset-password"


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("short", "short", "password"),
        (NEW, "something else", "password_confirm"),
        (ADA, ADA, "password"),
    ],
)
def test_a_bad_new_password_changes_nothing(context, make_user, browser, mails, first, second, field):
    make_user("customer", ADA)
    browser.send("/reset-password", email=ADA)
    answer = browser.send(link_in(mails()[0]), password=first, password_confirm=second)
    assert field in wrong_fields(answer)
    assert browser.sign_in(ADA, PASSWORD).status_code == 303


def test_a_new_password_forgives_the_failures_before_it(context, make_user, browser, mails):
    make_user("customer", ADA)
    for _ in range(10):
        browser.sign_in(ADA, "a wrong password")
    browser.send("/reset-password", email=ADA)
    browser.send(link_in(mails()[0]), password=NEW, password_confirm=NEW)
    assert browser.sign_in(ADA, NEW).status_code == 303


def test_a_mail_of_accounts_says_nothing_of_health(context, make_user, browser, mails):
    make_user("customer", ADA)
    browser.send("/reset-password", email=ADA)
    [mail] = mails()
    words = mail.get_body(("plain",)).get_content().lower()
    for told in ("tablet", " mg", "prescription", "order"):
        assert told not in words
