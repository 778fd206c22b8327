"""Selling in packs, from the basket to the lots of the order; on both databases."""

import re

import pytest
from sqlalchemy import select

from shop.basket.models import BasketLine
from shop.catalogue.models import Variant
from shop.database import db, transaction
from shop.stock.models import Hold, Lot
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import held
from tests.integration.checkout.refused_orders import by_hand
from tests.integration.checkout.store_counter import Customer, approve


@pytest.fixture
def loratadine(context) -> int:
    """Over the counter, in closed cartons of 24 and bottles of 100; lots of both, and one without a pack."""
    variant = make_variant("Loratadine", price="0.20", rx=False, quantities=(24, 100), sold_as="closed")
    make_lot(variant, 240, pack_size=24)
    make_lot(variant, 100, pack_size=100)
    make_lot(variant, 1000)
    return variant


@pytest.fixture
def baclofen(context) -> int:
    """On prescription, counted out of bottles."""
    variant = make_variant()
    make_lot(variant, 1000, pack_size=100)
    return variant


@pytest.fixture
def norethindrone(context) -> int:
    """On prescription, in closed courses of 28 tablets."""
    variant = make_variant("Norethindrone", "0.35 mg", quantities=(28, 84), sold_as="closed")
    make_lot(variant, 280, pack_size=28)
    return variant


@pytest.mark.parametrize(
    ("quantity", "status"), [(24, 303), (48, 303), (100, 303), (12, 422), (30, 422), (124, 422)]
)
def test_over_the_counter_only_whole_packs_of_one_size_go_into_the_basket(
    visitor: Customer, loratadine: int, quantity: int, status: int
) -> None:
    assert visitor.ask_for(loratadine, quantity).status_code == status


def test_an_order_holds_whole_cartons(counter, ada: Customer, loratadine: int) -> None:
    ada.put_in_basket(loratadine, 48)
    ada.order()

    db.session.rollback()
    [(size, quantity)] = db.session.execute(select(Lot.pack_size, Hold.quantity).join(Lot)).all()
    assert (size, quantity) == (24, 48)


def test_what_was_put_in_before_it_was_sold_closed_is_not_ordered(
    counter, ada: Customer, loratadine: int
) -> None:
    ada.put_in_basket(loratadine, 24)
    with transaction():
        db.session.execute(BasketLine.__table__.update().values(quantity=30))

    page = ada.get("/basket").text
    assert 'data-state="not_in_packs"' in page
    assert by_hand(ada).status_code == 409
    assert held() == {}


def test_more_cartons_than_there_are_is_said_and_no_loose_units_make_up_for_them(
    counter, ada: Customer, loratadine: int
) -> None:
    ada.put_in_basket(loratadine, 264)
    assert by_hand(ada).status_code == 409
    assert held() == {}


def test_a_prescriptions_own_quantity_is_bought_exactly_where_bottles_are_opened(
    counter, ada: Customer, baclofen: int
) -> None:
    approve(ada.user_id, baclofen, quantity=45, refills=0)

    ada.put_in_basket(baclofen, 45)
    ada.order()
    assert held() == {baclofen: 45}


def test_where_no_pack_is_opened_the_nearest_whole_packs_are_offered_again(
    counter, ada: Customer, norethindrone: int
) -> None:
    approve(ada.user_id, norethindrone, quantity=90, refills=0)

    assert ada.ask_for(norethindrone, 90).status_code == 422
    page = ada.get("/prescriptions").text
    assert 'name="quantity" value="84"' in page
    ada.put_in_basket(norethindrone, 84)
    ada.order()
    assert held() == {norethindrone: 84}


def test_liquids_reach_four_thousand_ml(visitor: Customer, context) -> None:
    colon = make_variant(
        "Polyethylene glycol", "236 g", form="oral solution", unit="mL", quantities=(4000,), price="0.01"
    )
    visitor.put_in_basket(colon, 4000)
    assert visitor.ask_for(colon, 4001).status_code == 422


def test_a_bottle_of_a_part_of_a_ml_is_priced_by_the_bottle_and_by_the_ml(visitor: Customer, context) -> None:
    drops = make_variant(
        "Latanoprost",
        "50 mcg/mL, 2.5 mL",
        price="25.00",
        form="eye drop",
        unit="pack",
        quantities=(1, 3),
        sold_as="closed",
    )
    with transaction():
        variant = db.session.get(Variant, drops)
        variant.content, variant.content_unit = 2.5, "mL"
        slug = variant.product.slug
    make_lot(drops, 30, pack_size=1)

    page = visitor.get(f"/medicines/{slug}").text
    assert re.search(r'class="price"><b>\$25\.00</b> <span>[^<]*\b2\.5 mL</span>', page)
    assert re.search(r"<p[^>]*>\$10\.00 [^<]*\bmL</p>", page)
    visitor.put_in_basket(drops, 2)
