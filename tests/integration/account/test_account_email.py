"""Another email, confirmed before it counts, and another password, for who is signed in."""

import re
from datetime import timedelta

import pytest
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select, text

from shop.accounts import email_change
from shop.accounts.models import User
from shop.accounts.rules import MOST_FAILURES_OF_EMAIL
from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.models import Job
from tests.conftest import PASSWORD
from tests.integration.account.conftest import ADA
from tests.integration.accounts.conftest import links_in

NEW = "ada@bücher.example"
PLAIN = "ada@xn--bcher-kva.example"
OTHER_PASSWORD = "four other fine words"


def email_of(user_id: int) -> tuple[str, str | None]:
    db.session.rollback()
    user = db.session.get(User, user_id)
    return user.email, user.email_wanted


def link_in(mail) -> str:
    words = mail.get_body(("plain",)).get_content()
    return re.search(r"http://127\.0\.0\.1:\d+(/account/email/confirm/\S+)", words)[1]


def test_an_email_counts_once_its_link_is_confirmed_and_the_old_one_is_told(ada, ada_id, new_browser, mails):
    elsewhere = new_browser()
    elsewhere.sign_in(ADA, PASSWORD)
    elsewhere.send("/sign-out")
    elsewhere.sign_in(ADA, PASSWORD)
    assert ada.send("/account/email", email=f" {NEW.upper()} ", password=PASSWORD).location == "/account"
    assert email_of(ada_id) == (ADA, PLAIN)
    assert "data-wanted" in ada.get("/account").text
    [mail] = mails()
    assert mail["To"].addresses[0].addr_spec == PLAIN
    link = link_in(mail)
    assert PLAIN not in link
    [job] = db.session.scalars(select(Job).where(Job.kind == email_change.CONFIRM_KIND)).all()
    assert set(job.payload) == {"user_id", "key", "asked_at"}
    assert link.rpartition("/")[2] not in str(db.session.execute(text("SELECT payload FROM job")).all())

    stranger = new_browser()
    assert stranger.get(link).status_code == 200
    assert email_of(ada_id) == (ADA, PLAIN)  # opening changes nothing
    assert ada.send(link).location == "/account"
    assert email_of(ada_id) == (PLAIN, None)
    assert ada.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303  # signed out
    assert [one["To"].addresses[0].addr_spec for one in mails()] == [PLAIN, ADA]
    assert stranger.get(link).status_code == 410
    assert stranger.sign_in(NEW, PASSWORD).status_code == 303
    changes = AuditRecord.event.like("account:email:%")
    events = db.session.scalars(select(AuditRecord.event).where(changes).order_by(AuditRecord.id))
    assert list(events) == ["account:email:asked", "account:email:changed"]


def test_a_wish_is_taken_back_and_another_makes_the_first_link_worthless(ada, ada_id, mails):
    ada.send("/account/email", email="first@demo.example", password=PASSWORD)
    first = link_in(mails()[-1])
    ada.send("/account/email", email="second@demo.example", password=PASSWORD)
    second = link_in(mails()[-1])
    assert ada.get(first).status_code == 410
    ada.send("/account/email/keep")
    assert ada.get(second).status_code == 410
    assert ada.post(second, data={"csrf_token": "none"}).status_code == 400
    assert email_of(ada_id) == (ADA, None)


def test_strangers_get_five_links_an_hour_at_most(ada, ada_id, mails):
    def ask(number: int) -> int:
        email = f"stranger-{number}@demo.example"
        return ada.send("/account/email", email=email, password=PASSWORD).status_code

    assert [ask(number) for number in range(6)] == [303] * 5 + [429]
    assert (len(mails()), email_of(ada_id)[1]) == (5, "stranger-4@demo.example")


