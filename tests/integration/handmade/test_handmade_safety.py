"""No way of typing a substance puts on sale by hand what an import would keep out."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from shop.catalogue import queries as catalogue
from shop.catalogue.models import Ingredient, Product
from shop.database import db, transaction
from shop.handmade import products, strengths
from shop.handmade.refusals import NotSoldHere
from shop.handmade.strengths import StrengthTyped
from shop.listing.deciding import decide
from shop.listing.rules import ListingRefusal
from shop.safety.sale import SaleRefusal, sale_refusal
from shop.seen import digest
from tests.integration.handmade.by_hand import (
    AT,
    CREAM,
    NEW,
    make,
    product,
    put_on_sale,
    seen_on,
    typed,
    variant_of,
)

TABLET = CREAM | {"form": "tablet", "route": "oral", "kind": "rx"}
CONTROLLED = [
    {"ingredient_0": "tramadol"},
    {"ingredient_0": "Tramadol Hydrochloride"},
    {"ingredient_0": "TRAMADOL"},
    {"ingredient_0": "codeine phosphate"},
    {"ingredient_0": "Codeine phosphate hemihydrate"},
    {"ingredient_0": "tr\u0430madol"},  # a Cyrillic letter
    {"ingredient_0": "tr\u0251madol"},  # a Latin one that only looks like it
    {"ingredient_0": "ｔｒａｍａｄｏｌ"},
    {"ingredient_0": "tr\u00e1madol"},
    {"ingredient_0": "trama\u00addol"},
    {"ingredient_0": "tra\u200bmadol"},
    {"ingredient_0": "tram4dol"},
    {"ingredient_0": "fentany1"},
    {"ingredient_0": "fen tanyl"},
    {"ingredient_0": "dextroamphetamine"},
    {"ingredient_0": "Baclofen", "ingredient_1": "Codeine"},
    {"ingredient_0": "baclofen; codeine"},
    {"ingredient_0": "baclofen and codeine"},
    {"ingredient_0": "Baclofen", "brand": "Percocet"},
    {"ingredient_0": "Baclofen", "brand": "PERCOCET®"},
    {"ingredient_0": "Baclofen", "brand": "Tramadol relief"},
    {"ingredient_0": "Newmorphonebarbital"},
]


@pytest.mark.parametrize("fields", CONTROLLED, ids=lambda one: ascii(" ".join(one.values())))
def test_a_controlled_substance_is_not_made_however_it_is_spelled(desk, fields):
    desk.send(NEW, **TABLET | fields)
    assert desk.page.status_code == 422
    assert 'aria-invalid="true"' in desk.page.text
    db.session.rollback()
    assert db.session.scalar(select(Product.id)) is None
    assert db.session.scalar(select(Ingredient.id)) is None


def test_an_ingredient_that_somebody_marked_is_refused_too(context):
    with transaction():
        db.session.add(Ingredient(slug="oddamine", name="oddamine", is_controlled=True))
    with pytest.raises(NotSoldHere), transaction():
        products.make_product(typed("oddamine"), None, AT)


@pytest.mark.parametrize("extra", ["codeine", "tramadol hydrochloride", "isotretinoin", "pseudoephedrine"])
def test_an_ingredient_edited_in_afterwards_takes_it_off_sale(desk, extra):
    slug = make("baclofen", form="tablet", route="oral", strength="10 mg", pack=False)
    put_on_sale(slug)
    assert product(slug).listed_at is not None
    edit = f"/admin/catalogue/{slug}/edit"
    desk.open(edit)
    fields = TABLET | {"ingredient_1": extra, "seen": seen_on(desk.page.text)}
    desk.send(edit, **fields)
    assert product(slug).listed_at is None
    assert product(slug).safety_code != "clear"
    assert list(put_on_sale(slug).refused.values()) != []
    assert sale_refusal(catalogue.variant(variant_of(slug).id), "US") is not None


def test_a_brand_edited_in_afterwards_takes_it_off_sale(desk):
    slug = make("baclofen", form="tablet", route="oral", strength="10 mg", pack=False)
    put_on_sale(slug)
    edit = f"/admin/catalogue/{slug}/edit"
    desk.open(edit)
    desk.send(edit, **TABLET | {"brand": "Xanax", "seen": seen_on(desk.page.text)})
    assert product(slug).listed_at is None
    assert list(put_on_sale(slug).refused.values()) == [ListingRefusal.CONTROLLED]


def test_another_composition_is_off_sale_until_somebody_lists_it_again(context):
    slug = make("baclofen", pack=False)
    put_on_sale(slug)
    with transaction():
        seen = digest(products.state_of(product_in(slug)))
        saved = products.change_product(slug, typed("lidocaine"), seen, None, AT)
    assert (saved.off_sale, saved.withdrawn) == (True, False)
    assert product(slug).listed_at is None
    assert len(put_on_sale(slug).changed) == 1


def product_in(slug: str) -> Product:
    """Within the caller's transaction."""
    return db.session.scalars(select(Product).where(Product.slug == slug)).one()


