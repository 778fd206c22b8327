"""Orders on a prescription that was revoked or transferred: what has not shipped ends and frees its units."""

import pytest
from sqlalchemy import select

from shop.clock import now
from shop.database import db, transaction
from shop.fulfillment.service import ship_order
from shop.orders import cancellation
from shop.orders import queries as orders
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.reasons import Reason
from shop.prescriptions.verification import taking_back
from tests.integration.checkout.records import held, payments_of, status_of, taken
from tests.integration.checkout.store_counter import Counter, Customer, approve

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def pharmacist(make_user) -> int:
    return make_user("pharmacist")


@pytest.mark.parametrize(
    ("stage", "payment"), [("unpaid", ["expired"]), ("placed", ["voided"]), ("charged", ["refunded"])]
)
def test_an_open_order_ends_and_its_money_units_and_stock_go_back(
    ada: Customer,
    counter: Counter,
    baclofen: int,
    pharmacist: int,
    stage: str,
    payment: list[str],
) -> None:
    item = approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    if stage != "unpaid":
        ada.get(counter.return_path(counter.pay(url)))
    if stage == "charged":
        counter.charge(number)
    revoke(item, pharmacist)
    counter.work()
    assert status_of(number) != "canceled", "for a minute it can be undone"
    counter.work(minutes=2)
    counter.work(minutes=3)
    assert (status_of(number), held(), taken(item)) == ("canceled", {}, 0)
    assert payments_of(number) == payment
    kept = cancellation.of_order(orders.id_of(number) or 0)
    assert kept is not None
    assert (kept.reason, kept.actor_id) == ("must_not_ship", pharmacist)


def test_what_has_shipped_stays_and_the_rest_ends(
    ada: Customer,
    counter: Counter,
    baclofen: int,
    pharmacist: int,
) -> None:
    item = approve(ada.user_id, baclofen, quantity=90, refills=0)
    shipped, open_one = placed(ada, counter, baclofen, 60), placed(ada, counter, baclofen, 30)
    counter.charge(shipped)
    with transaction():
        ship_order(shipped, "", pharmacist, now())
    revoke(item, pharmacist)
    counter.work(minutes=2)
    assert (status_of(shipped), status_of(open_one), taken(item)) == ("shipped", "canceled", 60)


def test_a_transfer_ends_what_is_open_as_revoking_does(
    ada: Customer, counter: Counter, baclofen: int, pharmacist: int
) -> None:
    item = approve(ada.user_id, baclofen)
    number = placed(ada, counter, baclofen, 60)
    with transaction():
        taking_back.transfer(reference_of(item), pharmacist, "Specimen Pharmacy, (555) 555-0123", now())
    counter.work(minutes=2)
    assert (status_of(number), held(), taken(item)) == ("canceled", {}, 0)
    assert payments_of(number) == ["voided"]


def placed(customer: Customer, counter: Counter, variant_id: int, units: int) -> str:
    customer.put_in_basket(variant_id, units)
    number, url = customer.order()
    customer.get(counter.return_path(counter.pay(url)))
    return number


def reference_of(item_id: int) -> str:
    of_item = select(Prescription.reference).join(PrescriptionItem).where(PrescriptionItem.id == item_id)
    return db.session.scalars(of_item).one()


def revoke(item_id: int, pharmacist: int) -> None:
    with transaction():
        taking_back.revoke(reference_of(item_id), pharmacist, Reason.PRESCRIBER_STOPPED, "", now())
