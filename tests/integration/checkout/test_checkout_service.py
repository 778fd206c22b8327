"""Placing an order without the form: whatever the page refuses, `create_order` refuses by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.addresses import PostalAddress
from shop.basket.models import BasketLine
from shop.basket.owner import BasketOwner
from shop.checkout.basket_review import review_basket
from shop.checkout.place_order import create_order
from shop.checkout.terms import terms_of
from shop.clock import now, today
from shop.database import db, transaction
from shop.errors import DomainError
from shop.prescriptions.models import Prescription
from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.integration.checkout.refused_orders import nothing_happened
from tests.integration.checkout.store_counter import Customer, approve

pytestmark = pytest.mark.usefixtures("context", "counter")
HERE = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "NY", "10001", "US")


def order(customer: Customer, to: PostalAddress = HERE, age: int | None = None) -> None:
    """Agree to whatever the total is, as somebody would who calls the service by hand."""
    db.session.rollback()
    terms = terms_of(settings())
    total = review_basket(BasketOwner(user_id=customer.user_id), terms, today(), to).total_cents
    with transaction():
        create_order(customer.user_id, to, total, terms, now(), age)


def code_of(customer: Customer, to: PostalAddress = HERE, age: int | None = None) -> str:
    with pytest.raises(DomainError) as refused:
        order(customer, to, age)
    assert nothing_happened()
    return refused.value.code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"postal_code": "94103"}, "not_deliverable"),
        ({"region": "TX"}, "not_deliverable"),
        ({"postal_code": ""}, "not_deliverable"),
        ({"postal_code": "100"}, "not_deliverable"),
        ({"postal_code": "10001 or so"}, "not_deliverable"),
        ({"postal_code": "١٠٠٠١"}, "not_deliverable"),
        ({"recipient": " "}, "not_deliverable"),
        ({"line1": ""}, "not_deliverable"),
        ({"city": ""}, "not_deliverable"),
        ({"line2": "x" * 121}, "not_deliverable"),
        ({"country": "CA"}, "not_deliverable"),
        ({"country": ""}, "not_deliverable"),
        ({"region": "AK", "postal_code": "99501"}, "state_not_served"),
        ({"region": "", "postal_code": "10001"}, "state_not_served"),
        ({"region": "ZZ", "postal_code": "10001"}, "state_not_served"),
    ],
)
def test_an_address_that_the_form_would_refuse(
    ada: Customer, naproxen: int, change: dict[str, str], code: str
) -> None:
    ada.put_in_basket(naproxen, 50)
    assert code_of(ada, replace(HERE, **change)) == code
    order(ada, replace(HERE, region="new york", postal_code="10001-0001"))


@pytest.mark.parametrize("age", [None, -99, 0, 17])
def test_an_age_that_nobody_declared(ada: Customer, age: int | None) -> None:
    syrup = make_variant("Dextromethorphan", "15 mg", rx=False, quantities=(20,))
    make_lot(syrup)
    ada.put_in_basket(syrup, 20)
    assert code_of(ada, age=age) == "age_not_declared"
    order(ada, age=18)


@pytest.mark.parametrize("quantity", [1, 49, 51, 75, 10**6])
def test_a_quantity_that_no_page_offers(ada: Customer, naproxen: int, quantity: int) -> None:
    ada.put_in_basket(naproxen, 50)
    with transaction() as session:
        session.execute(update(BasketLine).values(quantity=quantity))
    assert code_of(ada) == "basket_blocked"


def test_a_prescription_that_has_expired(ada: Customer, baclofen: int) -> None:
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    with transaction() as session:
        session.execute(update(Prescription).values(expires_on=today() - timedelta(days=1)))
    assert code_of(ada) == "basket_blocked"


def test_more_than_is_sold_over_the_counter(ada: Customer) -> None:
    tablets = make_variant("Loperamide", "2 mg", rx=False, quantities=(24,))
    make_lot(tablets)
    ada.put_in_basket(tablets, 24)
    with transaction() as session:
        session.execute(update(BasketLine).values(quantity=48))
    assert code_of(ada, age=99) == "basket_blocked"
