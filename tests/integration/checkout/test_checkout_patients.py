"""Baskets and orders for several patients of one account: each takes their own, and nobody another's."""

import re

import pytest
from sqlalchemy import delete, select, update

from shop.basket import queries as basket
from shop.basket.owner import BasketOwner
from shop.basket.queries import BasketLineFacts
from shop.checkout import maintenance
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.clock import now
from shop.database import db, transaction
from shop.errors import NotFound
from shop.orders.models import Order, OrderLine
from shop.patients import errors, notice, queries, service
from shop.patients.models import NoticeAcknowledgment, Patient
from shop.patients.profile import Profile
from shop.prescriptions.models import PrescriptionItem
from shop.web import settings
from tests.factories import add_child, make_lot, make_variant, patient_of
from tests.integration.checkout.records import latest_order
from tests.integration.checkout.store_counter import Customer, approve

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def amoxicillin() -> int:
    variant_id = make_variant("Amoxicillin", "500 mg", form="capsule", quantities=(21, 30))
    make_lot(variant_id, 100)
    return variant_id


@pytest.fixture
def mother(ada: Customer) -> int:
    return patient_of(ada.user_id)


@pytest.fixture
def child(ada: Customer) -> int:
    return add_child(ada.user_id)


def reference(patient_id: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Patient.reference).where(Patient.id == patient_id)).one()


def put_in(ada: Customer, variant_id: int, patient_id: int | None = None, quantity: int = 30):
    fields = {"patient": reference(patient_id)} if patient_id else {}
    return ada.client.post("/basket", data={"variant": variant_id, "quantity": quantity, **fields})


def states(ada: Customer) -> list[tuple[str | None, str]]:
    db.session.rollback()
    owner = BasketOwner(user_id=ada.user_id)
    review = review_basket(owner, terms_of(settings()), now().date())
    return [(line.patient and line.patient.name, line.verdict.state.value) for line in review.lines]


def lines_of(ada: Customer) -> list[BasketLineFacts]:
    db.session.rollback()
    return basket.lines(BasketOwner(user_id=ada.user_id))


def taken(item_id: int) -> int:
    db.session.rollback()
    return db.session.get_one(PrescriptionItem, item_id).taken


def test_mother_and_child_with_one_medicine_each_take_their_own(ada, amoxicillin, mother, child):
    hers = approve(ada.user_id, amoxicillin, 30, 0, patient_id=mother)
    his = approve(ada.user_id, amoxicillin, 21, 0, patient_id=child)
    put_in(ada, amoxicillin, mother)
    put_in(ada, amoxicillin, child, 21)
    assert states(ada) == [("Ada Specimen", "ok"), ("Ben Specimen", "ok")]
    number, _ = ada.order()
    lines = {line.patient_id: line for line in latest_order(ada.user_id).lines}
    assert {who: (line.quantity, line.prescription_item_id) for who, line in lines.items()} == {
        mother: (30, hers),
        child: (21, his),
    }
    assert (taken(hers), taken(his)) == (30, 21)
    assert maintenance.patients().problems == ()
    page = ada.get(f"/orders/{number}").text
    assert sorted(re.findall(r"<small>[^<]*\b(Ada|Ben) Specimen\b", page)) == ["Ada", "Ben"]


def test_a_mothers_item_never_fills_her_childs_line(ada, amoxicillin, mother, child):
    item = approve(ada.user_id, amoxicillin, 30, 0, patient_id=mother)
    put_in(ada, amoxicillin, child)
    assert states(ada) == [("Ben Specimen", "send_prescription")]
    assert ada.get("/checkout").headers["Location"] == "/basket"
    assert (taken(item), db.session.scalar(select(Order.id))) == (0, None)


def test_with_several_people_somebody_has_to_say_for_whom(ada, amoxicillin, mother, child):
    approve(ada.user_id, amoxicillin, 30, 0, patient_id=mother)
    put_in(ada, amoxicillin)
    assert states(ada) == [(None, "choose_patient")]
    (line,) = lines_of(ada)
    assert f'id="p{line.id}" name="patient"' in ada.get("/basket").text
    ada.post(f"/basket/lines/{line.id}", quantity="30", patient=reference(child))
    assert states(ada) == [("Ben Specimen", "send_prescription")]
    ada.post(f"/basket/lines/{line.id}", quantity="30", patient=reference(mother))
    assert states(ada) == [("Ada Specimen", "ok")]


def test_with_one_person_it_is_theirs_until_there_is_another(ada, amoxicillin, mother):
    approve(ada.user_id, amoxicillin, 30, 0)
    put_in(ada, amoxicillin)
    assert states(ada) == [("Ada Specimen", "ok")]
    add_child(ada.user_id)
    assert states(ada) == [(None, "choose_patient")]


def test_a_line_that_becomes_anothers_joins_theirs(ada, amoxicillin, mother, child):
    put_in(ada, amoxicillin, mother, 21)
    put_in(ada, amoxicillin)
    put_in(ada, amoxicillin)  # pressed twice
    first, second = lines_of(ada)
    ada.post(f"/basket/lines/{second.id}", quantity="30", patient=reference(mother))
    (line,) = lines_of(ada)
    assert (line.quantity, line.patient_id) == (30, mother)
    assert first.patient_id == mother


