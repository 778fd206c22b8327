"""Money is captured when the order ships, or before the hold ends; canceling before gives it back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.checkout.charging import CAPTURE_AFTER
from shop.clock import now
from shop.database import db, transaction
from shop.orders import queries
from shop.outbox.models import Job
from shop.payments.facts import PaymentState
from shop.payments.gateway import Gateway
from shop.payments.models import Payment, PaymentMovement
from tests.integration.checkout.paid_orders import facts_of, mails
from tests.integration.checkout.records import held, latest_order, payments_of, status_of, taken
from tests.integration.checkout.store_counter import Counter, Customer
from tests.integration.payments.payment_desk import KEY, SECRET

pytestmark = pytest.mark.usefixtures("context")
MINUTES_UNTIL_THE_SIXTH_DAY = CAPTURE_AFTER / timedelta(minutes=1) + 1


@pytest.fixture
def admin(make_user, sign_in) -> Customer:
    user_id = make_user("admin")
    return Customer(sign_in(user_id), user_id)


def ship(admin: Customer, number: str):
    return admin.post(f"/admin/orders/{number}/ship", tracking="1Z 0000")


def movements() -> list[tuple[str, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(PaymentMovement).order_by(PaymentMovement.id))
    return [(row.kind, row.reason, row.state) for row in rows]


def at_provider(counter: Counter) -> tuple[PaymentState, int]:
    db.session.rollback()
    intent_id = db.session.scalars(select(Payment.intent_id)).one()
    db.session.rollback()
    facts = counter.gateway.look_up_intent(intent_id)
    return facts.state, facts.amount_cents


def cancel(ada: Customer, number: str):
    return ada.post(f"/orders/{number}/cancel")


def test_shipping_captures_and_only_then_ships(counter: Counter, placed: str, admin: Customer, ada) -> None:
    counter.work(hours=5)
    assert payments_of(placed) == ["authorized"]
    ship(admin, placed)
    assert (status_of(placed), payments_of(placed)) == ("shipped", ["captured"])
    assert movements() == [("capture", "order_ships", "done")]
    assert at_provider(counter)[0] is PaymentState.CAPTURED
    assert [event.event for event in latest_order(ada.user_id).events] == [
        "created",
        "placed",
        "paid",
        "shipped",
    ]
    movement = db.session.scalars(select(PaymentMovement)).one()
    assert (movement.actor_id, movement.idempotency_key.split("-")[0]) == (admin.user_id, "capture")
    counter.work(minutes=MINUTES_UNTIL_THE_SIXTH_DAY)
    assert len(movements()) == 1
    assert mails("order_charged_early") == 0


def test_an_order_that_waits_too_long_is_charged_before_the_hold_ends_and_the_customer_is_told(
    counter: Counter, placed: str, admin: Customer
) -> None:
    counter.work(minutes=MINUTES_UNTIL_THE_SIXTH_DAY)
    assert (status_of(placed), payments_of(placed)) == ("placed", ["captured"])
    assert movements() == [("capture", "hold_ends", "done")]
    assert mails("order_charged_early") == 1
    ship(admin, placed)
    assert (status_of(placed), len(movements())) == ("shipped", 1)


def test_canceling_before_it_ships_voids_the_hold_and_gives_everything_back(
    counter: Counter, placed: str, ada: Customer
) -> None:
    item_id = latest_order(ada.user_id).lines[0].prescription_item_id
    cancel(ada, placed)
    assert (status_of(placed), payments_of(placed)) == ("canceled", ["releasing"])
    assert (held(), taken(item_id)) == ({}, 0)
    counter.work()
    assert payments_of(placed) == ["voided"]
    assert movements() == [("void", "order_canceled", "done")]
    assert at_provider(counter)[0] is PaymentState.CANCELED
    assert (mails("order_canceled"), mails("order_not_charged")) == (1, 0)
    cancel(ada, placed)
    counter.work(hours=1)
    assert (mails("order_canceled"), len(movements())) == (1, 1)


def test_canceling_after_an_early_capture_refunds_all_of_it(
    counter: Counter, placed: str, ada: Customer
) -> None:
    counter.charge(placed)
    cancel(ada, placed)
    counter.work()
    assert (status_of(placed), payments_of(placed)) == ("canceled", ["refunded"])
    assert movements()[-1] == ("refund", "order_canceled", "done")
    payment = db.session.scalars(select(Payment)).one()
    assert payment.refunded_cents == payment.amount_cents
    refund = db.session.scalars(select(PaymentMovement).where(PaymentMovement.kind == "refund")).one()
    assert refund.provider_id is not None
    assert mails("order_canceled") == 1


def test_a_shipped_order_is_not_canceled(counter: Counter, placed: str, admin: Customer, ada) -> None:
    ship(admin, placed)
    ada.post(f"/orders/{placed}/cancel")
    counter.work()
    assert (status_of(placed), payments_of(placed), len(movements())) == ("shipped", ["captured"], 1)


def test_nothing_ships_while_the_payment_service_is_away_and_the_job_finds_out_later(
    counter: Counter, placed: str, admin: Customer, ada: Customer, monkeypatch
) -> None:
    monkeypatch.setitem(counter.app.extensions, "gateway", Gateway(KEY, SECRET, "http://127.0.0.1:9"))
    answer = ship(admin, placed)
    assert answer.status_code == 503
    assert 'value="1Z 0000"' in answer.text  # what was typed is kept
    assert (status_of(placed), payments_of(placed)) == ("placed", ["capturing"])
    cancel(ada, placed)  # the money may be captured in this moment: not now
    assert (status_of(placed), payments_of(placed)) == ("placed", ["capturing"])
    monkeypatch.setitem(counter.app.extensions, "gateway", counter.gateway)
    counter.work(minutes=2)
    assert (status_of(placed), payments_of(placed)) == ("placed", ["captured"])
    ship(admin, placed)
    assert (status_of(placed), len(movements())) == ("shipped", 1)


def test_what_cannot_ship_is_not_charged(counter: Counter, placed: str, admin: Customer, baclofen) -> None:
    from shop.stock.models import Lot

    with transaction() as session:
        session.scalars(select(Lot)).one().status = "quarantined"
    ship(admin, placed)
    assert (status_of(placed), payments_of(placed), movements()) == ("placed", ["authorized"], [])


def test_a_job_that_would_give_back_the_money_of_a_live_order_refuses(
    counter: Counter, placed: str, admin: Customer
) -> None:
    from shop.checkout.jobs import release_payment

    payment = db.session.scalars(select(Payment)).one()
    payload = {"payment_id": payment.id, "intent_id": payment.intent_id}
    db.session.rollback()
    release_payment(payload, now())
    assert (status_of(placed), payments_of(placed)) == ("placed", ["authorized"])
    assert at_provider(counter)[0] is PaymentState.AUTHORIZED
    ship(admin, placed)
    release_payment(payload, now())
    assert at_provider(counter)[0] is PaymentState.CAPTURED
    assert facts_of(counter, placed).amount_cents == queries.by_number(placed).total_cents


def test_a_job_of_the_release_before_captures_on_the_sixth_day_instead(counter: Counter, placed: str) -> None:
    from shop.checkout.jobs import capture_payment

    payment_id = db.session.scalars(select(Payment.id)).one()
    db.session.rollback()
    capture_payment({"payment_id": payment_id}, now())
    assert payments_of(placed) == ["authorized"]
    due = select(func.count(Job.id)).where(Job.kind == "capture_before_hold_ends")
    assert db.session.scalar(due) == 1
