"""What checkout refuses because it is spoken for: the pills of a prescription, and the stock."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.basket.owner import BasketOwner
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.checkout.verdicts import State
from shop.clock import now, today
from shop.database import db, transaction
from shop.stock.models import Lot
from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import held, status_of, taken
from tests.integration.checkout.refused_orders import by_hand, nothing_happened
from tests.integration.checkout.store_counter import Counter, Customer, approve

pytestmark = pytest.mark.usefixtures("context", "counter")


def line_states(customer: Customer) -> list[State]:
    db.session.rollback()
    review = review_basket(BasketOwner(user_id=customer.user_id), terms_of(settings()), now().date())
    return [line.verdict.state for line in review.lines]


def test_more_than_the_prescription_has_left_is_refused_in_figures(ada: Customer, baclofen: int) -> None:
    item = approve(ada.user_id, baclofen, quantity=60, refills=0)
    ada.put_in_basket(baclofen, 90)
    answer = by_hand(ada, total_cents=str(4590 + 490))
    assert answer.status_code == 409
    assert 'data-state="more_than_fill"' in answer.text
    assert 'data-fits="60"' in answer.text
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
    assert 'class="in"' in page
    assert first in page
    second, url = ada.order()
    assert (status_of(first), status_of(second)) == ("canceled", "awaiting_payment")
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
    make_lot(variant_id, expires_on=today() + timedelta(days=7 + 29))
    ada.put_in_basket(variant_id, 60)
    assert line_states(ada) == [State.OUT_OF_STOCK]
    make_lot(variant_id, expires_on=today() + timedelta(days=7 + 31))
    assert line_states(ada) == [State.OK]


def test_a_refused_line_leaves_nothing_of_the_others_held(
    ada: Customer, naproxen: int, baclofen: int
) -> None:
    """The hold of the first line is undone when the second finds the shelf empty in the last moment."""
    from shop.addresses import PostalAddress
    from shop.checkout import place_order
    from shop.stock.holds import OutOfStock

    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    ada.put_in_basket(naproxen, 50)
    review = review_basket(BasketOwner(user_id=ada.user_id), terms_of(settings()), now().date())
    address = PostalAddress("Ada", "1 Road", "", "Springfield", "NY", "10001", "US")

    def order() -> None:
        with transaction() as session:
            made, _ = place_order.create_order(
                ada.user_id,
                address,
                review.total_cents,
                terms_of(settings()),
                now(),
                nothing_new=[one.id for one in review.ordered_for],
            )
            session.execute(update(Lot).values(status="quarantined"))
            from shop.stock import holds

            holds.hold(made.lines[0].id, naproxen, 1, now().date(), now())

    with pytest.raises(OutOfStock):
        order()
    assert nothing_happened()
