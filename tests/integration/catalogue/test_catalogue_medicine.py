"""One medicine, as its page reads it."""

from datetime import date
from decimal import Decimal

from flask import g

from shop.catalogue.medicine import medicine
from shop.catalogue.models import AcquisitionPrice
from shop.database import transaction
from tests.factories import make_variant


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
