"""The desk's price pages: looking at a rule, applying it, undoing it, and prices set by hand."""

import re
from decimal import Decimal

import pytest
from flask import g
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Variant
from shop.database import db, transaction
from shop.pricing import queries
from shop.pricing.rules import Rule
from tests.factories import make_variant
from tests.integration.pricing.test_pricing_service import STORE, make_by_rule, product_of, set_rule

D = Decimal
STORES, BACLOFEN = "/admin/prices/store", "/admin/prices/baclofen-tablets"
THIRD = {"way": "mark_up", "mark_up": "35", "fee": "$2.40"}


@pytest.fixture
def ten(context) -> int:
    return make_by_rule("10 mg")


def facts_of(variant_id: int):
    db.session.rollback()
    return catalogue.variant(variant_id)


def send(desk, address: str, **fields: str) -> str:
    """As from the form's page, a rule's preview: with the mark of what was there then."""
    return desk.send(address, **seen_at(desk, address, fields) | fields) if fields else desk.send(address)


def seen_at(desk, address: str, fields: dict[str, str]) -> dict[str, str]:
    g.pop("_login_user", None)
    found = re.search(r'name="seen" value="(\w+)"', desk.client.get(address, query_string=fields).text)
    return {"seen": found[1]} if found else {}


# --- The store's rule -----------------------------------------------------------------------------------


def test_without_a_rule_the_page_says_what_is_missing(desk):
    desk.open(STORES)
    assert 'data-rule="none"' in desk.page.text
    assert 'data-state="empty"' in desk.page.text


def test_a_rule_is_looked_at_before_it_is_applied(desk, ten):
    desk.open(f"{STORES}?mark_up=35&fee=%242.40&from_1=90&off_1=5")
    said = re.search(r'<p data-prices="1"><b>(.*?)</b>(.*?)</p>', desk.page.text)
    assert re.findall(r"\d+(?:\.\d+)?", said[1]) == ["35", "2.40", "5", "90"], "the rule in words"
    assert re.findall(r"\d+", said[2]) == ["0", "0", "1", "0"], "rise, fall, are new, stay"
    steps = re.findall(r"<li>.*?(\d+):.*?<del>.*?</del> <ins>(.*?)</ins>", desk.page.text)
    assert steps == [("30", "$0.162"), ("60", "$0.122"), ("90", "$0.103")]
    assert queries.rules().store is None
    assert facts_of(ten).price is None


def test_applying_a_rule_makes_its_prices_and_is_recorded(desk, admin, ten):
    send(desk, STORES, **THIRD, from_1="90", off_1="5")
    assert desk.page.request.path == STORES
    assert desk.told()[-4:] == ["0", "0", "1", "0"], "rise, fall, are new, stay"
    assert facts_of(ten).price == D("0.162")
    record = db.session.scalars(select(AuditRecord)).one()
    assert (record.event, record.actor_id) == ("catalogue:price_rule:set", admin)
    assert 'name="mark_up" type="text" value="35"' in desk.page.text
    assert 'value="$2.40"' in desk.page.text


def test_a_price_that_would_fall_below_cost_is_pointed_out(desk, ten):
    desk.open(f"{STORES}?mark_up=0&from_1=90&off_1=50")
    assert 'data-below-cost="1"' in desk.page.text


