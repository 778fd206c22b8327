"""The header of the desk's form: how it arrived, and the prescriber found in the directory."""

import re

import pytest
from sqlalchemy import select

from shop.clock import now
from shop.database import db, transaction
from shop.prescriptions import prescribers, queries
from shop.prescriptions.prescriber_models import Prescriber
from shop.prescriptions.prescribers import Stated
from tests.integration.pharmacist.desk_browser import entered, status

IVOR = Stated("Ivor Sample, MD", "1234567893", "", "1 Example Road, Springfield, NY 10001", "(555) 555-0111")


@pytest.fixture
def ivor(context, pharmacist) -> str:
    """In the directory: the reference."""
    with transaction():
        prescribers.keep(IVOR, pharmacist, now(), rename=False, moved=False)
    return prescribers.search("ivor")[0].reference


def directory() -> list[Prescriber]:
    db.session.rollback()
    return list(db.session.scalars(select(Prescriber).order_by(Prescriber.id)))


def row(reference: str):
    db.session.rollback()
    return queries.by_reference(reference)


def offered(page: str) -> list[str]:
    choice = re.search(r'<select[^>]* name="origin".*?</select>', page, re.S)[0]
    return re.findall(r'value="(\w+)"', choice)


def test_an_upload_is_a_photo_until_a_pharmacist_says_that_the_original_is_here(desk, submit, baclofen):
    photo, paper, phone = submit(), submit(), submit()
    assert offered(desk.open(photo).text) == ["photo", "paper"]
    assert desk.decide(photo, "approve", **entered(baclofen)).status_code == 303
    assert (row(photo).origin, row(photo).confirmed_at) == ("photo", None)
    outcome = {"outcome-duplicate-0": "continues", f"outcome-reuse-{row(photo).id}": "different"}
    fields = entered(baclofen, patient=_patient(photo)) | outcome
    assert desk.decide(paper, "approve", **fields, origin="paper").status_code == 303
    assert row(paper).origin == "paper"
    refused = desk.decide(phone, "approve", **fields, origin="phone", received_name="Pat", read_back="y")
    assert (refused.status_code, status(phone)) == (422, "waiting")
    assert 'id="check-origin"' in refused.text


def _patient(reference: str) -> str:
    from shop.patients import queries as patients

    found = patients.by_id(row(reference).patient_id)
    assert found is not None
    return found.reference


def test_an_approved_prescriber_enters_the_directory_once(desk, submit, baclofen, ada):
    first = submit()
    assert desk.decide(first, "approve", **entered(baclofen, patient=ada)).status_code == 303
    (kept,) = directory()
    assert (kept.name, kept.npi, kept.address, kept.phone) == (
        IVOR.name,
        IVOR.npi,
        IVOR.address,
        IVOR.phone,
    )
    assert row(first).prescriber_id == kept.id
    second = submit()
    again = entered(baclofen, patient=ada, prescriber_address="", prescriber_phone="")
    outcomes = {"outcome-duplicate-0": "continues", f"outcome-reuse-{row(first).id}": "different"}
    answer = desk.decide(second, "approve", **again, **outcomes)
    assert answer.status_code == 303
    assert ([one.id for one in directory()], row(second).prescriber_id) == ([kept.id], kept.id)


@pytest.mark.parametrize(("outcome", "name"), [("same_prescriber", IVOR.name), ("name_changed", "Ivy Other")])
def test_an_npi_under_another_name_needs_a_decision(desk, submit, baclofen, ivor, outcome, name):
    reference = submit()
    fields = entered(baclofen, prescriber_name="Ivy Other")
    assert desk.decide(reference, "approve", **fields).status_code == 422
    answer = desk.decide(reference, "approve", **fields, **{"outcome-prescriber_known": outcome})
    assert answer.status_code == 303
    assert ([one.name for one in directory()], row(reference).prescriber_name) == ([name], "Ivy Other")


def test_an_outcome_that_nobody_asked_for_changes_nothing(desk, submit, baclofen, ivor):
    fields = entered(baclofen, prescriber_name="Sample, Ivor")
    extra = {"outcome-prescriber_known": "name_changed", "outcome-prescriber_contact": "moved"}
    assert desk.decide(submit(), "approve", **fields, **extra).status_code == 303
    assert [one.name for one in directory()] == [IVOR.name]


def test_a_prescriber_is_found_and_chosen_without_losing_a_word(desk, submit, baclofen, ivor):
    reference = submit()
    fields = entered(baclofen, prescriber_name="samp", prescriber_npi="", prescriber_address="")
    found = desk.post(reference, "check", do="find_prescriber", **fields)
    assert f'value="prescriber-{ivor}"' in found.text
    assert 'value="1 tablet three times a day"' in found.text
    chosen = desk.post(reference, "check", do=f"prescriber-{ivor}", **fields)
    for value in (IVOR.name, IVOR.npi, IVOR.address, IVOR.phone, "1 tablet three times a day"):
        assert f'value="{value}"' in chosen.text
    nobody = desk.post(reference, "check", do="find_prescriber", **(fields | {"prescriber_name": "zzz"}))
    assert 'id="prescriber_name-e"' in nobody.text
    assert desk.post(reference, "check", do="prescriber-none", **fields).status_code == 404


def test_what_was_typed_is_there_again_after_an_undo(desk, submit, baclofen):
    reference = submit()
    desk.decide(reference, "approve", **entered(baclofen, origin="paper"))
    desk.post(reference, "undo")
    page = desk.open(reference).text
    assert f'value="{IVOR.address}"' in page
    assert f'value="{IVOR.phone}"' in page
    assert re.search(r"<option selected value=\"paper\"", page)


def test_too_long_a_text_is_said_beside_its_field(desk, submit, baclofen):
    long = {"prescriber_address": "x" * 301, "prescriber_phone": "5" * 41, "original_number": "7" * 41}
    answer = desk.decide(submit(), "approve", **entered(baclofen, **long))
    assert answer.status_code == 422
    assert all(f'id="{name}-e"' in answer.text for name in long)
