"""The safety data stand before every path to a sale: listing by rule, by name, by hand, and a sale."""

from datetime import UTC, datetime

import pytest

from shop.catalogue import queries as catalogue
from shop.catalogue.models import Ingredient, Product, Variant
from shop.database import db, transaction
from shop.listing import service
from shop.listing.deciding import decide, decide_new
from shop.listing.rules import ListingRefusal, Rule
from shop.safety.sale import SaleRefusal, sale_refusal
from tests.integration.listing.products import listed_names, make_product

AT = datetime(2026, 11, 29, 6, tzinfo=UTC)
UNDECIDED = {"safety_code": None}
# name, form, route, what the directory says besides, and the word of the refusal
REFUSED = [
    ("Tramadol", "tablet", "oral", {}, ListingRefusal.CONTROLLED),
    ("Sodium iodide I-131", "capsule", "oral", {}, ListingRefusal.NOT_BY_CLASS),
    ("Oxygen", "inhalation gas", "inhaled", {}, ListingRefusal.NOT_BY_CLASS),
    ("Tuberculin", "injection", "intradermal", {}, ListingRefusal.NOT_BY_CLASS),
    ("Immune globulin", "injection", "intravenous", {}, ListingRefusal.NOT_BY_CLASS),
    ("Pseudoephedrine", "tablet", "oral", {}, ListingRefusal.NOT_BY_CLASS),
    ("Isotretinoin", "capsule", "oral", {}, ListingRefusal.NOT_BY_CLASS),
    ("Alcohol", "gel", "on the skin", {}, ListingRefusal.NOT_BY_CLASS),
    ("Insulin glargine", "injection", "subcutaneous", {}, ListingRefusal.NOT_BY_CLASS),
    ("Lactated Ringer's", "injection", "intravenous", {}, ListingRefusal.NO_STORAGE_FACT),
    ("Pancrelipase", "capsule", "oral", {"licenses": ["BLA"]}, ListingRefusal.NO_STORAGE_FACT),
    ("Timolol", "eye drops", "eye", {}, ListingRefusal.NO_STORAGE_FACT),
    ("Bisacodyl", "suppository", "rectal", {}, ListingRefusal.NO_STORAGE_FACT),
    ("Newopioid", "tablet", "oral", {"classes": ["Opioid Agonist"]}, ListingRefusal.UNDECIDED),
]


def made(name: str, form: str, route: str, facts: dict[str, list[str]], listed: bool = False) -> int:
    columns = UNDECIDED | {"route": route, "regulatory": facts or None}
    return make_product(name, form=form, listed=listed, columns=columns)


def variant_of(product_id: int) -> int:
    return db.session.query(Variant.id).filter_by(product_id=product_id).scalar()


@pytest.mark.parametrize(("name", "form", "route", "facts", "word"), REFUSED)
def test_no_path_lists_or_sells_what_the_data_refuse(context, name, form, route, facts, word):
    product = made(name, form, route, facts)
    with transaction():
        by_hand = service.set_listed([product], True, None, AT)
    with transaction():
        by_rule = service.set_listed_by_rules({Rule.PRICED, Rule.MAILABLE}, True, None, AT)
    with transaction():
        everything = service.set_listed_by_rules({Rule.EVERYTHING}, True, None, AT)
    assert [outcome.refused for outcome in (by_hand, by_rule, everything)] == [{product: word}] * 3
    assert listed_names() == []


@pytest.mark.parametrize(("name", "form", "route", "facts", "word"), REFUSED)
def test_what_an_older_release_listed_is_not_sold(context, name, form, route, facts, word):
    product = made(name, form, route, facts, listed=True)
    for _decided in (False, True):
        facts_now = catalogue.variant(variant_of(product))
        assert sale_refusal(facts_now, "US") is SaleRefusal.NOT_BY_MAIL
        with transaction():
            decide([product], AT)
    assert facts_now.not_by_mail


def test_a_medicine_nobody_decided_about_is_not_sold_until_somebody_does(context):
    product = made("Baclofen", "tablet", "oral", {}, listed=True)
    assert sale_refusal(catalogue.variant(variant_of(product)), "US") is SaleRefusal.NOT_BY_MAIL
    with transaction():
        assert decide_new(AT) == 1
        assert decide_new(AT) == 0
    db.session.rollback()
    assert sale_refusal(catalogue.variant(variant_of(product)), "US") is None


def test_an_empty_list_lets_nothing_through_that_comes_with_the_store(context):
    """The list of the admins was never loaded; what it starts from holds all the same."""
    melphalan = made("Melphalan", "tablet", "oral", {})
    with transaction():
        outcome = service.set_listed([melphalan], True, None, AT)
    assert outcome.refused == {melphalan: ListingRefusal.NOT_BY_MAIL}


def test_deciding_marks_ingredients_that_an_earlier_list_let_in(context):
    product = made("Methadone hydrochloride", "tablet", "oral", {})
    with transaction():
        decide(None, AT)
    db.session.rollback()
    assert db.session.query(Ingredient.is_controlled).scalar() is True
    row = db.session.get(Product, product)
    assert (row.safety_code, bool(row.safety_reason), row.changed_at) == ("controlled", True, AT)


def test_an_ingredient_marked_by_hand_counts(context):
    product = made("Newdrug", "tablet", "oral", {})
    with transaction() as session:
        session.get(Product, product).ingredients[0].is_controlled = True
    with transaction():
        decide([product], AT)
    db.session.rollback()
    assert db.session.get(Product, product).safety_code == "controlled"


def test_deciding_again_changes_nothing(context):
    made("Baclofen", "tablet", "oral", {})
    made("Isotretinoin", "capsule", "oral", {})
    with transaction():
        assert decide(None, AT) == 2
        assert decide(None, AT) == 0


def test_the_report_counts_files_products_and_open_questions(context):
    made("Newopioid", "tablet", "oral", {"classes": ["Opioid Agonist"]})
    made("Isotretinoin", "capsule", "oral", {})
    run = context.test_cli_runner()
    before = run.invoke(args=["safety", "report"]).output
    assert "safety apply" in before
    assert run.invoke(args=["safety", "apply"]).output.startswith("2 ")
    after = run.invoke(args=["safety", "report"]).output
    assert "safety apply" not in after
    assert "rems" in after
    assert "newopioid" in after
    assert "controlled.toml" in after
    assert run.invoke(args=["safety", "facts"]).exit_code == 0
