"""Who may see a document's page, and what each reading leaves."""

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.prescriptions import queries, service
from tests.integration.prescriptions.conftest import AT


def address(reference: str) -> str:
    document = queries.by_reference(reference).documents[0]
    return f"/prescriptions/documents/{document.reference}/1"


def readings() -> list[int]:
    db.session.rollback()
    rows = db.session.scalars(
        select(AuditRecord).where(AuditRecord.event == "prescription:document:read").order_by(AuditRecord.id)
    )
    return [row.actor_id for row in rows]


def test_owner_and_pharmacist_see_a_page_and_each_reading_is_recorded(submit, sign_in, customer, pharmacist):
    page = address(submit())
    for reader in (customer, pharmacist, pharmacist):
        answer = sign_in(reader).get(page)
        assert (answer.status_code, answer.data[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    assert readings() == [customer, pharmacist, pharmacist]


def test_a_page_is_never_cached_and_cannot_act(submit, sign_in, customer):
    headers = sign_in(customer).get(address(submit())).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"] == "inline"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("role", "status"), [("customer", 404), ("admin", 403)])
def test_nobody_else_sees_it_and_nothing_is_recorded(submit, sign_in, make_user, role, status):
    answer = sign_in(make_user(role)).get(address(submit()))
    assert answer.status_code == status
    assert b"PNG" not in answer.data
    assert readings() == []


def test_a_visitor_is_sent_to_sign_in(submit, client):
    answer = client.get(address(submit()))
    assert (answer.status_code, readings()) == (303, [])


@pytest.mark.parametrize("ending", ["/2", "/0"])
def test_a_page_that_is_not_there_is_not_found(submit, sign_in, customer, ending):
    assert sign_in(customer).get(address(submit())[:-2] + ending).status_code == 404


def test_a_withdrawn_prescription_is_closed_to_pharmacists(submit, sign_in, customer, pharmacist):
    reference = submit()
    page = address(reference)
    with transaction():
        service.withdraw(reference, customer, AT)
    assert sign_in(pharmacist).get(page).status_code == 404
    assert sign_in(customer).get(page).status_code == 200


def test_another_customers_prescription_looks_like_none(submit, sign_in, make_user):
    reference, other = submit(), sign_in(make_user("customer"))
    assert other.get(f"/prescriptions/{reference}").status_code == 404
    assert other.get("/prescriptions/" + "0" * 32).status_code == 404
    assert reference not in other.get("/prescriptions").text