def test_another_accounts_patient_is_not_found(ada, amoxicillin, mother, child, new_customer):
    stranger = new_customer()
    theirs = reference(patient_of(stranger.user_id))
    put_in(ada, amoxicillin)
    (line,) = lines_of(ada)
    answer = ada.post(f"/basket/lines/{line.id}", quantity="21", patient=theirs)
    assert answer.status_code == 404
    assert (
        ada.client.post(
            "/basket", data={"variant": amoxicillin, "quantity": 30, "patient": theirs}
        ).status_code
        == 404
    )
    assert lines_of(ada) == [line]


def test_stock_is_counted_over_both_lines(ada, mother, child):
    scarce = make_variant("Amoxicillin", "250 mg", form="capsule", quantities=(30,))
    make_lot(scarce, 45)
    for patient_id in (mother, child):
        approve(ada.user_id, scarce, 30, 0, patient_id=patient_id)
        put_in(ada, scarce, patient_id)
    assert states(ada) == [("Ada Specimen", "ok"), ("Ben Specimen", "out_of_stock")]


def test_an_order_asks_of_each_patient_whether_anything_is_new(ada, amoxicillin, mother, child):
    for patient_id in (mother, child):
        approve(ada.user_id, amoxicillin, 30, 0, patient_id=patient_id)
        put_in(ada, amoxicillin, patient_id)
    page = ada.get("/checkout").text
    assert sorted(re.findall(r'name="nothing_new" value="(\w+)"', page)) == sorted(
        [reference(mother), reference(child)]
    )
    answer = ada.check_out(nothing_new=reference(mother))
    assert answer.status_code == 422
    assert db.session.scalar(select(OrderLine.id)) is None
    ada.order()
    at = latest_order(ada.user_id).created_at
    assert [one.health_confirmed_at for one in queries.of_account(ada.user_id)] == [at, at]


def test_an_order_for_a_patient_needs_the_privacy_notice(ada, amoxicillin, mother):
    approve(ada.user_id, amoxicillin, 30, 0)
    put_in(ada, amoxicillin)
    with transaction():
        db.session.execute(delete(NoticeAcknowledgment))  # staff entered the prescription
    assert 'name="notice"' in ada.get("/checkout").text
    assert ada.check_out(nothing_new=reference(mother)).status_code == 422
    assert db.session.scalar(select(OrderLine.id)) is None
    assert ada.check_out(nothing_new=reference(mother), notice="y").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(OrderLine.id)) is not None
    assert notice.acknowledged_at(ada.user_id) is not None


def test_an_unanswered_question_has_to_be_answered_first(ada, amoxicillin, mother):
    approve(ada.user_id, amoxicillin, 30, 0)
    put_in(ada, amoxicillin)
    with transaction():
        service.save_health(ada.user_id, reference(mother), Profile(allergies=()), now())
    page = ada.get("/checkout").text
    assert f'data-incomplete="{reference(mother)}"' in page
    answer = ada.check_out(nothing_new=reference(mother))
    assert answer.status_code == 422
    assert db.session.scalar(select(OrderLine.id)) is None


def test_a_patient_of_a_basket_or_an_open_order_cannot_be_removed(ada, amoxicillin, mother, child):
    def remove(patient_id: int) -> None:
        with transaction():
            service.remove(ada.user_id, reference_of[patient_id], now())

    reference_of = {patient_id: reference(patient_id) for patient_id in (mother, child)}
    approve(ada.user_id, amoxicillin, 30, 0, patient_id=child)
    put_in(ada, amoxicillin, child)
    with pytest.raises(errors.PatientNeeded):
        remove(child)
    ada.order()
    with pytest.raises(errors.PatientNeeded):
        remove(child)
    remove(mother)
    with pytest.raises(NotFound):
        remove(mother)


def test_what_was_for_somebody_who_was_removed_is_not_given_to_another(ada, amoxicillin, mother, child):
    approve(ada.user_id, amoxicillin, 30, 0, patient_id=mother)
    put_in(ada, amoxicillin, child)
    (line,) = lines_of(ada)
    ada.post(f"/basket/lines/{line.id}/remove")
    with transaction():
        service.remove(ada.user_id, reference(child), now())
    ada.post(f"/basket/lines/{line.id}/put-back")
    assert states(ada) == [(None, "choose_patient")]


def test_what_was_ordered_leaves_the_basket_and_the_others_line_stays(
    ada, amoxicillin, mother, child, counter
):
    approve(ada.user_id, amoxicillin, 30, 0, patient_id=mother)
    put_in(ada, amoxicillin, mother)
    _, url = ada.order()
    put_in(ada, amoxicillin, child)
    ada.get(counter.return_path(counter.pay(url)))
    assert [line.patient_id for line in lines_of(ada)] == [child]


def test_the_nightly_check_finds_a_line_on_anothers_prescription(ada, amoxicillin, mother, child):
    approve(ada.user_id, amoxicillin, 30, 0, patient_id=mother)
    put_in(ada, amoxicillin, mother)
    ada.order()
    with transaction() as session:
        session.execute(update(OrderLine).values(patient_id=child))
    assert len(maintenance.patients().problems) == 1