@pytest.mark.parametrize(
    ("fields", "invalid"),
    [
        ({"mark_up": ""}, "mark_up"),
        ({"mark_up": "a third"}, "mark_up"),
        ({"mark_up": "2001"}, "mark_up"),
        ({"mark_up": "35.123"}, "mark_up"),
        ({"fee": "cheap"}, "fee"),
        ({"fee": "1001"}, "fee"),
        ({"off_1": "5"}, "from_1"),
        ({"from_1": "90"}, "off_1"),
        ({"from_1": "ninety", "off_1": "5"}, "from_1"),
        ({"from_1": "90", "off_1": "5", "from_2": "60", "off_2": "6"}, "from_1"),
        ({"from_1": "90", "off_1": "100"}, "from_1"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field_and_changes_nothing(desk, ten, fields, invalid):
    asked = THIRD | fields
    send(desk, STORES, **asked)
    assert (desk.page.status_code, desk.invalid()) == (422, {invalid})
    for value in fields.values():
        assert not value or value in desk.page.text
    assert queries.rules().store is None
    assert desk.client.get(STORES, query_string=asked).status_code == 422


def test_one_price_for_everything_in_the_store_is_refused(desk, ten):
    send(desk, STORES, way="fixed", fixed_price="0.51")
    assert desk.page.status_code == 422
    assert 'href="#fixed_price"' in desk.page.text
    desk.open(f"{STORES}?way=fixed&fixed_price=0.51", 422)
    assert 'href="#fixed_price"' in desk.page.text
    assert queries.rules().store is None


def test_the_rule_before_is_put_back_with_one_button(desk, ten):
    send(desk, STORES, **THIRD)
    words = send(desk, STORES, **THIRD | {"mark_up": "100"})
    assert f'href="{STORES}?step=put-back#seen"' in desk.page.text
    assert "35%" in words
    desk.open(f"{STORES}?step=put-back")
    assert f'action="{STORES}/put-back"' in desk.page.text
    send(desk, f"{STORES}/put-back")
    assert desk.told()[:2] == ["0", "1"], "rise, fall"
    assert queries.rules().store == STORE
    assert facts_of(ten).price == D("0.162")


def test_nothing_to_put_back_is_a_refusal_not_a_crash(desk, ten):
    send(desk, f"{STORES}/put-back")
    assert 'data-refused="nothing_to_put_back"' in desk.page.text
    send(desk, f"{BACLOFEN}/remove")
    assert desk.page.status_code == 404
    assert 'data-refused="not_found"' in desk.page.text


def test_what_doing_without_a_rule_would_cost_is_shown_before_it_is_done(desk, ten):
    send(desk, STORES, **THIRD)
    assert f'action="{STORES}/remove"' not in desk.open(STORES)
    desk.open(f"{STORES}?step=remove")
    assert 'data-lost="1"' in desk.page.text
    assert f'action="{STORES}/remove"' in desk.page.text
    assert facts_of(ten).price == D("0.162")
    desk.open(f"{BACLOFEN}?step=remove")
    assert "data-lost" not in desk.page.text, "it has none of its own to remove"
    send(desk, f"{STORES}/remove")
    assert facts_of(ten).price is None


# --- A medicine's rule ----------------------------------------------------------------------------------


def test_a_medicine_gets_a_rule_of_its_own_and_loses_it(desk, ten):
    set_rule(None, STORE)
    assert "35%" in desk.open(BACLOFEN)
    assert 'data-rule="store"' in desk.page.text
    send(desk, BACLOFEN, way="fixed", fixed_price="$0,51")
    assert facts_of(ten).price == D("0.51")
    desk.open("/admin/prices")
    assert re.search(rf'href="{BACLOFEN}">.*?</a> <span class="soft">\$0\.51\b', desk.page.text)
    send(desk, f"{BACLOFEN}/remove")
    assert desk.told()[:2] == ["0", "1"], "rise, fall"
    assert facts_of(ten).price == D("0.162")


def test_a_medicine_is_found_by_name_and_an_unknown_one_is_not_there(desk, ten):
    assert "/admin/prices/baclofen-tablets" in (desk.open("/admin/prices?q=baclo"), desk.page.text)[1]
    desk.open("/admin/prices?q=nosuchthing")
    assert 'data-state="none-match"' in desk.page.text
    desk.open("/admin/prices/nonesuch", 404)
    assert 'data-refused="not_found"' in desk.page.text


def test_a_page_with_132_strengths_asks_no_more_than_one_with_two(desk):
    make_by_rule("1 mg"), make_by_rule("2 mg")
    desk.open(BACLOFEN)
    few = desk.queries
    product_id = db.session.scalars(select(Variant.product_id)).first()
    with transaction():
        for milligrams in range(3, 133):
            db.session.add(
                Variant(
                    product_id=product_id,
                    slug=f"b-{milligrams}",
                    strength=f"{milligrams} mg",
                    price=None,
                    strength_value=D(milligrams),
                    strength_unit="mg",
                    quantities=[30],
                    markets=["US"],
                )
            )
    desk.open(BACLOFEN)
    assert len(desk.rows()) == 132
    assert desk.queries == few


# --- By hand --------------------------------------------------------------------------------------------


def test_a_price_is_set_by_hand_with_its_breaks_and_given_back(desk, admin, ten):
    set_rule(None, STORE)
    page = f"{BACLOFEN}/{ten}"
    assert "$0.06047" in desk.open(page)
    assert 'data-priced="rule"' in desk.page.text
    send(desk, page, price_30="0.51", price_60="", price_90="$0,47")
    assert desk.page.request.path == BACLOFEN
    facts = facts_of(ten)
    assert (facts.price, facts.breaks, facts.by_rule) == (D("0.51"), ((90, D("0.47")),), False)
    assert 'value="$0.47"' in (desk.open(page), desk.page.text)[1]
    assert "Robin Example" in desk.words()
    assert f'action="{page}/put-back"' in desk.page.text
    send(desk, f"{page}/put-back")
    assert facts_of(ten).price == D("0.162")
    send(desk, page, price_30="0.51")
    send(desk, f"{page}/by-rule")
    assert facts_of(ten).by_rule
    assert facts_of(ten).price == D("0.162")


def test_a_strength_that_no_rule_can_price_says_so(desk, context):
    variant = make_variant(price="0.51")
    send(desk, f"{BACLOFEN}/{variant}/by-rule")
    assert "$" not in "".join(re.findall(r'<p class="flash.*?</p>', desk.page.text))
    assert facts_of(variant).by_rule
    assert facts_of(variant).price is None


@pytest.mark.parametrize(
    ("prices", "invalid"),
    [
        ({"price_30": ""}, "price_30"),
        ({"price_30": "cheap"}, "price_30"),
        ({"price_30": "0"}, "price_30"),
        ({"price_30": "0.51", "price_60": "0.52"}, "price_60"),
        ({"price_30": "0.51", "price_60": "0.5", "price_90": "0.500"}, "price_90"),
        ({"price_30": "0.512345"}, "price_30"),
    ],
)
def test_a_price_that_cannot_be_meant_stays_in_its_field_with_the_reason(desk, ten, prices, invalid):
    send(desk, f"{BACLOFEN}/{ten}", **prices)
    assert (desk.page.status_code, desk.invalid()) == (422, {invalid})
    assert facts_of(ten).price is None


def test_a_strength_is_only_found_under_its_own_medicine(desk, ten):
    other = make_variant("Loratadine")
    desk.open(f"{BACLOFEN}/{other}", 404)
    desk.open(f"{STORES}/{ten}", 404)
    set_rule(product_of(ten), Rule(fixed_price=D("0.51")))
    desk.open(f"{BACLOFEN}/{ten}")


# --- Two admins -----------------------------------------------------------------------------------------


def test_the_second_of_two_who_set_a_rule_or_a_price_is_told_and_loses_nothing(desk, ten):
    page, second = f"{BACLOFEN}/{ten}", THIRD | {"mark_up": "41"}
    seen, by_rule = seen_at(desk, STORES, second), seen_at(desk, page, {})
    send(desk, STORES, **THIRD)
    for stale in (seen, {}):
        assert "+ 35%" in desk.send(STORES, **second, **stale)
        assert desk.page.status_code == 409
        assert 'data-refused="changed_meanwhile"' in desk.page.text
        assert 'name="mark_up" value="41"' in desk.page.text
    assert queries.rules().store == Rule(D("0.35"), D("2.4"))
    now = re.search(r'name="seen" value="(\w+)"', desk.page.text)[1]
    desk.send(STORES, **second, seen=now)
    assert queries.rules().store == Rule(D("0.41"), D("2.4"))
    desk.send(STORES, **second, **seen)
    assert desk.page.status_code == 200, "what is stored already is told as done"

    send(desk, page, price_30="0.51")
    desk.send(page, price_30="0.60", **by_rule)
    assert desk.page.status_code == 409
    assert 'value="0.60"' in desk.page.text
    assert "$0.51" in desk.words()
    assert facts_of(ten).price == D("0.51")
