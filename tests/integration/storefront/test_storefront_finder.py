"""What a list can be narrowed to and sorted by, counted over every listed medicine, on both databases."""

from datetime import date
from typing import Any

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from shop.catalogue import list_rows
from shop.catalogue.list_rows import cards
from shop.catalogue.models import Product, Variant
from shop.clock import now
from shop.database import db, transaction
from shop.projections.cache_version import catalogue_changed, offers_changed
from shop.stock import holds
from shop.storefront.finder.columns import Chosen, View
from shop.storefront.finder.service import columns, follow
from shop.storefront.rules import Level
from tests.factories import make_lot, make_pack, make_variant
from tests.integration.storefront.finder_medicines import four_medicines, view


@pytest.fixture
def shelf(context) -> dict[str, int]:
    return four_medicines()


def names(found: View, sort: str = "name", page: int = 1) -> list[str]:
    return [card.name for card in cards(found.page(sort, page, 24))]


def counted(found: View, facet: str) -> dict[str, int]:
    """By the choice's key where that is a code of ours, else by its name."""
    by = "key" if facet in ("category", "prescription") else "name"
    return {getattr(choice, by): choice.count for choice in found.choices(facet, 99)[0]}


def test_facets_count_listed_products_only(shelf, context):
    found = view(context)

    assert found.total == 4
    assert counted(found, "category").items() >= {"muscles": 2, "pain": 2, "muscle-spasticity": 1}.items()
    assert counted(found, "form") == {"capsules": 1, "tablets": 3}
    assert counted(found, "prescription") == {"needed": 2, "none": 2}
    assert counted(found, "strength") == {"10 mg": 1, "20 mg": 1, "500 mg": 1, "220 mg": 1, "5 mg": 1}
    assert counted(found, "price") == {"0-0.1": 1, "0.1-0.5": 2}
    assert counted(found, "letter") == {"B": 1, "M": 1, "N": 1, "Z": 1}


def test_a_facet_counts_under_the_other_limits_but_not_its_own(shelf, context):
    found = view(context, ("category", "pain"), ("form", "tablet"))

    assert found.total == 1
    assert counted(found, "category").items() >= {"muscles": 2, "pain": 1}.items()
    assert counted(found, "form") == {"capsules": 1, "tablets": 1}
    assert counted(found, "prescription") == {"needed": 1}


def test_limits_of_one_facet_add_up_and_facets_cut(shelf, context):
    both = (("category", "muscles"), ("category", "pain"))
    assert names(view(context, *both)) == ["Baclofen", "Methocarbamol", "Naproxen"]
    assert names(view(context, *both, ("prescription", "none"))) == ["Naproxen"]
    assert names(view(context, ("letter", "M"))) == ["Methocarbamol"]
    assert names(view(context, ("strength", "20 mg"))) == ["Baclofen"]
    assert names(view(context, ("price", "0-0.1"))) == ["Naproxen"]
    assert names(view(context, ("form", "nonsense"))) == []


def test_by_price_the_cheapest_strength_counts_and_what_has_no_price_comes_last(shelf, context):
    assert names(view(context), "price") == ["Naproxen", "Methocarbamol", "Baclofen", "Zinc"]
    assert names(view(context), "measure") == ["Naproxen", "Methocarbamol", "Baclofen", "Zinc"]
    assert names(view(context, ("prescription", "needed")), "price") == ["Methocarbamol", "Baclofen"]


def test_a_search_keeps_its_own_order_and_is_narrowed_like_a_list(shelf, context):
    everything = {card.name: card.product_id for card in cards(view(context).page("name", 1, 24))}
    hits = [everything[name] for name in ("Zinc", "Naproxen", "Baclofen")] + [999_999]

    assert names(view(context, among=hits), "relevance") == ["Zinc", "Naproxen", "Baclofen"]
    assert names(view(context, among=hits), "price") == ["Naproxen", "Baclofen", "Zinc"]
    narrowed = view(context, ("prescription", "none"), among=hits)
    assert names(narrowed, "relevance") == ["Zinc", "Naproxen"]
    assert counted(narrowed, "prescription") == {"needed": 1, "none": 2}
    assert view(context, among=[]).total == 0


def test_in_stock_means_a_strength_that_is_sold_has_its_smallest_pack(shelf, context):
    make_lot(shelf["baclofen 20"], 30)
    make_lot(shelf["methocarbamol"], 29)
    expired = make_lot(shelf["naproxen"], 500, date(2026, 1, 1))
    assert expired
    assert names(view(context, ("stock", "in"))) == ["Baclofen"]


def test_a_change_of_price_moves_a_medicine(shelf, context):
    assert names(view(context), "price")[0] == "Naproxen"
    with transaction() as session:
        session.execute(update(Variant).where(Variant.id == shelf["naproxen"]).values(price="9"))
        list_rows.refresh(None, "US")
        offers_changed(now())

    assert names(view(context), "price") == ["Methocarbamol", "Baclofen", "Naproxen", "Zinc"]
    assert names(view(context, ("price", "2-10"))) == ["Naproxen"]


def test_what_is_taken_off_the_list_is_gone_from_every_count(shelf, context):
    with transaction() as session:
        session.execute(update(Product).where(Product.name == "Naproxen").values(listed_at=None))
        list_rows.refresh(None, "US")
        catalogue_changed(now())

    assert view(context).total == 3
    assert "capsules" not in counted(view(context), "form")


