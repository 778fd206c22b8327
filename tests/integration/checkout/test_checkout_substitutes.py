"""Buying another product than the one prescribed: from the pages that say so to the shipment."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.basket.owner import BasketOwner
from shop.catalogue.models import Product, Variant
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.clock import now, today
from shop.database import db, transaction
from shop.fulfillment.blocking import blocks_of
from shop.orders.models import Order
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.stock.models import Lot
from shop.web import settings
from tests.factories import add_child, make_lot, make_variant
from tests.integration.checkout.records import latest_order, taken
from tests.integration.checkout.store_counter import Customer, approve

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def brand(baclofen: int) -> int:
    variant_id = make_variant(
        "Specimal", ingredients=("baclofen",), brand="Specimal", quantities=(30, 60, 90)
    )
    make_lot(variant_id)
    return variant_id


def states(ada: Customer) -> list[tuple[str, str]]:
    """(state, the medicine prescribed where the line stands in for it) of the basket's lines."""
    db.session.rollback()
    review = review_basket(BasketOwner(user_id=ada.user_id), terms_of(settings()), today())
    return [
        (one.verdict.state.value, one.coverage.prescribed if one.coverage else "") for one in review.lines
    ]


def change(kind, **values: object) -> None:
    with transaction() as session:
        session.execute(update(kind).values(**values))


def marks(html: str) -> list[str]:
    """What the page of a medicine says of prescriptions, by code."""
    return re.findall(r'data-coverage="(\w+)"', html)


def test_a_brand_fills_the_prescription_for_its_generic_and_every_page_says_so(ada, baclofen, brand):
    item = approve(ada.user_id, baclofen, 60, 1)
    page = ada.get("/medicines/specimal-tablets/10-mg").text
    assert marks(page) == ["approved"]
    assert 'data-prescribed="Baclofen tablet 10 mg"' in page
    assert "data-prescribed" not in ada.get("/medicines/baclofen-tablets/10-mg").text
    assert (
        "/medicines/specimal-tablets" in re.search(r"data-also>(.*?)</p>", ada.get("/prescriptions").text)[1]
    )
    ada.put_in_basket(brand, 60)
    assert states(ada) == [("ok", "Baclofen tablet 10 mg")]
    assert "data-prescribed" in ada.get("/basket").text
    ada.order()
    line = latest_order(ada.user_id).lines[0]
    assert (line.variant_id, line.prescription_item_id, taken(item)) == (brand, item, 60)
    assert marks(ada.get("/medicines/baclofen-tablets/10-mg").text) == ["too_early"]


def test_as_written_another_brand_needs_a_prescription_of_its_own(ada, baclofen, brand):
    approve(ada.user_id, brand, 60, 1)
    change(PrescriptionItem, dispense_as_written=True)
    ada.put_in_basket(baclofen, 60)
    assert states(ada) == [("send_prescription", "")]
    assert marks(ada.get("/medicines/baclofen-tablets/10-mg").text) == []
    assert "data-also" not in ada.get("/prescriptions").text


def test_two_products_in_one_basket_get_no_more_than_the_fill(ada, baclofen, brand):
    item = approve(ada.user_id, baclofen, 90, 1)
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(brand, 60)
    assert [state for state, _ in states(ada)] == ["ok", "more_than_fill"]
    assert ada.get("/checkout").status_code != 200
    assert re.findall(r'data-fits="(\d+)"', ada.get("/basket").text) == ["30"]
    change_quantity(ada, brand, 30)
    assert [state for state, _ in states(ada)] == ["ok", "ok"]
    ada.order()
    assert taken(item) == 90
    entries = db.session.scalars(select(QuantityEntry.quantity).order_by(QuantityEntry.quantity)).all()
    assert entries == [30, 60]


def change_quantity(ada: Customer, variant_id: int, quantity: int) -> None:
    html = ada.get("/basket").text
    line = re.search(
        rf'action="/basket/lines/(\d+)"(?:(?!action=).)*name="variant" value="{variant_id}"', html, re.S
    )
    ada.post(f"/basket/lines/{line[1]}", variant=variant_id, quantity=quantity)


def test_where_the_one_prescribed_is_not_sold_one_click_takes_what_is(ada, baclofen, brand):
    approve(ada.user_id, baclofen, 60, 1)
    with transaction() as session:
        product = session.get_one(Variant, baclofen).product_id
        session.execute(update(Product).where(Product.id == product).values(listed_at=None))
    form = re.search(r'class="again">(.*?)</form>', ada.get("/prescriptions").text, re.S)[1]
    assert f'name="variant" value="{brand}"' in form
    assert 'name="quantity" value="60"' in form


def test_before_the_day_to_fill_from_the_pages_say_the_day(ada, baclofen):
    approve(ada.user_id, baclofen, 60, 1)
    change(Prescription, fill_from=today() + timedelta(days=3))
    assert marks(ada.get("/medicines/baclofen-tablets/10-mg").text) == ["not_yet"]
    assert 'data-fill="not_yet"' in ada.get("/prescriptions").text
    ada.put_in_basket(baclofen, 60)
    assert states(ada) == [("too_early", "")]


def test_each_patient_is_told_apart_on_a_medicines_page_and_a_visitor_is_told_nothing(ada, visitor, baclofen):
    approve(ada.user_id, baclofen, 60, 1)
    approve(ada.user_id, baclofen, 60, 1, patient_id=add_child(ada.user_id))
    page = ada.get("/medicines/baclofen-tablets/10-mg")
    assert marks(page.text) == ["approved", "approved"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "Ben Specimen" in page.text
    assert marks(visitor.get("/medicines/baclofen-tablets/10-mg").text) == []


def test_an_order_of_what_is_no_longer_covered_is_blocked_before_it_ships(ada, baclofen, brand):
    approve(ada.user_id, baclofen, 60, 1)
    ada.put_in_basket(brand, 60)
    ada.order()
    assert blocks() == []
    with transaction() as session:
        product = session.get_one(Variant, brand).product_id
        session.execute(update(Product).where(Product.id == product).values(form="capsule"))
    assert blocks() == ["not_covered"]


def blocks() -> list[str]:
    db.session.rollback()
    order = db.session.scalars(select(Order)).one()
    return [block.code for block in blocks_of([order], today(), "US")[order.id]]


def test_what_is_left_of_a_fill_and_makes_no_pack_of_this_keeps_no_refill_waiting(
    ada, counter, baclofen, brand
):
    """Two packs of 28 on a fill of 60: nobody can have the 4 that are left as this product."""
    item = approve(ada.user_id, baclofen, 60, 2)
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == brand).values(sold_as="closed", quantities=[28]))
        session.execute(update(Lot).where(Lot.variant_id == brand).values(pack_size=28))
    ada.put_in_basket(brand, 56)
    ada.get(counter.return_path(counter.pay(ada.order()[1])))
    ada.put_in_basket(brand, 28)
    assert [state for state, _ in states(ada)] == ["too_early"]
    with transaction() as session:
        earlier = now() - timedelta(days=40)
        for entry in session.scalars(select(QuantityEntry)).all():
            sent = QuantityEntry(
                item_id=item,
                fill_id=entry.fill_id,
                order_line_id=entry.order_line_id,
                kind="dispensed",
                quantity=entry.quantity,
                at=earlier,
            )
            session.add(sent)
    assert [state for state, _ in states(ada)] == ["ok"]
    ada.order()
    assert taken(item) == 56 + 28