@pytest.mark.parametrize(
    ("ingredient", "form", "route", "license_", "word"),
    [
        ("lactated ringer's", "injection", "intravenous", "COMPOUNDED", ListingRefusal.NO_STORAGE_FACT),
        ("newmabgen", "tablet", "oral", "BLA", ListingRefusal.NO_STORAGE_FACT),
        ("timolol", "solution", "eye", "NDA", ListingRefusal.NO_STORAGE_FACT),
        ("bisacodyl", "suppository", "rectal", "NDA", ListingRefusal.NO_STORAGE_FACT),
        ("isotretinoin", "capsule", "oral", "NDA", ListingRefusal.NOT_BY_CLASS),
        ("alcohol", "gel", "on the skin", "COMPOUNDED", ListingRefusal.NOT_BY_CLASS),
        ("pseudoephedrine", "tablet", "oral", "NDA", ListingRefusal.NOT_BY_CLASS),
    ],
)
def test_what_is_not_sent_by_mail_is_saved_and_never_listed(context, ingredient, form, route, license_, word):
    slug = make(ingredient, form=form, route=route, license=license_, strength="", pack=False)
    strength = "1 mg/mL" if product(slug).unit == "mL" else "1 mg/g" if product(slug).unit == "g" else "1 mg"
    with transaction():
        strengths.make_strength(slug, StrengthTyped(strength, ["US"]), None, AT)
    assert list(put_on_sale(slug).refused.values()) == [word]
    assert sale_refusal(catalogue.variant(variant_of(slug).id), "US") is SaleRefusal.NOT_LISTED


def test_a_strength_registered_abroad_is_sold_here_only_by_decision(context):
    slug = make("baclofen", strength="", license="FOREIGN")
    with transaction():
        strengths.make_strength(slug, StrengthTyped("2 %", ["DE"]), None, AT)
    put_on_sale(slug)
    assert sale_refusal(catalogue.variant(variant_of(slug).id), "US") is SaleRefusal.OTHER_MARKET


def test_classes_that_the_directory_states_of_an_ingredient_alone_count(context):
    slug = make("newpain", form="tablet", route="oral", strength="10 mg", pack=False)
    with transaction():
        product_in(slug).origin = "ndc"
        product_in(slug).regulatory = {"classes": ["Opioid Agonist"]}
    with pytest.raises(NotSoldHere), transaction():
        products.make_product(typed("newpain", form="solution", route="oral"), None, AT)


