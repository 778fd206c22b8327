"""Who waits for a medicine is told once that it is back, by an email that names no medicine."""

from datetime import timedelta

from sqlalchemy import select

from shop.clock import now
from shop.database import db, transaction
from shop.restock import jobs, service
from shop.restock.models import StockNotice
from tests.factories import make_lot, make_variant

PAGE = "/medicines/baclofen-tablets/10-mg"
LIST = "/account/back-in-stock"


def ask(browser, variant_id):
    return browser.send(LIST, variant=variant_id)


def told() -> list[bool]:
    notices = select(StockNotice).order_by(StockNotice.requested_at, StockNotice.variant_id)
    rows = db.session.scalars(notices.execution_options(populate_existing=True))
    return [row.notified_at is not None for row in rows]


def test_an_account_is_told_once_and_by_no_name(ada, mails):
    variant_id = make_variant()
    assert 'data-do="tell"' in ada.get(PAGE).text
    assert ask(ada, variant_id).location == PAGE
    ask(ada, variant_id)
    page = ada.get(PAGE)
    assert "data-waiting" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    jobs.tell_who_waits()
    assert told() == [False]
    make_lot(variant_id)
    for _ in range(2):
        jobs.tell_who_waits()
    assert told() == [True]
    [mail] = mails()
    text = mail.as_string()
    assert LIST in text
    assert "aclofen" not in text
    assert 'data-told="yes"' in ada.get(LIST).text
    assert "data-waiting" not in ada.get(PAGE).text


def test_who_changed_their_mind_is_not_told(ada, mails):
    variant_id = make_variant()
    ask(ada, variant_id)
    assert ada.send(f"{LIST}/{variant_id}/remove").location == LIST
    make_lot(variant_id)
    jobs.tell_who_waits()
    assert (told(), mails()) == ([], [])


def test_less_than_the_smallest_pack_is_not_back(ada):
    variant_id = make_variant()
    ask(ada, variant_id)
    make_lot(variant_id, quantity=1)
    jobs.tell_who_waits()
    assert told() == [False]


def test_a_visitor_is_led_to_sign_in_and_what_was_told_is_forgotten(ada, client, ada_id):
    variant_id = make_variant()
    assert f'href="/sign-in?next={PAGE}"' in client.get(PAGE).text
    ask(ada, variant_id)
    with transaction():
        service.tell([variant_id], now() - timedelta(days=31))
    jobs.forget_who_was_told()
    assert told() == []
