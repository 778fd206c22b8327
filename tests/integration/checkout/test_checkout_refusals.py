"""What checkout refuses, on the page and on the server, and that a refusal changes nothing."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from shop.basket.owner import BasketOwner
from shop.catalogue.models import Product, Variant
from shop.checkout.queries import review_basket
from shop.checkout.rules import State
from shop.checkout.terms import terms_of
from shop.database import db, now, transaction
from shop.orders.models import Order
from shop.outbox.models import Job
from shop.payments.models import Payment
from shop.prescriptions.models import Prescription
from shop.stock.models import Lot
from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.integration.checkout.store_counter import (
    ADDRESS,
    Counter,
    Customer,
    approve,
    held,
    hidden_fields,
    latest_order,
    status_of,
    taken,
)

pytestmark = pytest.mark.usefixtures("context", "counter")


@pytest.fixture
def ada(new_customer) -> Customer:
    return new_customer()


@pytest.fixture
def baclofen(context) -> int:
    variant_id = make_variant()
    make_lot(variant_id)
    return variant_id


@pytest.fixture
def naproxen(context) -> int:
    variant_id = make_variant("Naproxen", "220 mg", "0.079", rx=False, quantities=(50, 100))
    make_lot(variant_id)
    return variant_id


def by_hand(customer: Customer, **changes: str):
    """A POST no page offered, with a token that is good."""
    fields = ADDRESS | {"csrf_token": customer.token("/basket"), "total_cents": "0"}
    return customer.client.post("/checkout", data=fields | changes)


def nothing_happened() -> bool:
    db.session.rollback()
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Order, Payment)]
    jobs = db.session.scalar(select(func.count(Job.id)).where(Job.kind != "forget_old_basket"))
    return [*counts, jobs] == [0, 0, 0] and held() == {}


def line_states(customer: Customer) -> list[State]:
    db.session.rollback()
    review = review_basket(BasketOwner(user_id=customer.user_id), terms_of(settings()), now().date())
    return [line.verdict.state for line in review.lines]


def test_a_hand_made_order_without_a_prescription_is_refused_and_nothing_changes(
    ada: Customer, baclofen: int, naproxen: int
) -> None:
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(naproxen, 50)
    answer = by_hand(ada, total_cents=str(3060 + 395 + 490))
    assert answer.status_code == 409
    assert "Baclofen tablet 10 mg: It is sold only on a prescription" in answer.text
    assert "Send us the prescription." in answer.text
    assert nothing_happened()


def test_the_checkout_page_sends_back_to_the_basket_which_says_what_to_do(
    ada: Customer, baclofen: int
) -> None:
    ada.put_in_basket(baclofen, 60)
    assert ada.get("/checkout").headers["Location"] == "/basket"
    page = ada.get("/basket").text
    assert "Send us the prescription</h3>" in page
    assert 'action="/basket/prescription"' in page
    assert 'href="/checkout"' not in page


def test_an_empty_basket_cannot_be_ordered(ada: Customer) -> None:
    assert by_hand(ada).status_code in (400, 409)
    assert ada.get("/checkout").headers["Location"] == "/basket"
    assert nothing_happened()


def test_a_visitor_signs_in_first_and_comes_back(visitor: Customer, naproxen: int) -> None:
    visitor.put_in_basket(naproxen, 50)
    assert visitor.get("/checkout").headers["Location"] == "/sign-in?next=/checkout"
    assert by_hand(visitor).headers["Location"] == "/sign-in?next=/basket"
    assert nothing_happened()


@pytest.mark.parametrize("role", ["pharmacist", "admin"])
def test_staff_cannot_shop(role: str, make_user, sign_in, naproxen: int) -> None:
    staff = Customer(sign_in(make_user(role)))
    for answer in (staff.put_in_basket(naproxen, 50), staff.get("/basket"), staff.get("/checkout")):
        assert answer.status_code == 403
    assert nothing_happened()


def test_more_than_the_prescription_has_left_is_refused_in_figures(ada: Customer, baclofen: int) -> None:
    item = approve(ada.user_id, baclofen, quantity=60, refills=0)
    ada.put_in_basket(baclofen, 90)
    answer = by_hand(ada, total_cents=str(4590 + 490))
    assert answer.status_code == 409
    assert "has 60 left" in answer.text
    assert taken(item) == 0
    assert nothing_happened()


def test_a_second_order_cannot_spend_the_same_pills(ada: Customer, baclofen: int, counter: Counter) -> None:
    item = approve(ada.user_id, baclofen, quantity=60, refills=0)
    ada.put_in_basket(baclofen, 60)
    _number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    ada.put_in_basket(baclofen, 60)
    assert by_hand(ada, total_cents=str(3060 + 490)).status_code == 409
    assert taken(item) == 60
    assert held() == {baclofen: 60}


def test_a_shopper_is_not_blocked_by_their_own_hold(ada: Customer, counter: Counter) -> None:
    last_pack = make_variant()
    make_lot(last_pack, quantity=60)
    item = approve(ada.user_id, last_pack, quantity=60, refills=0)
    ada.put_in_basket(last_pack, 60)
    first, _url = ada.order()
    page = ada.get("/basket").text
    assert "In stock" in page
    assert first in page
    second, url = ada.order()
    assert (status_of(first), status_of(second)) == ("cancelled", "awaiting_payment")
    assert (held(), taken(item)) == ({last_pack: 60}, 60)
    ada.get(counter.return_path(counter.pay(url)))
    assert status_of(second) == "placed"


def test_somebody_elses_hold_does_block(ada: Customer, new_customer) -> None:
    last_pack = make_variant("Naproxen", "220 mg", "0.079", rx=False)
    make_lot(last_pack, quantity=60)
    ada.put_in_basket(last_pack, 60)
    ada.order()
    bob = new_customer()
    bob.put_in_basket(last_pack, 60)
    assert line_states(bob) == [State.OUT_OF_STOCK]
    assert by_hand(bob, total_cents="0").status_code == 409


def test_stock_that_does_not_outlast_delivery_and_supply_is_not_sold(ada: Customer) -> None:
    variant_id = make_variant()
    approve(ada.user_id, variant_id, quantity=60, refills=0, days_supply=30)
    make_lot(variant_id, expires_on=date.today() + timedelta(days=7 + 29))  # noqa: DTZ011
    ada.put_in_basket(variant_id, 60)
    assert line_states(ada) == [State.OUT_OF_STOCK]
    make_lot(variant_id, expires_on=date.today() + timedelta(days=7 + 31))  # noqa: DTZ011
    assert line_states(ada) == [State.OK]


def test_a_changed_price_is_shown_before_anything_is_ordered(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    page = ada.get("/checkout").text
    assert "Pay $8.85" in page
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == naproxen).values(price=Decimal("0.10")))
    answer = ada.client.post("/checkout", data=ADDRESS | hidden_fields(page))
    assert answer.status_code == 409
    assert "The total has changed" in answer.text
    assert "Pay $9.90" in answer.text
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


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"markets": ["ZA"]}, "not registered in the country"),
        ({"price": None}, "has no price"),
    ],
)
def test_what_is_no_longer_sold_is_refused_with_its_reason(
    ada: Customer, naproxen: int, change: dict, words: str
) -> None:
    ada.put_in_basket(naproxen, 50)
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == naproxen).values(**change))
    answer = by_hand(ada, total_cents="885")
    assert answer.status_code == 409
    assert words in answer.text
    assert nothing_happened()


def test_what_may_not_be_posted_is_refused_with_its_reason(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    with transaction() as session:
        session.execute(update(Product).values(not_by_mail="it must stay cold"))
    assert "It may not be posted: it must stay cold." in by_hand(ada, total_cents="885").text
    assert nothing_happened()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("waiting", "A pharmacist is reading your prescription."),
        ("asked", "Answer the pharmacist’s question."),
        ("refused", "Send another prescription."),
    ],
)
def test_an_undecided_or_refused_prescription_is_said_so(
    ada: Customer, baclofen: int, status: str, words: str
) -> None:
    decided = {"decided_at": now(), "decided_by": ada.user_id} if status == "refused" else {}
    with transaction() as session:
        session.add(
            Prescription(
                reference="p" * 20, user_id=ada.user_id, status=status, submitted_at=now(), **decided
            )
        )
    ada.put_in_basket(baclofen, 60)
    answer = by_hand(ada, total_cents=str(3060 + 490))
    assert answer.status_code == 409
    assert words in answer.text
    assert nothing_happened()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("recipient", "", "Write whom the parcel is for."),
        ("line1", "   ", "Write the street and the number."),
        ("city", "", "Write the city."),
        ("region", "", "Write the state."),
        ("postal_code", "", "Write the ZIP code."),
        ("postal_code", "ABCDE", "A ZIP code has five digits"),
        ("postal_code", "0000", "A ZIP code has five digits"),
        ("phone", "call me", "Write the number with digits"),
        ("line1", "x" * 121, "At most 120 characters"),
        ("address", "4711", "Choose one of your addresses"),
    ],
)
def test_a_bad_address_keeps_what_was_typed_and_orders_nothing(
    ada: Customer, naproxen: int, field: str, value: str, words: str
) -> None:
    with transaction():
        from shop.accounts.service import keep_address

        keep_address(
            ada.user_id, recipient="Ada", line1="1 Old Road", city="Springfield", region="ZZ",
            postal_code="00000", country="US", at=now(),
        )  # fmt: skip
    ada.put_in_basket(naproxen, 50)
    answer = ada.check_out(**{field: value})
    assert answer.status_code == 422
    assert words in answer.text
    kept = "Springfield" if field == "line1" else "12 Example Street"
    assert f'value="{kept}"' in answer.text
    assert nothing_happened()


def test_a_kept_address_is_offered_and_used(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    ada.order()
    page = ada.get("/checkout").text
    kept = re.search(r'name="address" value="(\d+)" checked', page)
    assert kept
    fields = hidden_fields(page) | {"address": kept[1]}
    assert ada.client.post("/checkout", data=fields).status_code == 303
    assert latest_order(ada.user_id).recipient == "Ada Specimen"


def test_another_customers_address_cannot_be_chosen(ada: Customer, naproxen: int, new_customer) -> None:
    bob = new_customer()
    for one in (ada, bob):
        one.put_in_basket(naproxen, 50)
        one.order()
    from shop.accounts.queries import addresses_of

    foreign = addresses_of(ada.user_id)[0].id
    assert bob.check_out(address=str(foreign)).status_code == 422


def test_a_form_without_its_token_is_refused(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    answer = ada.client.post("/checkout", data=ADDRESS | {"total_cents": "885"})
    assert answer.status_code == 400
    assert nothing_happened()


def test_a_refused_line_leaves_nothing_of_the_others_held(
    ada: Customer, naproxen: int, baclofen: int
) -> None:
    """The hold of the first line is undone when the second finds the shelf empty in the last moment."""
    from shop.checkout import service
    from shop.orders.service import DeliveryAddress
    from shop.stock.service import OutOfStock

    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(naproxen, 50)
    review = review_basket(BasketOwner(user_id=ada.user_id), terms_of(settings()), now().date())
    address = DeliveryAddress("Ada", "1 Road", "", "Springfield", "ZZ", "00000", "US")

    def order() -> None:
        with transaction() as session:
            made, _ = service.create_order(
                ada.user_id, address, review.total_cents, terms_of(settings()), now()
            )
            session.execute(update(Lot).values(status="quarantined"))
            from shop.stock import service as stock

            stock.hold(made.lines[0].id, naproxen, 1, now().date(), now())

    with pytest.raises(OutOfStock):
        order()
    assert nothing_happened()


@pytest.mark.parametrize(("price", "quantity"), [("0.00001", 30), ("0.01", 30), ("1000", 1000)])
def test_a_total_no_card_can_be_charged_with_is_refused_before_anything_is_kept(
    ada: Customer, app, monkeypatch, price: str, quantity: int
) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], delivery_cents=0))
    variant_id = make_variant("Zinc", "15 mg", price, rx=False, quantities=(10,))
    make_lot(variant_id)
    ada.put_in_basket(variant_id, quantity)
    answer = ada.check_out()
    assert answer.status_code == 409
    assert "A card payment cannot be made" in answer.text
    assert held() == {}
    assert db.session.scalar(select(func.count(Order.id))) == 0


@pytest.mark.parametrize(
    ("price", "cents"), [("0.00001", 1), ("0.00049", 49), ("0.12345", 12345), ("0.99999", 99999)]
)
def test_a_thousand_units_at_a_price_of_five_decimals_are_charged_to_the_cent(
    ada: Customer, price: str, cents: int
) -> None:
    variant_id = make_variant("Zinc", "15 mg", price, rx=False, quantities=(10,))
    make_lot(variant_id)
    ada.put_in_basket(variant_id, 1000)
    ada.order()
    order = latest_order(ada.user_id)
    assert order.total_cents == (order.subtotal_cents + 490) == cents + 490
    db.session.rollback()
    assert db.session.scalars(select(Payment.amount_cents).where(Payment.order_id == order.id)).all() == [
        order.total_cents
    ]
