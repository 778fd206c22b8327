"""What must hold of prescriptions, from the desk to the order, as the pharmacy says it case by case."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import charging, confirm_payment, place_order
from shop.checkout.basket_review import review_basket
from shop.checkout.refusals import BasketBlocked
from shop.checkout.terms import terms_of
from shop.clock import business_date, now, today
from shop.database import db, transaction
from shop.fulfillment import service as fulfillment
from shop.orders.models import Order
from shop.outbox.models import Job
from shop.payments import service as payments
from shop.payments.facts import PaymentFacts, PaymentState
from shop.payments.states import Reason as Move
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.quantities import NotCovered
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.prescriptions.reasons import Reason
from shop.prescriptions.verification import taking_back
from shop.web import settings
from tests.factories import add_child, make_lot, make_variant, patient_of
from tests.integration.checkout.records import status_of, taken
from tests.integration.checkout.store_counter import approve
from tests.integration.interleaving.bought import ADDRESS
from tests.integration.pharmacist.desk_browser import entered, status

NOON = timedelta(hours=12)


@pytest.fixture
def stocked(baclofen) -> int:
    """Baclofen 10 mg, 1,000 on the shelf."""
    make_lot(baclofen)
    return baclofen


def put_in(user_id: int, variant_id: int, units: int, at: datetime, patient_id: int | None = None) -> None:
    with transaction():
        basket.add(BasketOwner(user_id=user_id), variant_id, units, at, patient_id)


def review(user_id: int, day: date):
    db.session.rollback()
    return review_basket(BasketOwner(user_id=user_id), terms_of(settings()), day, ADDRESS)


def says(user_id: int, variant_id: int, units: int, at: datetime | None = None) -> tuple:
    """(state, units now, next units, from when) of a basket line of so many units; the line is left there."""
    put_in(user_id, variant_id, units, at or now())
    line = next(
        one for one in review(user_id, business_date(at or now())).lines if one.variant.id == variant_id
    )
    coverage = line.coverage
    return line.verdict.state.value, coverage.now, coverage.next_units, coverage.next_fill_on


def order(user_id: int, at: datetime | None = None) -> Order:
    """What is in the basket, ordered. Raises what checkout raises."""
    at, terms = at or now(), terms_of(settings())
    found = review(user_id, business_date(at))
    well = [one.id for one in found.ordered_for]
    with transaction():
        made, payment = place_order.create_order(
            user_id, ADDRESS, found.total_cents, terms, at, nothing_new=well
        )
        payments.opened(payment.id, f"cs_{payment.reference}", "https://pay.example/1")
        pay(payment, PaymentState.AUTHORIZED, at)
        return made


def pay(payment, state: PaymentState, at: datetime) -> None:
    session, intent = f"cs_{payment.reference}", f"pi_{payment.reference}"
    facts = PaymentFacts(session, intent, payment.reference, state, payment.amount_cents, "usd")
    confirm_payment.confirm(facts, at)


def ship(made: Order, staff_id: int, at: datetime | None = None) -> None:
    at = at or now()
    with transaction():
        movement = charging.request_capture(made.id, Move.ORDER_SHIPS, at, staff_id)
        charging.captured(movement.payment_id, at)
        fulfillment.ship_order(made.number, "", staff_id, at)


def test_1_ninety_with_three_refills_is_ninety_now_and_when_more(customer, stocked):
    item = approve(customer, stocked, 90, 3)
    opens = today() + timedelta(days=20)
    assert says(customer, stocked, 360) == ("more_than_fill", 90, 90, opens)
    with pytest.raises(BasketBlocked):
        order(customer)
    assert says(customer, stocked, 90) == ("ok", 90, 90, opens)
    order(customer)
    assert taken(item) == 90


def test_2_sixty_were_bought_and_thirty_complete_the_fill(customer, stocked, pharmacist):
    item = approve(customer, stocked, 90, 3)
    put_in(customer, stocked, 60, now())
    ship(order(customer), pharmacist)
    assert says(customer, stocked, 300)[:2] == ("more_than_fill", 30)
    put_in(customer, stocked, 30, now())
    order(customer)
    assert taken(item) == 90
    fills = select(QuantityEntry.fill_id).where(QuantityEntry.item_id == item).distinct()
    assert len(db.session.scalars(fills).all()) == 1


def test_3_one_day_for_ninety_three_times_a_day_needs_a_decision(desk, submit, stocked):
    reference = submit()
    slip = entered(stocked, **{"items-0-days_supply": "1"})
    answer = desk.decide(reference, "approve", **slip)
    assert (answer.status_code, status(reference)) == (422, "waiting")
    assert 'id="check-days-0"' in answer.text
    assert "30" in answer.text.partition('id="check-days-0"')[2].partition("</div>")[0]
    assert desk.decide(reference, "approve", **slip, **{"outcome-days-0": "stated"}).status_code == 303


def test_4_thirty_that_is_sixty_in_words_is_asked_about(desk, submit, stocked):
    reference = submit()
    unclear = entered(stocked, **{"items-0-quantity": "#30 (sixty)"})
    answer = desk.decide(reference, "approve", **unclear)
    assert (answer.status_code, status(reference)) == (422, "waiting")
    assert 'id="check-quantity-0"' in answer.text
    assert desk.decide(reference, "ask", **unclear, reason="quantity_missing").status_code == 303
    assert status(reference) == "asked"


def test_5_sr_is_prescribed_and_xl_is_in_stock(customer, context):
    bupropion = {"form": "extended-release tablet", "ingredients": ("bupropion hydrochloride",)}
    sr = make_variant("Wellbutrin SR", "150 mg", release="SR", brand="Wellbutrin SR", **bupropion)
    xl = make_variant("Wellbutrin XL", "150 mg", release="XL", brand="Wellbutrin XL", **bupropion)
    make_lot(xl)
    item = approve(customer, sr, 60, 3)
    assert says(customer, xl, 60)[0] == "send_prescription"
    with pytest.raises(BasketBlocked):
        order(customer)
    with pytest.raises(NotCovered), transaction():
        quantities.hold_quantity(item, 1, 60, now(), today(), xl)


def test_6_of_a_strength_not_marketed_here_the_prescriber_is_asked(desk, submit, customer, stocked):
    abroad = make_variant(strength="25 mg", markets=("AU", "ZA"))
    make_lot(abroad)
    reference = submit()
    answer = desk.decide(reference, "approve", **entered(abroad))
    assert (answer.status_code, status(reference)) == (422, "waiting")
    assert 'value="prescriber_asked"' in answer.text
    recorded = {"outcome-sale-0": "prescriber_asked"}
    assert desk.decide(reference, "approve", **entered(abroad), **recorded).status_code == 303
    assert says(customer, stocked, 225)[0] == "send_prescription", "never two and a half of 10 mg"
    assert says(customer, abroad, 90)[0] == "not_for_sale"


def test_8_mother_and_child_with_one_medicine_each_take_their_own(customer, context, pharmacist):
    amoxicillin = make_variant("Amoxicillin", "500 mg", form="capsule", quantities=(21, 30))
    make_lot(amoxicillin)
    mother, child = patient_of(customer), add_child(customer)
    hers = approve(customer, amoxicillin, 30, 0, patient_id=mother)
    his = approve(customer, amoxicillin, 21, 0, patient_id=child)
    put_in(customer, amoxicillin, 30, now(), mother)
    put_in(customer, amoxicillin, 30, now(), child)
    assert [line.verdict.state.value for line in review(customer, today()).lines] == ["ok", "more_than_fill"]
    put_in(customer, amoxicillin, 21, now(), child)
    lines = {line.patient_id: line.prescription_item_id for line in order(customer).lines}
    assert lines == {mother: hers, child: his}
    assert (taken(hers), taken(his)) == (30, 21)


def test_9_a_fill_of_the_first_of_march_is_followed_on_the_twenty_first(customer, stocked, pharmacist):
    first = datetime(2027, 3, 1, tzinfo=UTC) + NOON
    item = approve(customer, stocked, 30, 3, days_supply=30)
    with transaction() as session:
        dates = {"issued_on": date(2027, 2, 20), "expires_on": date(2028, 2, 20)}
        session.execute(update(Prescription).values(dates))
    put_in(customer, stocked, 30, first)
    ship(order(customer, first), pharmacist, first)
    before, on_the_day = first + timedelta(days=19), first + timedelta(days=20)
    opens = date(2027, 3, 21)
    assert says(customer, stocked, 30, before) == ("too_early", 0, 30, opens)
    with pytest.raises(BasketBlocked):
        order(customer, before)
    assert says(customer, stocked, 30, on_the_day)[:2] == ("ok", 30)
    order(customer, on_the_day)
    assert taken(item) == 60


def test_10_a_revoked_approval_ends_what_has_not_shipped_and_the_customer_is_told(
    customer,
    stocked,
    pharmacist,
    counter,
):
    item = approve(customer, stocked, 90, 0)
    put_in(customer, stocked, 60, now())
    shipped = order(customer)
    ship(shipped, pharmacist)
    put_in(customer, stocked, 30, now())
    waiting = order(customer)
    reference = db.session.scalars(select(Prescription.reference)).one()
    with transaction():
        taking_back.revoke(reference, pharmacist, Reason.PRESCRIBER_STOPPED, "", now())
    counter.work(minutes=2)
    assert (status_of(shipped.number), status_of(waiting.number)) == ("shipped", "canceled")
    assert taken(item) == 60
    told = told_of()
    assert {"prescription_revoked", "order_canceled"} <= told
    assert says(customer, stocked, 30)[0] != "ok"


def told_of() -> set[str]:
    """The templates of the mails to the customer."""
    db.session.rollback()
    mails = db.session.scalars(select(Job.payload).where(Job.kind == "mail"))
    return {payload["template"] for payload in mails}


@pytest.mark.parametrize(
    ("medicine", "fields", "units"),
    [
        (
            {
                "name": "Polyethylene glycol 3350",
                "strength": "60 mg/mL",
                "form": "oral solution",
                "unit": "mL",
            },
            {"items-0-quantity": "4000", "items-0-days_supply": "1", "items-0-refills": "0"}
            | {"items-0-directions": "drink 240 mL every 10 minutes"},
            4000,
        ),
        (
            {"name": "Latanoprost", "strength": "0.05 mg/mL, 2.5 mL", "form": "eye drops", "unit": "pack"},
            {"items-0-quantity": "1", "items-0-directions": "1 drop in each eye at bedtime"},
            1,
        ),
    ],
)
def test_11_liquids_and_eye_drops_can_be_prescribed_and_ordered(
    desk,
    submit,
    customer,
    context,
    medicine,
    fields,
    units,
):
    variant_id = make_variant(**medicine, quantities=(units,))
    make_lot(variant_id, 8000)
    reference = submit()
    outcomes = {"outcome-days-0": "stated", "outcome-amount-0": "usual", "outcome-daily-0": "usual"}
    assert desk.decide(reference, "approve", **entered(variant_id, **fields), **outcomes).status_code == 303
    item = db.session.scalars(select(PrescriptionItem)).one()
    patient_of(customer)
    assert (item.quantity, status(reference)) == (units, "approved")
    assert says(customer, variant_id, units)[:2] == ("ok", units)
