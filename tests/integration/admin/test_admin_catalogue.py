"""What is for sale, the decision to sell outside the market, failed jobs, and what is closed to this desk."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue import queries as catalogue
from shop.database import db, now, transaction
from shop.outbox.models import Job
from tests.factories import make_variant


@pytest.fixture
def elsewhere(context) -> int:
    return make_variant("Baclofen", "25 mg", markets=("AU", "ZA"))


def test_the_catalogue_shows_price_markets_and_what_stops_a_sale(desk, elsewhere):
    make_variant("Baclofen", "10 mg")
    make_variant("Testamol", "5 mg", price=None, rx=False, listed=False)
    desk.open("/admin/catalogue")
    here, there, unlisted = desk.rows()
    assert here == ["Baclofen tablet 10 mg", "$0.51", "On prescription", "Yes", "US", "Yes", "none needed"]
    assert there[4:] == ["AU, ZA", "Not registered here", "Sell in US : Baclofen tablet 25 mg"]
    assert unlisted[1:] == ["–", "Over the counter", "No", "US", "Not listed", "none needed"]
    desk.open("/admin/catalogue?q=25+baclo")
    assert [row[0] for row in desk.rows()] == ["Baclofen tablet 25 mg"]
    assert "No strength has all these words" in desk.open("/admin/catalogue?q=nosuchthing")


def test_the_decision_to_sell_outside_the_market_is_made_taken_back_and_audited(desk, admin, elsewhere):
    path = f"/admin/variants/{elsewhere}/sale"
    words = desk.send(path, allowed="1", q="baclofen", page="1")
    assert "Baclofen tablet 25 mg is sold in US although it is registered elsewhere only." in words
    assert "Yes, by decision" in words
    assert 'value="baclofen"' in desk.page.text
    db.session.rollback()
    assert catalogue.variant(elsewhere).sold_outside_market
    assert "is sold only where it is registered." in desk.send(path, allowed="0")
    db.session.rollback()
    assert not catalogue.variant(elsewhere).sold_outside_market
    rows = db.session.execute(select(AuditRecord.event, AuditRecord.actor_id, AuditRecord.detail)).all()
    assert [tuple(row) for row in rows] == [
        ("catalogue:variant:sale_changed", admin, {"sold_outside_market": 1}),
        ("catalogue:variant:sale_changed", admin, {"sold_outside_market": 0}),
    ]


def test_a_strength_that_does_not_exist_cannot_be_decided_on(desk, elsewhere):
    desk.send("/admin/variants/999999/sale", allowed="1")
    assert desk.page.status_code == 404


def test_the_catalogue_takes_the_same_queries_whatever_its_length(desk, elsewhere):
    desk.open("/admin/catalogue")
    one = desk.queries
    with transaction():
        for place in range(60):
            make_variant("Testamol", f"{place + 1} mg")
    desk.open("/admin/catalogue")
    assert desk.queries == one <= 6
    assert "1 to 50 of 61 strengths" in desk.words()
    desk.open("/admin/catalogue?q=testamol&page=2")
    assert "51 to 60 of 60 strengths" in desk.words()
    assert "q=testamol" in desk.page.text


# --- Failed jobs ---


def add_job(kind: str, **columns) -> int:
    at = now() - timedelta(hours=1)
    with transaction() as session:
        job = Job(
            kind=kind, key=kind, payload={"secret": "of the patient"}, created_at=at, run_after=at, **columns
        )
        session.add(job)
        session.flush()
        return job.id


def test_jobs_that_fail_or_were_given_up_are_shown_without_what_they_are_about(desk):
    add_job("mail")
    add_job("done", finished_at=now())
    again = add_job("capture", attempts=3, last_error="APIConnectionError")
    gone = add_job("void", attempts=12, last_error="CardError", given_up=True, finished_at=now())
    words = desk.open("/admin/outbox")
    assert [(row[0], row[2:5]) for row in desk.rows()] == [
        (f"void no. {gone}", ["12", "CardError", "Given up"]),
        (f"capture no. {again}", ["3", "APIConnectionError", "Tried again by itself"]),
    ]
    assert "secret" not in words
    assert "patient" not in words
    assert 'Failed jobs, <span class="count">1</span>' in desk.page.text


def test_trying_again_gives_a_job_back_to_the_worker_with_all_its_tries(desk):
    gone = add_job("void", attempts=12, last_error="CardError", given_up=True, finished_at=now())
    assert "The worker tries it again now." in desk.send(f"/admin/outbox/{gone}/retry")
    db.session.rollback()
    job = db.session.get(Job, gone)
    assert (job.given_up, job.finished_at, job.attempts) == (False, None, 0)
    assert job.run_after <= now()


def test_a_job_that_is_done_is_not_done_again(desk):
    done = add_job("done", finished_at=now())
    assert "This job is done, or was never failing." in desk.send(f"/admin/outbox/{done}/retry")
    db.session.rollback()
    assert db.session.get(Job, done).finished_at is not None


def test_without_failures_the_page_says_so(desk):
    assert "No job is failing." in desk.open("/admin/outbox")


# --- Who may not ---


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/stock/receive", "/admin/orders", "/admin/catalogue", "/admin/outbox"]
)
@pytest.mark.parametrize("role", ["customer", "pharmacist"])
def test_the_desk_is_closed_to_customers_and_pharmacists(context, make_user, sign_in, path, role):
    assert sign_in(make_user(role)).get(path).status_code == 403


def test_prescription_documents_are_closed_to_the_desk(desk, app):
    documents = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("prescriptions.")]
    assert any("document" in rule.rule for rule in documents)
    for rule in documents:
        if "GET" in rule.methods:
            path = rule.build(dict.fromkeys(rule.arguments, 1))[1]
            assert desk.client.get(path).status_code == 403, path
