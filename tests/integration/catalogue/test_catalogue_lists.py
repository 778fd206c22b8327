"""Lists, facets and one medicine, as the public pages read them."""

from datetime import date
from decimal import Decimal

import pytest
from flask import g

from shop.catalogue.facets import Chosen, facets
from shop.catalogue.lists import listed, medicines, without_prescription
from shop.catalogue.medicine import medicine
from shop.catalogue.models import AcquisitionPrice
from shop.database import transaction
from tests.factories import make_variant

EVERYTHING = Chosen()


@pytest.fixture
def shelf(context):
    """Four products in two conditions, two forms, with and without prescription."""
    make_variant(categories=("Muscles",))
    make_variant(strength="20 mg", price="0.40")
    make_variant("Methocarbamol", "500 mg", "0.20", categories=("Muscles", "Pain"))
    make_variant("Naproxen", "220 mg", "0.24", rx=False, form="capsule", categories=("Pain",))
    make_variant("Zinc", "5 mg", None, rx=False)
    make_variant("Hidden", "5 mg", listed=False, categories=("Pain",))


def names(chosen: Chosen = EVERYTHING, sort: str = "name", page: int = 1, market: str = "US") -> list[str]:
    return [row.name for row in listed(chosen, sort, page, market)]


def counted(choices) -> dict[str, int]:
    return {choice.name: choice.count for choice in choices}


def test_facets_count_listed_products_only(shelf):
    found = facets(Chosen())

    assert found.total == 4
    assert counted(found.categories) == {"Muscles": 2, "Pain": 2}
    assert counted(found.forms) == {"capsules": 1, "tablets": 3}
    assert counted(found.prescription) == {"needed": 2, "none": 2}
    assert [letter.key for letter in found.letters] == ["B", "M", "N", "Z"]


def test_a_facet_counts_under_the_other_limits_but_not_its_own(shelf):
    found = facets(Chosen(categories=("pain",), forms=("tablet",)))

    assert found.total == 1
    assert counted(found.categories) == {"Muscles": 2, "Pain": 1}
    assert counted(found.forms) == {"capsules": 1, "tablets": 1}
    assert counted(found.prescription) == {"needed": 1}


def test_limits_of_one_facet_add_up_and_facets_cut(shelf):
    assert names(Chosen(categories=("muscles", "pain"))) == ["Baclofen", "Methocarbamol", "Naproxen"]
    assert names(Chosen(categories=("muscles", "pain"), prescription=("none",))) == ["Naproxen"]
    assert names(Chosen(letter="M")) == ["Methocarbamol"]
    assert names(Chosen(forms=("nonsense",))) == []


def test_by_price_the_cheapest_strength_counts_and_what_has_no_price_comes_last(shelf):
    assert names(sort="price") == ["Methocarbamol", "Naproxen", "Baclofen", "Zinc"]


def test_a_strength_not_sold_here_does_not_count_as_the_price(context):
    make_variant(price="0.51")
    make_variant(strength="25 mg", price="0.10", markets=("AU", "ZA"))
    make_variant("Methocarbamol", "500 mg", "0.20")

    assert names(sort="price", market="US") == ["Methocarbamol", "Baclofen"]
    assert names(sort="price", market="AU") == ["Baclofen", "Methocarbamol"]


def test_pages_follow_each_other_without_gap_or_repeat(context):
    for number in range(30):
        make_variant(f"Drug {number:02}", "5 mg")

    seen = names(page=1) + names(page=2)

    assert seen == [f"Drug {number:02}" for number in range(30)]
    assert names(page=3) == []


def test_rows_by_id_keep_their_order_and_their_strengths_are_numeric(context):
    for strength in ("100 mg", "20 mg", "5 mg"):
        make_variant(strength=strength)
    other = make_variant("Methocarbamol", "500 mg")
    baclofen, methocarbamol = (row.product_id for row in listed(Chosen(), "name", 1, "US"))

    rows = medicines([methocarbamol, 999, baclofen])

    assert [row.name for row in rows] == ["Methocarbamol", "Baclofen"]
    assert [v.strength for v in rows[1].strengths] == ["5 mg", "20 mg", "100 mg"]
    assert rows[0].strengths[0].id == other


def test_without_a_prescription_means_sold_here_too(shelf):
    make_variant("Abroad", "5 mg", rx=False, markets=("AU",))
    make_variant("Cold", "5 mg", rx=False, not_by_mail="it must stay cold")

    assert [(row.name, category) for row, category in without_prescription(6, "US")] == [("Naproxen", "Pain")]


def test_a_medicine_knows_its_strengths_neighbours_and_latest_cost(context):
    ten = make_variant(categories=("Muscles",), daily=("40", "80"))
    make_variant(strength="20 mg", price="0.62")
    for other in ("Atorvastatin", "Bupropion", "Zinc"):
        make_variant(other, "10 mg")
    with transaction() as session:
        for price, year in (("0.18159", 2015), ("0.034", 2025), ("0.06", 2022)):
            session.add(
                AcquisitionPrice(
                    variant_id=ten, price=Decimal(price), effective_on=date(year, 11, 1), source="A survey"
                )
            )

    found = medicine("baclofen-tablets")

    assert [s.slug for s in found.strengths] == ["10-mg", "20-mg"]
    assert found.strengths[0].acquisition.price == Decimal("0.034")
    assert found.strengths[1].acquisition is None
    assert (found.before, found.after) == ("Atorvastatin", "Bupropion")
    assert (found.ingredients, found.categories) == (("baclofen",), (("muscles", "Muscles"),))


def test_an_unlisted_or_unknown_medicine_is_none(context):
    make_variant(listed=False)

    assert medicine("baclofen-tablets") is None
    assert medicine("nothing") is None


def test_a_medicine_of_132_strengths_costs_two_queries(app):
    with app.app_context(), transaction():
        for number in range(1, 133):
            make_variant(strength=f"{number} mg")
    with app.test_request_context():
        app.preprocess_request()
        before = g.query_count
        found = medicine("baclofen-tablets")
        assert g.query_count - before == 2
    assert [s.facts.strength for s in found.strengths][-1] == "132 mg"
