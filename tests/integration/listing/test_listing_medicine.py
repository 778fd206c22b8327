"""One medicine, as its page reads it."""

from decimal import Decimal

from flask import g

from shop.catalogue.models import Variant
from shop.clock import now
from shop.database import transaction
from shop.listing.medicine import medicine
from shop.pricing.models import PriceRule
from tests.factories import make_variant


def test_a_medicine_knows_its_strengths_ingredients_and_categories(context):
    make_variant(strength="20 mg", categories=("House", "Cramps"))
    make_variant(daily=("40", "80"))

    found = medicine("baclofen-tablets")

    assert [s.slug for s in found.strengths] == ["10-mg", "20-mg"]
    assert found.ingredients == ("baclofen",)
    assert set(found.categories) >= {("cramps", "Cramps"), ("house", "House")}
    assert "muscle-spasticity" in dict(found.categories), "what its label names"


def test_equivalents_are_listed_products_of_the_same_ingredients_and_form(context):
    ids = [
        make_variant(name, strength, price)
        for name, strength, price in (
            ("Baclofen", "10 mg", "0.51"),
            ("Lioresal", "20 mg", "2.10"),
            ("Other", "10 mg", "1"),
        )
    ]
    hidden = make_variant("Hidden", "10 mg", listed=False)
    with transaction() as session:
        for variant_id in (ids[0], ids[1], hidden):
            session.get(Variant, variant_id).product.equivalence = "same"
        session.get(Variant, ids[2]).product.equivalence = "another"

    found = medicine("baclofen-tablets")

    assert [s.facts.product_name for s in found.strengths] == ["Baclofen"]
    for equivalents, name, strength in (
        (found.equivalents, "Lioresal", "20 mg"),
        (medicine("lioresal-tablets").equivalents, "Baclofen", "10 mg"),
    ):
        assert [(s.facts.product_name, s.facts.strength) for s in equivalents] == [(name, strength)]


def test_the_rule_of_a_price_is_the_products_own_or_the_stores(context):
    variant_id = make_variant()
    assert medicine("baclofen-tablets").rule is None
    with transaction() as session:
        session.add(PriceRule(mark_up=Decimal("0.35"), fee=Decimal("7"), breaks=[], changed_at=now()))
    assert medicine("baclofen-tablets").rule.mark_up == Decimal("0.35")
    with transaction() as session:
        own = session.get(Variant, variant_id).product_id
        session.add(
            PriceRule(product_id=own, mark_up=Decimal("0.5"), fee=Decimal(0), breaks=[], changed_at=now())
        )

    assert medicine("baclofen-tablets").rule.mark_up == Decimal("0.5")


def test_an_unlisted_or_unknown_medicine_is_none(context):
    make_variant(listed=False)

    assert medicine("baclofen-tablets") is None
    assert medicine("nothing") is None


def test_a_medicine_of_132_strengths_costs_one_query(app):
    with app.app_context(), transaction():
        for number in range(1, 133):
            make_variant(strength=f"{number} mg")
    with app.test_request_context():
        app.preprocess_request()
        before = g.query_count
        found = medicine("baclofen-tablets")
        assert g.query_count - before == 1
    assert [s.facts.strength for s in found.strengths][-1] == "132 mg"
