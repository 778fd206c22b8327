"""What pharmacies paid over a year ago makes no new price by rule, unless the operator says so."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from shop.catalogue import queries as catalogue
from shop.database import db, transaction
from shop.pricing import queries
from shop.pricing.acquisition import Kind, Source
from shop.pricing.models import AcquisitionPrice
from shop.pricing.rules import Rule
from shop.pricing.service import reprice
from tests.integration.pricing.ruled_prices import AT, STORE, make_by_rule, product_of, set_rule

D = Decimal
TODAY = AT.date()
OLD = Source(TODAY - timedelta(days=366), Kind.WEEKLY).text
YOUNG = Source(TODAY - timedelta(days=365), Kind.WEEKLY).text


@pytest.mark.parametrize(("source", "price"), [(OLD, None), (YOUNG, D("0.162"))])
def test_a_cost_makes_a_new_price_for_a_year_after_its_last_week(context, source, price):
    variant = make_by_rule(source=source)
    done = set_rule(None, STORE)
    assert (done.outdated, done.new) == ((1, 0) if price is None else (0, 1))
    assert catalogue.variant(variant).price == price


def test_a_price_that_stands_is_neither_changed_nor_lost(context):
    variant = make_by_rule()
    set_rule(None, STORE)
    with transaction() as session:
        session.execute(update(AcquisitionPrice).values(source=OLD))
    done = set_rule(None, Rule(D(3), D(0)))
    assert (done.outdated, done.changed, done.total) == (1, 0, 1)
    assert catalogue.variant(variant).price == D("0.162")


def test_a_fixed_price_needs_no_survey(context):
    variant = make_by_rule(source=OLD)
    assert set_rule(product_of(variant), Rule(fixed_price=D("0.51"))).new == 1


def test_the_operator_may_allow_it(context):
    settings = context.extensions["settings"]
    variant = make_by_rule(source=OLD)
    context.extensions["settings"] = replace(settings, price_from_old_costs=True)
    try:
        assert set_rule(None, STORE).new == 1
        [strength] = queries.strengths_by_id([variant], TODAY)
    finally:
        context.extensions["settings"] = settings
    assert strength.outdated_on == TODAY - timedelta(days=366), "it says so all the same"


def test_a_price_that_is_to_come_is_not_in_force_yet(context):
    variant = make_by_rule()
    with transaction():
        db.session.add(
            AcquisitionPrice(
                variant_id=variant, price=D(9), effective_on=TODAY + timedelta(days=1), source="a survey"
            )
        )
        reprice(None, AT)
    [today] = queries.strengths_by_id([variant], TODAY)
    [tomorrow] = queries.strengths_by_id([variant], TODAY + timedelta(days=1))
    assert (today.acquisition, tomorrow.acquisition) == (D("0.06047"), D(9))


def test_the_desk_and_the_command_say_so(context):
    variant = make_by_rule(source=Source(date(2022, 10, 1), Kind.WEEKLY).text)
    shown = context.test_cli_runner().invoke(args=["catalogue", "price", "show", "baclofen-tablets"])
    assert "2022-10-01" in shown.output
    run = context.test_cli_runner().invoke(args=["catalogue", "price", "rule", "--markup", "35"])
    assert run.exit_code == 0, run.output
    assert re.findall(r"\d+", run.output.splitlines()[-1]) == ["0", "0", "1", "0"], "rise, fall, old, stay"
    db.session.rollback()
    assert catalogue.variant(variant).price is None
