"""The rows lists are read from follow what they are derived from."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from shop.catalogue import list_rows
from shop.catalogue.models import Listing, Product, Variant
from shop.database import db, transaction
from shop.listing.medicine import medicine
from shop.storefront.comparing import compare
from tests.factories import make_variant
from tests.plans import statements


def row_of(product_name: str = "Baclofen") -> Listing | None:
    db.session.expire_all()
    return db.session.scalar(select(Listing).join(Product).where(Product.name == product_name))


def test_a_row_names_the_cheapest_strength_that_is_sold_here(context):
    make_variant(strength="10 mg", price="0.51")
    make_variant(strength="20 mg", price="0.40", markets=("AU",))
    make_variant(strength="25 mg", price="0.62", quantities=(60, 120))

    row = row_of()

    assert (row.strengths, row.price, row.varies) == ("10, 20, 25 mg", Decimal("0.51"), True)
    assert (row.packs, row.example_quantity, row.example_cents) == ("30, 60, 90", 90, 4590)
    assert [steps for _, *steps in row.sold] == [[30, 90], [60, 120]]
    assert (row.per_measure, row.measure_unit) == (Decimal("0.0248"), "mg")


def test_a_price_break_makes_the_price_a_list_begins_at(context):
    variant_id = make_variant(price="0.51")
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == variant_id).values(price_breaks=[[90, "0.47"]]))
        list_rows.refresh(None, "US")

    row = row_of()

    assert (row.price, row.varies, row.example_cents) == (Decimal("0.47"), True, 4230)


def test_over_the_counter_only_quantities_within_the_limit_are_offered(context):
    loperamide = make_variant("Loperamide", "2 mg", "0.40", rx=False, quantities=(24, 48))
    make_variant("Naproxen", "220 mg", "0.22", rx=False, quantities=(80,))
    with transaction() as session:
        breaks = {"price_breaks": [[48, "0.23"]]}
        session.execute(update(Variant).where(Variant.id == loperamide).values(breaks))
        list_rows.refresh(None, "US")

    row = row_of("Loperamide")

    assert (row.packs, row.example_quantity, row.example_cents) == ("24", 24, 960)
    assert (row.price, [steps for _, *steps in row.sold]) == (Decimal("0.40"), [[24, 24]])
    assert (row_of("Naproxen").price, row_of("Naproxen").packs) == (None, "")


def test_what_is_sold_elsewhere_only_has_a_row_without_a_price(context):
    make_variant(markets=("AU",))

    assert (row_of().price, row_of().sold, row_of().example_cents) == (None, [], 0)


def test_grams_and_micrograms_are_compared_in_milligrams(context):
    make_variant("Levothyroxine", "50 mcg", "0.10")
    make_variant("Levothyroxine", "1 mg", "0.90")

    row = row_of("Levothyroxine")

    assert (row.per_measure, row.measure_unit) == (Decimal("0.9"), "mg")


def test_a_strength_without_a_unit_is_left_out_of_the_price_per_milligram(context):
    make_variant("Levothyroxine", "1 mg", "0.90")
    make_variant("Levothyroxine", "50", "0.01")
    make_variant("Levothyroxine", "2 %", None)

    row = row_of("Levothyroxine")

    assert (row.per_measure, row.measure_unit) == (Decimal("0.9"), "mg")


@pytest.mark.parametrize("offers", [{"10 mg": "0.51", "25 mg": "0.62"}, {"50 mcg": "0.10", "1 mg": "0.90"}])
def test_the_list_and_the_page_tell_the_same_price_per_milligram(context, offers):
    for strength, price in offers.items():
        variant_id = make_variant(strength=strength, price=price)
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == variant_id).values(price_breaks=[[90, "0.47"]]))
        list_rows.refresh(None, "US")
    entry = medicine("baclofen-tablets")
    chosen = next(strength for strength in entry.strengths if strength.unit == "mg")
    table = compare(entry, chosen, {}, "US", ", ".join)

    cheapest = [line.per_measure / table.measure for line in table.lines if line.cheapest]

    assert (table.measure_unit, cheapest) == (row_of().measure_unit, [row_of().per_measure])


def test_what_is_no_longer_listed_loses_its_row(context):
    variant_id = make_variant()
    with transaction() as session:
        product_id = session.get(Variant, variant_id).product_id
        session.execute(update(Product).values(listed_at=None))
        assert list_rows.refresh([product_id], "US") == 0

    assert row_of() is None


def test_a_store_that_moved_derives_its_rows_anew(context):
    make_variant(markets=("US",))
    assert list_rows.is_for("US")
    assert not list_rows.is_for("AU")
    with transaction():
        list_rows.refresh(None, "AU")

    assert row_of().price is None


def test_a_hundred_products_cost_as_many_questions_as_one(context):
    for number in range(100):
        make_variant(f"Medicine {number}")
    with statements() as asked, transaction():
        assert list_rows.refresh(None, "US") == 100

    assert len([text for text, _ in asked if "product" in text.lower()]) == 7
