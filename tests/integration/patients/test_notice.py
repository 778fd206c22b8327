"""The Notice of Privacy Practices: acknowledged once with its date, asked on every way in, again when new."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.patients import notice, queries, service
from shop.patients.models import NoticeAcknowledgment
from shop.patients.notice import NoticeNotAcknowledged
from shop.patients.rules import Relation
from shop.prescriptions.models import Prescription
from tests.integration.patients.test_patient_pages import ANSWERS, HOME
from tests.integration.patients.test_patient_pages import post as post_page
from tests.integration.prescriptions.conftest import photo
from tests.integration.prescriptions.sending import count, post

AT = datetime(2026, 11, 29, 15, tzinfo=UTC)


@pytest.fixture
def customer(context, make_user):
    return make_user("customer")


@pytest.fixture
def browser(customer, sign_in):
    return sign_in(customer)


def of(user_id: int) -> datetime | None:
    db.session.rollback()
    return notice.acknowledged_at(user_id)


def test_it_counts_once_with_its_first_date_and_is_recorded(customer):
    for hours in (0, 5):
        with transaction():
            notice.acknowledge(customer, AT + timedelta(hours=hours))
    assert of(customer) == AT
    recorded = select(func.count()).where(AuditRecord.event == Event.NOTICE_ACKNOWLEDGED.value)
    assert db.session.scalar(recorded) == 1


def test_a_new_edition_asks_again_and_the_old_one_stays(customer, context):
    with transaction():
        notice.acknowledge(customer, AT)
    before = context.extensions["settings"]
    context.extensions["settings"] = replace(before, privacy_notice_edition=date(2027, 5, 1))
    try:
        assert of(customer) is None
        with pytest.raises(NoticeNotAcknowledged):
            notice.require(customer, False, AT)
        with transaction():
            notice.require(customer, True, AT)
        assert of(customer) == AT
    finally:
        context.extensions["settings"] = before
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(NoticeAcknowledgment)) == 2


def test_a_prescription_without_it_is_refused_with_the_form_and_its_file_kept(browser, customer):
    page = browser.get("/prescriptions").text
    assert 'name="notice"' in page
    answer = post(browser, files=[(photo(), "scan.jpg")], notice="")
    assert answer.status_code == 422
    assert "data-kept" in answer.text
    assert 'href="#notice"' in answer.text
    assert (count(Prescription), of(customer)) == (0, None)
    assert post(browser).status_code == 303
    assert of(customer) is not None
    assert 'name="notice"' not in browser.get("/prescriptions").text
    assert post(browser, files=[(photo(), "scan.jpg")], notice="").status_code == 303


def test_health_answers_without_it_are_not_kept(browser, customer):
    with transaction():
        service.add(customer, Relation.CHILD, "Ben Specimen", date(2015, 3, 2), AT)
    (ben,) = queries.of_account(customer)
    db.session.rollback()
    address = f"{HOME}/{ben.reference}/health"
    without = {name: value for name, value in ANSWERS.items() if name != "notice"}
    assert post_page(browser, address, **without).status_code == 422
    db.session.rollback()
    assert queries.of_account(customer)[0].health.allergies is None
    assert post_page(browser, address, **ANSWERS).status_code == 303
    page = browser.get(HOME).text
    assert re.search(r'data-notice="2026-11-29">.*data-acknowledged', page)


def test_the_account_says_that_it_is_not_acknowledged_yet(browser):
    page = browser.get(HOME).text
    assert 'data-notice="2026-11-29"' in page
    assert "data-acknowledged" not in page


def test_the_page_is_public_names_the_pharmacy_and_its_edition_and_every_page_leads_to_it(client):
    answer = client.get(notice.ADDRESS)
    assert answer.status_code == 200
    for fact in ('data-edition="2026-11-29"', "data-draft", "Marion Sample, PharmD", "(555) 555-0142"):
        assert fact in answer.text
    assert f'href="{notice.ADDRESS}"' in client.get("/").text