def test_manufacturers_are_those_of_packs_that_are_still_made(shelf, context):
    with transaction():
        for labeler, gone in (("Acme", None), ("Beta", date(2026, 1, 1))):
            make_pack(shelf["baclofen"], 30, labeler, withdrawn_on=gone)
        catalogue_changed(now())

    assert counted(view(context), "maker") == {"Acme": 1}
    assert names(view(context, ("maker", "Acme"))) == ["Baclofen"]


def test_only_the_frequent_values_are_shown_and_the_chosen_ones_always(context):
    for number in range(30):
        make_variant("Drug", f"{number + 1} mg")
    make_variant("Other", "1 mg")

    shown, known = view(context, ("strength", "30 mg")).choices("strength", 5)

    assert known == 30
    assert len(shown) in (5, 6)
    assert {"1 mg", "30 mg"} <= {choice.name for choice in shown}


def test_pages_follow_each_other_without_gap_or_repeat(context):
    for number in range(60):
        make_variant(f"Drug {number:02}", "5 mg", rx=number % 2 == 0)

    for limits in ((), (("prescription", "needed"),)):
        for sort in ("name", "price", "measure", "popular"):
            found = view(context, *limits)
            seen = [i for page in range(1, 5) for i in found.page(sort, page, 24)]
            assert len(seen) == len(set(seen)) == found.total


@given(
    limits=st.lists(
        st.tuples(
            st.sampled_from(["category", "form", "prescription", "price", "strength", "letter"]),
            st.sampled_from(
                ["pain", "muscles", "tablet", "capsule", "needed", "none", "0-0.1", "10 mg", "M", "?"]
            ),
        ),
        max_size=4,
    )
)
def test_counts_are_what_one_would_then_see(narrowable: Any, limits):
    """A choice's count is the length of the list that has it as the only one of its facet."""
    found = narrowable.view(Chosen(tuple(limits)))
    for facet in ("category", "form", "prescription", "price", "strength"):
        others = tuple(limit for limit in limits if limit[0] != facet)
        for choice in found.choices(facet, 99)[0]:
            assert narrowable.view(Chosen((*others, (facet, choice.key)))).total == choice.count


@pytest.fixture(scope="module")
def narrowable(migrated):
    """Columns of the shelf, kept for all examples."""
    from tests.conftest import empty_database

    app = migrated("sqlite")
    with app.app_context():
        empty_database()
        for number in range(40):
            make_variant(
                f"{'MB'[number % 2]} {number}",
                ("10 mg", "20 mg")[number % 3 % 2],
                ("0.05", "0.30", None)[number % 3],
                rx=number % 5 < 3,
                form=("tablet", "capsule")[number % 7 % 2],
                categories=[("Pain",), ("Muscles",), ("Pain", "Muscles"), ()][number % 4],
            )
        follow(app)
        found = columns()
        db.session.remove()
    return found


def test_a_list_of_24_medicines_with_132_strengths_costs_one_query(app):
    with app.app_context(), transaction():
        for number in range(24):
            for strength in range(1, 133 if number == 0 else 3):
                make_variant(f"Drug {number}", f"{strength} mg")
    with app.test_request_context("/medicines"):
        follow(app)
        columns()
        app.preprocess_request()
        before = g.query_count
        assert app.view_functions["storefront.medicines"]().status_code == 200
        assert g.query_count - before == 1


def test_a_medicine_knows_the_names_around_its_own(context):
    ids = {}
    for name in ("Atorvastatin", "Baclofen", "Zinc"):
        ids[name] = db.session.get(Variant, make_variant(name)).product_id
    make_variant("Baclofen", form="capsule")
    follow(context)

    assert columns().around(ids["Baclofen"]) == ("Atorvastatin", "Zinc")
    assert columns().around(ids["Atorvastatin"]) == (None, "Baclofen")
    assert columns().around(999) == (None, None)


def test_a_sale_that_no_list_shows_leaves_the_columns_as_they_are(shelf, context):
    lot = make_lot(shelf["baclofen"], 900)
    follow(context)
    before = columns()
    hold(1, shelf["baclofen"], 30)
    assert follow(context) is True
    assert columns() is before
    hold(2, shelf["baclofen"], 700)
    follow(context)
    after = columns()

    assert lot
    assert after.stock_version(before.ids.tolist()) != before.stock_version(before.ids.tolist())
    assert (after.counted, after.facets) == (before.counted, before.facets)
    hold(3, shelf["baclofen"], 150)
    follow(context)
    assert columns().counted != before.counted


def hold(line: int, variant_id: int, units: int) -> None:
    with transaction():
        holds.hold(line, variant_id, units, date(2026, 12, 1), now())


def test_a_list_knows_how_much_is_left_of_the_best_stocked_strength(shelf, context):
    make_lot(shelf["baclofen"], 100)
    make_lot(shelf["baclofen 20"], 900)
    follow(context)
    ids = columns().view(Chosen()).page("name", 1, 24)

    assert columns().stock([ids[0]]) == {ids[0]: (Level.IN, 0)}
    assert columns().stock([ids[1], 999]) == {ids[1]: (Level.OUT, 0)}
