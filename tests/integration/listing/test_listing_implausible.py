"""Strengths that cannot be right as filed: reported at the import, found by staff, put on sale by no rule."""

import re

import pytest
from sqlalchemy import select, update

from shop.catalogue.models import Listing, Variant
from shop.database import db
from shop.imports import status
from shop.listing import finding
from shop.listing.finding import Narrowing, State
from shop.listing.medicine import medicine
from shop.listing.queries import doubted
from shop.safety.sale import SaleRefusal, sale_refusal
from shop.substances.strengths import Doubt
from tests.factories import make_variant
from tests.integration.imports.ndc_files import package, product, write
from tests.integration.listing.products import listed_names, make_product


@pytest.fixture
def run(context):
    def call(*words: str) -> str:
        db.session.rollback()
        result = context.test_cli_runner().invoke(args=["catalogue", *words])
        db.session.rollback()
        return " ".join(result.output.split())

    return call


@pytest.fixture
def shelf(context) -> dict[str, int]:
    """A medicine with a slip beside a good strength, one without, and one whose liquid is no slip."""
    ids = {
        "Aspirin": make_product("Aspirin", strength="325 g", listed=False),
        "Baclofen": make_product("Baclofen", listed=False),
        "Cefalexin": make_product("Cefalexin", strength="250 mg/5 mL", listed=False, unit="mL"),
    }
    make_variant("Aspirin", "500 mg/5001", listed=False)
    return ids


def test_the_doubted_strengths_are_counted_by_product(shelf):
    assert doubted() == {shelf["Aspirin"]: 2}
    assert doubted([shelf["Aspirin"], shelf["Baclofen"]]) == {shelf["Aspirin"]: 2}
    assert doubted([shelf["Baclofen"]]) == doubted([]) == {}


def test_the_same_words_are_a_slip_for_a_tablet_only(context):
    tablet = make_product("Aspirin", strength="20 g")
    make_product("Cefazolin", strength="20 g", unit="pack", form="powder for injection")
    assert doubted() == {tablet: 1}


def test_staff_find_the_products_with_strengths_to_check(shelf):
    page = finding.products_page(Narrowing(state=State.TO_CHECK), 1)
    assert [(row.id, row.facts.doubted) for row in page.rows] == [(shelf["Aspirin"], 2)]
    assert page.total == 1


def test_no_rule_lists_it_and_the_command_says_so_and_where_to_look(run, shelf):
    said = run("list", "--rule", "priced")
    assert re.findall(r"(?<= )\d+(?= )", f" {said} ")[-4:] == ["2", "0", "1", "3"], "last, all"
    assert "/admin/catalogue?state=to-check" in said
    assert listed_names() == ["Baclofen", "Cefalexin"]
    assert status.read().origins["hand"].to_check == 1


def test_a_slip_beside_a_good_strength_keeps_only_itself_from_being_sold(run, shelf, context):
    make_variant("Aspirin", "81 mg", listed=False)
    db.session.execute(update(Variant).values(price_basis="rule"))
    db.session.commit()

    run("list", "--rule", "priced")

    sold = {
        one.facts.strength: sale_refusal(one.facts, "US") for one in medicine("aspirin-tablets").strengths
    }
    assert sold == {
        "81 mg": None,
        "325 g": SaleRefusal.STRENGTH_TO_CHECK,
        "500 mg/5001": SaleRefusal.STRENGTH_TO_CHECK,
    }
    (row,) = db.session.scalars(select(Listing).where(Listing.product_id == shelf["Aspirin"]))
    assert len(row.sold) == 1


def test_a_price_fixed_by_hand_sells_it_after_all(run, shelf):
    run("list", "aspirin-tablets")
    assert {sale_refusal(one.facts, "US") for one in medicine("aspirin-tablets").strengths} == {None}


def test_an_admin_may_list_it_by_name_after_a_look(run, shelf):
    run("list", "aspirin-tablets")
    assert listed_names() == ["Aspirin"]


def test_the_import_names_the_first_strengths_to_check_and_takes_them_in(run, tmp_path):
    slips = [product(f"0001-{n:04}", f"Slip{n}", "325", ACTIVE_INGRED_UNIT="g/1") for n in range(7)]
    rows = [*slips, product("0527-1330")]
    files = write(tmp_path, rows, [package(row["PRODUCTNDC"]) for row in rows])
    said = run("import-ndc", *map(str, files))
    assert "7 of 7" in said
    assert f"Slip0 tablet 325 g: {Doubt.TOO_HEAVY}" in said
    assert "Slip4" in said
    assert "Slip5" not in said
    assert len(doubted()) == 7
    assert "state=to-check" in said


def test_an_import_without_slips_says_nothing_of_them(run, tmp_path):
    files = write(tmp_path, [product("0527-1330")], [package("0527-1330")])
    assert "to-check" not in run("import-ndc", *map(str, files))
