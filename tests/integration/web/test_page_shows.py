"""A kept page is shown until what it shows has changed: a sale makes old what shows it, and nothing else."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.catalogue.models import Product, Variant
from shop.clock import now
from shop.database import transaction
from shop.listing.service import set_listed
from shop.pricing.rules import Rule
from shop.pricing.service import set_fixed_price, set_rule
from shop.projections import page_cache
from shop.projections.cache_version import catalogue_changed
from shop.stock import holds
from shop.stock import service as stock
from shop.storefront import views
from tests.factories import make_lot, make_variant
from tests.integration.web.kept_pages import age_of, at_once, from_the_cache, look_again

BACLOFEN, NAPROXEN = "/medicines/baclofen-tablets", "/medicines/naproxen-tablets"
STATIC = ("/privacy", "/robots.txt")
LISTS = ("/", "/medicines", "/medicines?letter=B", "/search?q=baclofen")
OTHERS = (*STATIC, NAPROXEN, "/medicines?letter=N", "/search?q=naproxen", "/identify", "/suggest?q=bac")
ALL = (BACLOFEN, *LISTS, *OTHERS)
OUTLASTS = date(2026, 12, 31)


@pytest.fixture
def store(kept: Flask) -> Flask:
    """Two medicines, of which there are 500 units each, and every page of them kept."""
    with kept.app_context():
        make_lot(make_variant("Naproxen", "250 mg", rx=False), 500)
    at_once(kept)
    for _ in range(2):
        cached = from_the_cache(kept, *ALL)
    assert cached == dict.fromkeys(ALL, True)
    return kept


def sell(app: Flask, units: int, name: str = "Baclofen", line: int = 1) -> None:
    with app.app_context(), transaction() as session:
        variant = session.scalars(select(Variant.id).join(Product).where(Product.name == name)).one()
        holds.hold(line, variant, units, OUTLASTS, now())


def few_left(page: str) -> list[str]:
    """How many units are left of what a page says is nearly gone."""
    return re.findall(r'<span class="few">\D*(\d+)', page)


def old(app: Flask, *paths: str) -> set[str]:
    """Which of these pages are no longer answered from the cache."""
    return {path for path, cached in from_the_cache(app, *paths).items() if not cached}


def test_a_sale_makes_old_its_medicine_and_the_front_page_that_has_it_for_an_entry(store):
    def give_back() -> None:
        with store.app_context(), transaction():
            holds.release([1], now())

    for change, left in ((lambda: sell(store, 1), "499"), (give_back, "500")):
        change()
        at_once(store)

        assert old(store, *ALL) == {BACLOFEN, "/"}
        assert f'data-left="{left}"' in store.test_client().get(BACLOFEN).text
        assert old(store, *ALL) == set()


def test_a_page_follows_the_equivalents_that_it_compares(store):
    with store.app_context(), transaction() as session:
        session.execute(update(Product).values(equivalence="the same"))
        catalogue_changed(now())
    at_once(store)
    from_the_cache(store, *ALL)
    sell(store, 300)
    look_again(store)

    assert old(store, NAPROXEN, *STATIC) == {NAPROXEN}
    assert few_left(store.test_client().get(NAPROXEN).text) == ["200"]


def test_the_last_units_show_in_every_list_that_has_the_medicine(store):
    for line, (units, left) in enumerate(((300, "200"), (1, "199"))):
        sell(store, units, line=line)
        at_once(store)

        assert old(store, *ALL) == {BACLOFEN, *LISTS}
        assert few_left(store.test_client().get("/medicines").text) == [left]


def test_a_list_follows_what_the_worker_writes_after_the_look(store):
    sell(store, 380)
    look_again(store)
    assert few_left(store.test_client().get("/medicines").text) == []
    assert 'data-left="120"' in store.test_client().get(BACLOFEN).text  # from the database, at once
    at_once(store)

    assert few_left(store.test_client().get("/medicines").text) == ["120"]


def test_out_of_stock_changes_the_counts_of_every_list(store):
    sell(store, 490)
    at_once(store)

    assert old(store, *ALL) == {
        BACLOFEN,
        *LISTS,
        "/medicines?letter=N",
        "/search?q=naproxen",
        "/suggest?q=bac",
    }
    assert store.test_client().get("/medicines?stock=in").text.count("<h3>") == 1
    assert 'data-left="0"' in store.test_client().get(BACLOFEN).text


@pytest.mark.parametrize("price", ["0.77", "0.52"], ids=["another place in the list", "the same place"])
def test_a_price_shows_on_its_medicine_and_in_lists(store, price):
    with store.app_context(), transaction():
        assert set_fixed_price(1, Decimal(price), (), None, now())
    look_again(store)

    assert BACLOFEN in old(store, *ALL)
    assert old(store, *ALL) == set()
    for path in (BACLOFEN, "/medicines", "/medicines?sort=price", "/search?q=baclofen"):
        assert f"${price}" in store.test_client().get(path).text, path
    with store.app_context(), transaction():
        set_fixed_price(1, Decimal("0.9"), (), None, now())
    look_again(store)
    assert old(store, NAPROXEN, *STATIC) == set()


def test_a_rule_shows_though_it_makes_no_other_price(store):
    with store.app_context(), transaction():
        set_rule(1, Rule(fixed_price=Decimal("0.3")), None, now())
    look_again(store)

    assert old(store, BACLOFEN, *STATIC) == {BACLOFEN}


def test_what_is_listed_or_no_longer_shows_everywhere_but_where_nothing_changes(store):
    for listed, status in ((False, 404), (True, 200)):
        with store.app_context(), transaction():
            set_listed([1], listed, None, now())
        at_once(store)

        assert store.test_client().get(BACLOFEN).status_code == status
        assert old(store, *OTHERS) == {*OTHERS} - {*STATIC}
        assert ("baclofen" in store.test_client().get("/medicines").text.lower()) is listed


def test_a_lot_in_quarantine_is_no_longer_for_sale(store, make_user):
    admin = make_user("admin")
    with store.app_context(), transaction():
        stock.quarantine(1, "damaged", admin, now())
    look_again(store)

    assert 'data-left="0"' in store.test_client().get(BACLOFEN).text
    assert old(store, NAPROXEN, *STATIC) == set()


def test_a_page_during_which_a_sale_commits_is_not_kept_as_if_it_showed_it(store, monkeypatch):
    sell(store, 1)
    at_once(store)
    asked = views.free_units

    def sold_meanwhile(*about):
        left = asked(*about)
        monkeypatch.undo()
        sell(store, 1, line=2)
        look_again(store)
        store.wsgi_app.versions.get()  # another thread sees the sale before this page is done
        return left

    monkeypatch.setattr(views, "free_units", sold_meanwhile)

    assert 'data-left="499"' in store.test_client().get(BACLOFEN).text
    assert 'data-left="498"' in store.test_client().get(BACLOFEN).text


def test_an_answer_from_the_cache_says_how_long_ago_it_was_rendered(store, monkeypatch):
    sell(store, 1)
    at_once(store)
    began = page_cache.time.time()
    assert age_of(store, BACLOFEN) is None
    monkeypatch.setattr(page_cache.time, "time", lambda: began + 90.5)

    assert age_of(store, BACLOFEN) == 90
    etag = store.test_client().get(BACLOFEN).headers["ETag"]
    known = store.test_client().get(BACLOFEN, headers={"If-None-Match": etag})
    assert (known.status_code, known.headers["Age"]) == (304, "90")