@pytest.mark.parametrize(
    ("ingredient", "license_", "sold"),
    [
        ("gabapentin", "NDA", False),
        ("gabapentin", "COMPOUNDED", False),
        ("loratadine", "COMPOUNDED", False),
        ("loratadine", "OTC MONOGRAPH", True),
    ],
)
def test_over_the_counter_by_hand_only_what_the_safety_data_know_as_such(desk, ingredient, license_, sold):
    fields = {"ingredient_0": ingredient, "kind": "otc", "license": license_}
    desk.send(NEW, **TABLET | fields)
    assert desk.page.status_code == (200 if sold else 422)
    db.session.rollback()
    assert (db.session.scalar(select(Product.id)) is not None) is sold


def test_a_product_is_not_edited_into_over_the_counter_and_an_older_one_is_not_sold(desk):
    slug = make("gabapentin", form="capsule", route="oral", license="NDA", strength="300 mg", pack=False)
    assert len(put_on_sale(slug).changed) == 1
    edit = f"/admin/catalogue/{slug}/edit"
    desk.open(edit)
    fields = {"ingredient_0": "gabapentin", "form": "capsule", "kind": "otc", "license": "NDA"}
    desk.send(edit, **TABLET | fields | {"seen": seen_on(desk.page.text)})
    assert desk.page.status_code == 422
    assert product(slug).prescription_required
    with transaction():
        product_in(slug).prescription_required = False
    assert catalogue.variant(variant_of(slug).id).refused.code == "prescription_only"
    with transaction():
        decide(None, AT)
    assert product(slug).safety_code == "prescription_only"
    assert list(put_on_sale(slug).refused.values()) == [ListingRefusal.NOT_OVER_THE_COUNTER]


OTC_TABLET = {"form": "tablet", "route": "oral", "license": "OTC MONOGRAPH", "prescription_required": False}


def add_strength(slug: str, strength: str) -> int:
    with transaction():
        return strengths.make_strength(slug, StrengthTyped(strength, ["US"]), None, AT)


def test_over_the_counter_no_strength_is_made_by_hand_that_labels_do_not_sell_so(context):
    slug = make("ibuprofen", strength="200 mg", pack=False, **OTC_TABLET)
    for strength in ("800 mg", "0.8 g", "201 mg"):
        with pytest.raises(NotSoldHere) as refused:
            add_strength(slug, strength)
        assert (refused.value.field, bool(refused.value.todo)) == ("strength", True)
    variant = variant_of(slug)
    seen, key = digest(strengths.state_of(variant)), variant.id
    with pytest.raises(NotSoldHere), transaction():
        strengths.change_strength(slug, key, StrengthTyped("800 mg", ["US"]), seen, None, AT)
    assert [one.strength for one in product(slug).variants] == ["200 mg"]


def test_nor_added_to_a_product_of_the_directory_nor_put_back(context):
    slug = make("ibuprofen", strength="200 mg", pack=False, **OTC_TABLET)
    with transaction():
        product_in(slug).origin = "ndc"
    with pytest.raises(NotSoldHere):
        add_strength(slug, "800 mg")
    key = variant_of(slug).id
    with transaction():
        strengths.set_withdrawn(slug, key, True, None, AT)
        product_in(slug).variants[0].strength = "800 mg"
    with pytest.raises(NotSoldHere), transaction():
        strengths.set_withdrawn(slug, key, False, None, AT)


def test_a_strength_of_a_prescription_is_not_edited_over_the_counter_and_an_older_one_is_not_sold(context):
    slug = make("ibuprofen", strength="800 mg", pack=False, **(OTC_TABLET | {"prescription_required": True}))
    otc = typed("ibuprofen", **OTC_TABLET)
    with pytest.raises(NotSoldHere) as refused, transaction():
        products.change_product(slug, otc, digest(products.state_of(product_in(slug))), None, AT)
    assert refused.value.field == "kind"
    assert product(slug).prescription_required
    assert catalogue.variant(variant_of(slug).id).refused is None
    with transaction():
        product_in(slug).prescription_required = False
    facts = catalogue.variant(variant_of(slug).id)
    assert facts.refused.code == "prescription_only"
    assert sale_refusal(replace(facts, listed=True), "US") is SaleRefusal.NOT_BY_MAIL
