"""The steps of a prescription: each leaves a record and a mail; one that comes too late changes nothing."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.patients import queries as patients
from shop.prescriptions import queries, service
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.coverage import coverage_of
from shop.prescriptions.reasons import Reason
from shop.prescriptions.steps import AlreadyDecided, TakenByAnother
from shop.prescriptions.verification import decisions, queue
from shop.prescriptions.verification.decisions import ChecksUnmet
from tests.factories import make_variant
from tests.integration.outbox.queued import mails
from tests.integration.prescriptions.conftest import AT, TODAY, covered, grounds, typed
from tests.plans import statements


def events() -> list[str]:
    db.session.rollback()
    return [row.event for row in db.session.scalars(select(AuditRecord).order_by(AuditRecord.id))]


def state(user_id: int, variant_id: int, today=TODAY) -> str:
    db.session.rollback()
    return covered(user_id, variant_id, today).state


def refuse(reference: str, pharmacist: int) -> None:
    with transaction():
        decisions.refuse(reference, pharmacist, Reason.UNREADABLE, "", AT)


def test_a_question_an_answer_and_an_approval(customer, pharmacist, baclofen, submit):
    assert state(customer, baclofen) == "none"
    reference = submit()
    assert state(customer, baclofen) == "waiting"
    with transaction():
        decisions.ask(reference, pharmacist, Reason.REFILLS_MISSING, "How many refills?", AT)
    assert state(customer, baclofen) == "asked"
    with transaction():
        service.answer(reference, customer, [], "None", AT + timedelta(hours=1))
    assert state(customer, baclofen) == "waiting"
    with transaction():
        decisions.approve(reference, pharmacist, typed(baclofen), grounds([baclofen]), {}, "", AT)
    assert state(customer, baclofen) == "approved"
    steps = [name.split(":")[1] for name in events() if name.startswith("prescription:")]
    assert steps == ["submitted", "asked", "answered", "approved"]
    assert mails() == ["prescription_received", "prescription_asked", "prescription_approved"]
    row = queries.by_reference(reference)
    assert [message.text for message in queries.messages(row.id)] == ["How many refills?", "None"]
    assert (row.patient_name, row.prescriber_npi) == ("Ada Specimen", "1234567893")


def test_a_refusal_is_said_with_its_reason(customer, pharmacist, baclofen, submit):
    refuse(submit(), pharmacist)
    found = covered(customer, baclofen)
    assert (found.state, found.reason) == ("refused", "unreadable")
    assert found.reason_sentence
    assert mails()[-1] == "prescription_refused"


def test_health_data_does_not_stand_in_the_database_as_text(pharmacist, baclofen, approve):
    approve(baclofen)
    table = db.session.execute(db.text("SELECT * FROM prescription, prescription_item")).mappings().all()
    assert table
    assert not [row for row in table if "Ada Specimen" in str(row) or "three times" in str(row)]


def test_an_approval_with_something_in_its_way_changes_nothing(customer, pharmacist, baclofen, submit):
    reference = submit()
    entered = typed(baclofen, refills=None)
    with pytest.raises(ChecksUnmet) as refusal, transaction():
        decisions.approve(reference, pharmacist, entered, grounds([baclofen]), {}, "", AT)
    assert [check.key for check in refusal.value.unmet] == ["refills-0"]
    assert (state(customer, baclofen), events()) == ("waiting", ["prescription:submitted"])


def test_an_override_leaves_its_outcome_in_the_record(customer, pharmacist, baclofen, submit):
    reference, entered = submit(), typed(baclofen, patient_name="Bo Specimen")
    with pytest.raises(ChecksUnmet), transaction():
        decisions.approve(reference, pharmacist, entered, grounds([baclofen]), {}, "", AT)
    outcomes = {"patient": "name_changed"}
    with transaction():
        decisions.approve(reference, pharmacist, entered, grounds([baclofen]), outcomes, "", AT)
    detail = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first().detail
    assert detail == {"items": 1, "patient": 1, "origin": "photo", "outcome_patient": "name_changed"}


def test_a_medicine_not_sold_in_this_market_needs_the_pharmacist(pharmacist, context, submit):
    abroad, reference = make_variant(strength="25 mg", markets=("AU",)), submit()
    with pytest.raises(ChecksUnmet) as refusal, transaction():
        decisions.approve(reference, pharmacist, typed(abroad), grounds([abroad]), {}, "", AT)
    assert [check.key for check in refusal.value.unmet] == ["sale-0"]


def test_a_controlled_substance_is_found_by_its_ingredient(pharmacist, context, submit):
    from shop.catalogue.models import Ingredient

    variant_id, reference = make_variant("Placebozepam"), submit()
    with transaction() as session:
        ingredient = session.scalars(select(Ingredient).where(Ingredient.name == "placebozepam")).one()
        ingredient.is_controlled = True
    with pytest.raises(ChecksUnmet) as refusal, transaction():
        decisions.approve(reference, pharmacist, typed(variant_id), grounds([variant_id]), {}, "", AT)
    assert [check.key for check in refusal.value.unmet] == ["substance-0"]


@pytest.mark.parametrize("step", ["approve", "refuse", "ask", "answer", "withdraw", "claim"])
def test_nothing_follows_a_decision(customer, pharmacist, baclofen, submit, step):
    reference = submit()
    refuse(reference, pharmacist)
    before = events()
    steps = {
        "approve": lambda: decisions.approve(
            reference, pharmacist, typed(baclofen), grounds([baclofen]), {}, "", AT
        ),
        "refuse": lambda: decisions.refuse(reference, pharmacist, Reason.OTHER, "", AT),
        "ask": lambda: decisions.ask(reference, pharmacist, Reason.OTHER, "", AT),
        "answer": lambda: service.answer(reference, customer, [], "Please", AT),
        "withdraw": lambda: service.withdraw(reference, customer, AT),
        "claim": lambda: decisions.claim(reference, pharmacist, AT),
    }
    with pytest.raises(AlreadyDecided), transaction():
        steps[step]()
    assert (state(customer, baclofen), events()) == ("refused", before)


def test_of_two_pharmacists_who_decide_at_once_one_is_refused(app, make_user, baclofen, submit):
    reference, results, start = submit(), [], threading.Barrier(2)
    people = [make_user("pharmacist"), make_user("pharmacist")]
    db.session.remove()

    def decide(pharmacist: int) -> None:
        with app.app_context():
            ready = grounds([baclofen])
            start.wait()
            try:
                with transaction():
                    decisions.approve(reference, pharmacist, typed(baclofen), ready, {}, "", AT)
                results.append("approved")
            except AlreadyDecided:
                results.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=decide, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["approved", "refused"]
    assert len(queries.by_reference(reference).items) == 1
    assert events().count("prescription:approved") == 1


def test_what_another_pharmacist_is_on_is_theirs_for_half_an_hour(make_user, pharmacist, submit):
    reference, other = submit(), make_user("pharmacist")
    with transaction():
        decisions.claim(reference, pharmacist, AT)
    for step in (
        lambda: decisions.claim(reference, other, AT),
        lambda: decisions.refuse(reference, other, Reason.OTHER, "x", AT),
    ):
        with pytest.raises(TakenByAnother), transaction():
            step()
    with transaction():
        decisions.claim(reference, other, AT + timedelta(minutes=31))
    assert queue.page("waiting", None, AT + timedelta(minutes=32)).rows[0].on_it_id == other


def test_who_lets_go_leaves_it_to_others(make_user, pharmacist, submit):
    reference, other = submit(), make_user("pharmacist")
    with transaction():
        decisions.claim(reference, pharmacist, AT)
        decisions.unclaim(reference, other, AT)
    assert queue.page("waiting", None, AT).rows[0].on_it_id == pharmacist
    with transaction():
        decisions.unclaim(reference, pharmacist, AT)
        decisions.claim(reference, other, AT)
    assert queue.page("waiting", None, AT).rows[0].on_it_id == other


def test_the_longest_waiting_comes_first(submit, context):
    references = [submit(at=AT + timedelta(minutes=minutes)) for minutes in (20, 0, 10)]
    assert [row.reference for row in queue.page("waiting", None, AT).rows] == [
        references[n] for n in (1, 2, 0)
    ]
    assert queue.next_waiting(references[1]) == references[2]
    assert queue.counts() == {"waiting": 3, "asked": 0, "decided": 0}


def test_a_refill_is_too_early_until_most_of_the_supply_is_used(customer, baclofen, approve):
    _, item_id = approve(baclofen, 90, 1, days=30)
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, AT, TODAY)
    found = covered(customer, baclofen)
    opens = TODAY + timedelta(days=20)
    assert (found.state, found.next_fill_on, found.next_units) == ("too_early", opens, 90)
    with transaction():
        quantities.dispense_quantity([1], AT)
    assert state(customer, baclofen, opens - timedelta(days=1)) == "too_early"
    assert state(customer, baclofen, opens) == "approved"


def test_a_customers_own_unpaid_order_does_not_make_a_refill_too_early(customer, baclofen, approve):
    _, item_id = approve(baclofen, 90, 1, days=30)
    with transaction():
        quantities.hold_quantity(item_id, 1, 90, AT, TODAY)
    assert covered(customer, baclofen, TODAY, [1]).state == "approved"


def test_of_two_prescriptions_the_one_that_expires_first_is_used(customer, baclofen, approve):
    approve(baclofen)
    _, older = approve(baclofen, issued_on=TODAY - timedelta(days=300))
    assert covered(customer, baclofen).item_id == older
    assert state(customer, baclofen, TODAY + timedelta(days=400)) == "expired"


def test_coverage_takes_six_questions_for_any_number_of_medicines(app, customer, baclofen, approve):
    ids = [baclofen, *(make_variant(strength=f"{n} mg") for n in range(20, 26))]
    for variant_id in ids:
        approve(variant_id, 90, 1, days=30)
    ada = patients.only(customer)
    db.session.rollback()
    with statements() as asked:
        found = coverage_of(customer, {(ada, variant_id): 30 for variant_id in ids}, TODAY)
    assert {one.state for one in found.values()} == {"approved"}
    assert len([one for one, _ in asked if one.startswith("SELECT")]) == 6


def test_another_customers_prescription_counts_for_nothing(make_user, baclofen, approve):
    approve(baclofen)
    assert state(make_user("customer"), baclofen) == "none"


def test_checks_run_again_at_approval_with_the_day_it_happens(pharmacist, baclofen, submit):
    reference, late = submit(), replace(grounds([baclofen]), today=TODAY + timedelta(days=400))
    with pytest.raises(ChecksUnmet) as refusal, transaction():
        decisions.approve(reference, pharmacist, typed(baclofen), late, {}, "", AT)
    assert [check.key for check in refusal.value.unmet] == ["date"]
