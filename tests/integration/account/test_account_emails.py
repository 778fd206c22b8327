"""Emails that are a choice are not sent to who chose so; all others are."""

from shop.clock import now
from shop.database import db, transaction
from shop.outbox.mail import enqueue_mail
from tests.integration.accounts.conftest import links_in


def ask_for(*templates: str, user_id: int, key: str) -> None:
    db.session.rollback()
    with transaction():
        for template in templates:
            enqueue_mail(template, user_id, f"{template}:{key}", now())


def test_only_what_is_a_choice_is_left_out(ada, ada_id, mails):
    both = ("prescription_received", "password_changed")
    page = ada.get("/account/emails").text
    assert page.count("checked") == 2
    ask_for(*both, user_id=ada_id, key="1")
    assert len(mails()) == 2
    assert ada.send("/account/emails", wanted="order_shipped").location == "/account"
    ask_for(*both, user_id=ada_id, key="2")
    assert [links_in(mail) for mail in mails()[2:]] == [["/reset-password"]]
    assert ada.send("/account/emails", wanted="password_changed").status_code == 422
    ada.send("/account/emails", wanted=["prescription_received", "order_shipped"])
    ask_for(*both, user_id=ada_id, key="3")
    assert len(mails()) == 5
