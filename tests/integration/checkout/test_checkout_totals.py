"""The total: shown before it is charged, refused when it is not the one shown, exact to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from shop.catalogue.models import Variant
from shop.checkout.refusals import TotalNotChargeable
from shop.database import db, transaction
from shop.orders.models import Order
from shop.payments.models import Payment
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import held, latest_order
from tests.integration.checkout.refused_orders import by_hand, nothing_happened
from tests.integration.checkout.store_counter import ADDRESS, Customer, hidden_fields

pytestmark = pytest.mark.usefixtures("context", "counter")


def test_a_changed_price_is_shown_before_anything_is_ordered(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    page = ada.get("/checkout").text
    assert 'data-total="885"' in page
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == naproxen).values(price=Decimal("0.10")))
    answer = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page))
    assert answer.status_code == 409
    assert 'data-refused="total_changed"' in answer.text
    assert 'data-total="990"' in answer.text
    assert nothing_happened()
    assert ada.client.post("/checkout", data=ADDRESS | hidden_fields(answer.text)).status_code == 303
    assert latest_order(ada.user_id).total_cents == 990


@pytest.mark.parametrize("forged", ["0", "1", "-1", "", "885.00", "abc", "99999999999999999999"])
def test_a_forged_total_is_refused(ada: Customer, naproxen: int, forged: str) -> None:
    ada.put_in_basket(naproxen, 50)
    assert by_hand(ada, total_cents=forged).status_code == 409
    assert nothing_happened()


def test_an_order_keeps_the_price_it_was_made_at(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    number, _url = ada.order()
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == naproxen).values(price=Decimal("0.10")))
    assert latest_order(ada.user_id).total_cents == 885
    assert "50 × $0.079" in ada.get(f"/orders/{number}").text


@pytest.mark.parametrize(("price", "quantity"), [("0.00001", 30), ("0.01", 30), ("1000", 1000)])
def test_a_total_no_card_can_be_charged_with_is_refused_before_anything_is_kept(
    ada: Customer, app, monkeypatch, price: str, quantity: int
) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], delivery_cents=0))
    variant_id = make_variant("Zinc", "15 mg", price, rx=False, quantities=(quantity,))
    make_lot(variant_id)
    ada.put_in_basket(variant_id, quantity)
    answer = ada.check_out()
    assert answer.status_code == 409
    assert TotalNotChargeable().message in answer.text
    assert held() == {}
    assert db.session.scalar(select(func.count(Order.id))) == 0


@pytest.mark.parametrize(
    ("price", "cents"), [("0.00001", 1), ("0.00049", 49), ("0.12345", 12345), ("0.99999", 99999)]
)
def test_a_thousand_units_at_a_price_of_five_decimals_are_charged_to_the_cent(
    ada: Customer, price: str, cents: int
) -> None:
    variant_id = make_variant("Zinc", "15 mg", price, rx=False, quantities=(1000,))
    make_lot(variant_id)
    ada.put_in_basket(variant_id, 1000)
    ada.order()
    order = latest_order(ada.user_id)
    assert order.total_cents == (order.subtotal_cents + 490) == cents + 490
    db.session.rollback()
    assert db.session.scalars(select(Payment.amount_cents).where(Payment.order_id == order.id)).all() == [
        order.total_cents
    ]
