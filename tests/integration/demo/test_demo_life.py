"""The demonstration's 90 days, written once on each database: everything that must hold, and nobody real."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Address, User
from shop.audit.models import AuditRecord
from shop.audit.proof import prove
from shop.catalogue.models import Ingredient, Pack, Variant, product_ingredient
from shop.clock import business_date, local, now
from shop.database import db
from shop.demo.life.hours import Hours
from shop.demo.life.people import DOMAIN, PRACTICES, SURNAMES
from shop.demo.service import load_demo
from shop.maintenance import checks
from shop.orders.models import Order, OrderEvent, OrderLine, OrderLineLot
from shop.orders.states import OrderStatus
from shop.outbox import watching
from shop.outbox.models import Job
from shop.patients.models import Patient
from shop.payments.gateway import Gateway
from shop.payments.sandbox import create_sandbox
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.prescriber_models import Prescriber
from shop.prescriptions.states import Origin, PrescriptionStatus
from shop.prescriptions.verification import queue
from shop.pricing.models import AcquisitionPrice
from shop.reconciliation import service as reconciliation
from shop.search import log
from shop.stock import figures
from shop.stock.models import Lot, Movement
from shop.web import settings
from tests.in_zones import store_in
from tests.integration.demo.test_demo_load import counts
from tests.integration.payments.payment_desk import KEY, SECRET, serve
from tests.integration.stock.stock_checks import assert_ledgers_agree

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # what `make run` opens


@pytest.fixture
def lived_in(context, request):
    """A demonstration with its past; what it left on the disk is gone afterward."""
    said = []
    with store_in(getattr(request, "param", settings().timezone), context):
        load_demo(with_life=True, say=said.append)
        assert said
        yield context
        db.session.rollback()
    (settings().instance / "sandbox.sqlite3").unlink()
    vault = context.extensions["vault"]
    for file_id in list(vault.file_ids()):
        vault.delete(file_id)


def test_the_demonstrations_past_is_whole(lived_in, subtests):
    """Written once for all that only look at it."""
    for look in (
        both_methods_were_used_and_promised,
        everything_adds_up,
        the_payment_service_agrees,
        there_is_something_of_everything,
        six_prescriptions_wait,
        it_is_ninety_days_long,
        staff_worked_in_their_hours,
        addresses_are_kept,
        nobody_in_it_is_real,
        a_second_start_adds_nothing,
    ):
        with subtests.test(look.__name__):
            look()


@pytest.mark.parametrize("lived_in", ["Pacific/Auckland"], indirect=True)
def test_staff_work_in_their_hours_in_another_zone_too(lived_in):
    staff_worked_in_their_hours()


def both_methods_were_used_and_promised() -> None:
    sent = db.session.execute(
        select(Order.delivery_code, Order.promised_on).where(Order.shipped_at.is_not(None))
    )
    rows = sent.all()
    assert {row.delivery_code for row in rows} == {"standard", "express"}
    assert all(row.promised_on for row in rows)


def everything_adds_up():
    assert_ledgers_agree()
    assert {subject: found.problems for subject, found in checks.run() if found.problems} == {}
    proof = prove(now())
    assert proof.good
    assert (proof.unsealed, proof.records > 1000) == (0, True)
    assert watching.ringing_names(now()) == ["no_worker"]  # none runs here
    db.session.rollback()


def the_payment_service_agrees():
    sandbox = create_sandbox("http://127.0.0.1:9/webhooks", SECRET, settings().instance / "sandbox.sqlite3")
    server = serve(sandbox)
    gateway = Gateway(KEY, SECRET, f"http://127.0.0.1:{server.port}")
    try:
        found = reconciliation.compare(gateway.lists, now() + timedelta(seconds=5))
    finally:
        server.shutdown()
        sandbox.extensions["sandbox"].close()
    assert (found.differences, found.in_flight) == ([], 0)
    assert found.orders == db.session.scalar(select(func.count(Order.id)))


def there_is_something_of_everything():
    assert set(db.session.scalars(select(Order.status))) == set(OrderStatus)
    today = business_date(now())
    supply = figures.supply(today)
    counted = select(Variant.id).where(Variant.price.is_not(None))
    sold = [one for one in db.session.scalars(counted) if one in supply and supply[one].dispensed]
    assert len(sold) > 90
    assert any(one.days is not None and one.days < 14 for one in supply.values())
    recalled = db.session.scalars(select(Lot).where(Lot.status_reason == "recall_class_2")).one()
    assert db.session.scalar(select(func.count()).where(OrderLineLot.lot_id == recalled.id)) > 1
    ends = [lot.expires_on for lot in db.session.scalars(select(Lot).where(Lot.on_hand > 0))]
    assert any(day < today for day in ends)
    assert any(today < day < today + timedelta(days=60) for day in ends)
    baclofen = select(Pack.variant_id).where(Pack.ndc11 == "00527133001").scalar_subquery()
    periods = select(func.count()).where(AcquisitionPrice.variant_id == baclofen)
    assert db.session.scalar(periods) == 34
    assert len(log.zero_result_searches(today, 90)) > 8
    refilled = select(PrescriptionItem.id).where(PrescriptionItem.taken > PrescriptionItem.quantity)
    assert len(db.session.scalars(refilled).all()) > 10
    assert db.session.scalar(select(func.count()).where(Job.kind == "mail", Job.finished_at.is_(None))) == 0


def six_prescriptions_wait():
    assert queue.counts() == {"waiting": 6, "asked": 1, "decided": 38}
    waiting = db.session.scalars(
        select(Prescription).where(Prescription.status == PrescriptionStatus.WAITING)
    ).all()
    assert {one.origin for one in waiting} == {Origin.PHOTO, Origin.FAX, Origin.PHONE, Origin.TRANSFER}
    photos = [one for one in waiting if one.origin is Origin.PHOTO]
    assert len(photos) == 3
    assert all(len(one.documents) == 1 and len(one.documents[0].pages) == 1 for one in photos)
    assert sum(one.reason is not None for one in photos) == 1  # asked and answered
    assert (
        db.session.scalar(
            select(func.count(PrescriptionDocument.id)).where(PrescriptionDocument.state != "ready")
        )
        == 0
    )
    relations = [db.session.get_one(Patient, one.patient_id).relation for one in photos]
    assert sorted(relation.value for relation in relations) == ["child", "self", "self"]


def it_is_ninety_days_long():
    first, last = db.session.execute(select(func.min(Order.created_at), func.max(Order.created_at))).one()
    assert timedelta(days=85) < now() - first < timedelta(days=91)
    assert now() - last < timedelta(hours=1)
    latest = db.session.scalar(select(func.max(Order.shipped_at)))
    assert latest < now()


def staff_worked_in_their_hours():
    hours, staff = Hours(settings().market), select(User.id).where(~User.email.endswith(DOMAIN))
    own = select(User.id).where(User.email == "customer@demo.example").scalar_subquery()
    at: list[datetime] = []
    for model in (AuditRecord, Movement):
        at += db.session.scalars(select(model.at).where(model.actor_id.in_(staff), model.actor_id != own))
    at += db.session.scalars(select(OrderEvent.at).where(OrderEvent.event.in_(("packed", "shipped"))))
    for column in (Order.shipped_at, Prescription.decided_at, Lot.received_at):
        at += db.session.scalars(select(column).where(column.is_not(None)))
    assert len(at) > 1000
    assert [local(one) for one in at if not hours.are_open(one)] == []


def addresses_are_kept():
    ordered = set(db.session.execute(select(Order.user_id, Order.line1)))
    assert {(one.user_id, one.line1) for one in db.session.scalars(select(Address))} == ordered


def nobody_in_it_is_real():
    surnames = {*SURNAMES, "Specimen", "Sample", "Example"}
    for user in db.session.scalars(select(User)):
        assert user.email.endswith((f"@{DOMAIN}", "@demo.example"))
        assert user.name.split()[-1] in surnames
        assert user.is_demo
    assert {one.name.split()[-1] for one in db.session.scalars(select(Patient))} <= surnames
    for order in db.session.scalars(select(Order)):
        assert re.fullmatch(r"\(555\) 555-01\d\d", order.phone)
        assert order.line1.endswith(" Example Street")
    npis = {one.npi for one in db.session.scalars(select(Prescriber))}
    assert npis == {one.npi for one in PRACTICES}
    assert all(npi.startswith("2") for npi in npis)  # none that begins so was ever given out
    controlled = (
        select(OrderLine.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(product_ingredient, product_ingredient.c.product_id == Variant.product_id)
        .join(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(Ingredient.is_controlled)
    )
    assert db.session.scalars(controlled).all() == []


def a_second_start_adds_nothing():
    before = counts()
    assert len(load_demo(with_life=True)) == 1
    assert counts() == before
