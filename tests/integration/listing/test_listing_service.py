"""Putting products on sale by hand and by rule: what changes, who is refused, what is recorded."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.catalogue.models import Ingredient, Listing, Product, Variant
from shop.database import db, transaction
from shop.listing import queries, service
from shop.listing.rules import ListingRefusal, Rule, listing_refusal
from shop.projections.cache_version import version
from tests.integration.listing.products import AT, LATER, USUAL, by_rules, listed_names, make_product, put


def records():
    return db.session.execute(
        select(AuditRecord.event, AuditRecord.subject_id, AuditRecord.detail).order_by(AuditRecord.id)
    ).all()


def test_what_is_put_on_sale_is_found_dated_and_recorded(context):
    product = make_product(listed=False)
    before = version()
    outcome = put([product])
    db.session.rollback()
    row = db.session.get(Product, product)
    assert (row.listed_at, row.changed_at) == (AT, AT)
    assert (outcome.changed, outcome.already, outcome.refused) == ([product], 0, {})
    assert version().catalogue != before.catalogue
    assert db.session.get(Listing, product) is not None
    (record,) = records()
    assert record.event == "catalogue:products:listed"
    assert (record.detail["changed"], record.detail["products"]) == (1, str(product))


def test_what_is_taken_off_sale_has_no_row_in_lists_any_more(context):
    product = make_product(listed=False)
    put([product])
    outcome = put([product], False, LATER)
    db.session.rollback()
    row = db.session.get(Product, product)
    assert (row.listed_at, row.changed_at, outcome.changed) == (None, LATER, [product])
    assert db.session.get(Listing, product) is None
    assert [record.event for record in records()][-1] == "catalogue:products:unlisted"


def test_what_is_on_sale_already_keeps_its_day_and_leaves_no_second_record(context):
    product = make_product(listed=False)
    put([product])
    before = version()
    outcome = put([product, product], at=LATER)
    assert (outcome.changed, outcome.already, len(records())) == ([], 1, 1)
    db.session.rollback()
    assert db.session.get(Product, product).listed_at == AT
    assert version() == before, "nothing changed, so no page needs to be made anew"


def test_the_refused_stay_and_the_others_go_on(context):
    good = make_product("Good", listed=False)
    opium = make_product("Opium", listed=False, controlled=True)
    gone = make_product("Gone", listed=False, columns={"withdrawn_on": date(2026, 1, 1)})
    bare = make_product("Bare", listed=False)
    with transaction() as session:
        session.execute(Variant.__table__.delete().where(Variant.product_id == bare))
    outcome = put([good, opium, gone, bare, 999_999])
    assert listed_names() == ["Good"]
    assert outcome.refused == {
        opium: ListingRefusal.CONTROLLED,
        gone: ListingRefusal.WITHDRAWN,
        bare: ListingRefusal.NO_STRENGTH,
    }
    assert outcome.considered == 4
    assert records()[0].detail["refused_controlled"] == 1


def test_one_controlled_ingredient_of_many_is_enough(context):
    product = make_product("Mixture", listed=False)
    with transaction() as session:
        mixture = session.get(Product, product)
        mixture.ingredients.append(Ingredient(slug="opium", name="Opium", is_controlled=True))
    assert put([product]).refused == {product: ListingRefusal.CONTROLLED}


def test_what_became_controlled_while_the_decision_was_made_is_still_refused(context):
    """The refusal is asked again in the very statement that lists."""
    product = make_product(listed=False)
    with transaction() as session:
        rows = list(queries.candidates([product]))
        session.get(Product, product).ingredients[0].is_controlled = True
        session.flush()
        assert listing_refusal(rows[0].facts) is None
        assert service._change([product], True, AT) == []


def test_a_rule_lists_what_meets_it_and_the_counts_sum_up(context):
    make_product("Good", listed=False)
    make_product("Sold", listed=True)
    make_product("Dear", listed=False, price=None)
    make_product("Liquid", listed=False, form="syrup", columns={"unit": "mL"})
    make_product("Cold", listed=False, columns={"not_by_mail": "it must stay cold"})
    make_product("Opium", listed=False, controlled=True)
    outcome = by_rules(USUAL)
    assert listed_names() == ["Good", "Sold"]
    assert (len(outcome.changed), outcome.already, len(outcome.refused)) == (1, 1, 4)
    assert outcome.considered == 6
    assert set(outcome.refused.values()) == {
        ListingRefusal.NO_PRICE,
        ListingRefusal.NOT_ORAL_SOLID,
        ListingRefusal.NOT_BY_MAIL,
        ListingRefusal.CONTROLLED,
    }
    assert records()[0].subject_id == "mailable,oral-solid,priced"


def test_everything_lists_all_but_what_nobody_may(context):
    make_product("Dear", listed=False, price=None)
    make_product("Cold", listed=False, columns={"not_by_mail": "it must stay cold"})
    make_product("Opium", listed=False, controlled=True)
    make_product("Gone", listed=False, columns={"withdrawn_on": date(2026, 1, 1)})
    by_rules({Rule.EVERYTHING})
    assert listed_names() == ["Cold", "Dear"]


def test_a_limit_takes_what_is_asked_for_most(context):
    for name, popularity in (("Seldom", 1), ("Often", 9), ("Sometimes", 5)):
        make_product(name, listed=False, columns={"popularity": popularity})
    outcome = by_rules({Rule.PRICED}, limit=2)
    assert listed_names() == ["Often", "Sometimes"]
    assert (len(outcome.changed), outcome.postponed, outcome.considered) == (2, 1, 3)


def test_a_rule_that_wants_prices_says_so_when_there_are_none(context):
    make_product(listed=False, price=None)
    with pytest.raises(service.NothingPriced) as refusal:
        by_rules({Rule.PRICED})
    assert "import-nadac" in refusal.value.todo
    assert listed_names() == []


def test_a_rule_takes_off_sale_what_meets_it_also_by_origin(context):
    make_product("Hand")
    make_product("Directory", columns={"origin": "ndc"})
    make_product("Liquid", form="syrup", columns={"unit": "mL", "origin": "ndc"})
    outcome = by_rules({Rule.ORAL_SOLID}, False, origin="ndc")
    assert listed_names() == ["Hand", "Liquid"]
    assert (len(outcome.changed), outcome.considered) == (1, 2)
    by_rules(set(), False, origin="ndc")
    assert listed_names() == ["Hand"]


def test_taking_back_touches_only_what_nobody_changed_since(context):
    first, second = make_product("First", listed=False), make_product("Second", listed=False)
    put([first, second])
    put([second], False, LATER)
    with transaction():
        outcome = service.undo(True, AT, None, LATER)
    assert (outcome.changed, listed_names()) == ([first], [])
    with transaction():
        service.undo(False, LATER, None, datetime(2026, 11, 22, 8, tzinfo=UTC))
    assert listed_names() == ["First", "Second"]


def test_a_change_of_price_after_the_listing_does_not_hide_it_from_its_undo(context):
    product = make_product(listed=False)
    put([product])
    with transaction() as session:
        session.execute(update(Product).values(changed_at=LATER))
    with transaction():
        assert service.undo(True, AT, None, LATER).changed == [product]