def test_who_tries_addresses_in_a_row_is_stopped(ada, make_user):
    make_user("customer", "bob@demo.example")
    tries = [
        ada.send("/account/email", email="bob@demo.example", password=PASSWORD).status_code
        for _ in range(MOST_FAILURES_OF_EMAIL + 1)
    ]
    assert tries == [409] * MOST_FAILURES_OF_EMAIL + [429]


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("bob@demo.example", PASSWORD, "email"),  # has an account
        (ADA, PASSWORD, "email"),
        ("ädä@demo.example", PASSWORD, "email"),
        ("new@demo.example", "a wrong password", "password"),
        ("new@demo.example", "", "password"),
    ],
)
def test_a_bad_wish_is_refused_beside_its_field(ada, ada_id, make_user, email, password, field):
    make_user("customer", "bob@demo.example")
    answer = ada.send("/account/email", email=email, password=password)
    assert answer.status_code in (409, 422)
    assert f'id="{field}-e"' in answer.text
    assert email_of(ada_id) == (ADA, None)


def test_an_email_that_was_taken_meanwhile_is_refused_at_its_link(ada, ada_id, make_user, mails):
    ada.send("/account/email", email="new@demo.example", password=PASSWORD)
    link = link_in(mails()[-1])
    make_user("customer", "new@demo.example")
    assert ada.send(link).status_code == 409
    assert email_of(ada_id) == (ADA, "new@demo.example")
    with transaction():
        db.session.get(User, ada_id).active = False
    assert ada.get(link).status_code == 410


def test_a_password_is_changed_with_the_old_one(ada, ada_id, new_browser, mails):
    elsewhere = new_browser()
    elsewhere.sign_in(ADA, PASSWORD)
    fields = {"new_password": OTHER_PASSWORD, "new_password_confirm": OTHER_PASSWORD}
    assert 'id="password-e"' in ada.send("/account/password", password="wrong", **fields).text
    assert ada.send("/account/password", password=PASSWORD, **fields).location == "/account"
    assert ada.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert elsewhere.sign_in(ADA, OTHER_PASSWORD).status_code == 303
    assert [links_in(mail) for mail in mails()] == [["/reset-password"]]
    changed = select(AuditRecord).where(AuditRecord.event == "account:password:changed")
    assert db.session.scalars(changed).one().actor_id == ada_id


def test_the_password_is_not_guessed_at_a_browser_that_was_left(ada, ada_id):
    for _ in range(10):
        assert ada.send("/account/email", email="new@demo.example", password="wrong").status_code == 422
    assert ada.send("/account/email", email="new@demo.example", password=PASSWORD).status_code == 429
    assert email_of(ada_id) == (ADA, None)


@pytest.mark.parametrize("step", ["password", "reset", "deletion"])
def test_a_wish_ends_with_the_password_and_with_the_account_even_before_its_mail(
    ada, ada_id, app, mails, step
):
    ada.send("/account/email", email="intruder@demo.example", password=PASSWORD)  # its mail waits in a queue
    words = {"new_password": OTHER_PASSWORD, "new_password_confirm": OTHER_PASSWORD}
    if step == "password":
        ada.send("/account/password", password=PASSWORD, **words)
    elif step == "deletion":
        ada.send("/account/delete", password=PASSWORD)
    else:
        with app.test_request_context():
            path = f"/reset-password/{generate_reset_password_token(db.session.get(User, ada_id))}"
        ada.send("/sign-out")
        assert ada.send(path, password=OTHER_PASSWORD, password_confirm=OTHER_PASSWORD).status_code == 302
    assert email_of(ada_id) == (ADA, None)
    assert "intruder@demo.example" not in {one["To"].addresses[0].addr_spec for one in mails()}


def test_the_account_says_that_a_link_has_expired(ada, ada_id):
    old = now() - email_change.CONFIRM_WITHIN - timedelta(minutes=1)
    for at, shown in ((old, 'data-wanted="over"'), (now(), "data-wanted>")):
        with transaction():
            email_change.ask(ada_id, "new@demo.example", at)
        assert shown in ada.get("/account").text
