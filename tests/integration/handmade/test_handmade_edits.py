"""Duplicates lead to what there is; what orders and imports know stays."""

import pytest
from sqlalchemy import func, select

from shop.catalogue.models import Pack, Product, Variant
from shop.database import db, transaction
from shop.handmade import packs, products, strengths
from shop.handmade.packs import PackTyped
from shop.handmade.refusals import InUse, OfDirectory
from shop.handmade.strengths import StrengthTyped
from shop.seen import digest
from tests.factories import make_lot
from tests.integration.handmade.by_hand import (
    AT,
    CREAM,
    NEW,
    PACK,
    make,
    pack_of,
    product,
    put_on_sale,
    seen_on,
    typed,
    variant_of,
)

EDIT = "/admin/catalogue/baclofen-cream/edit"
NDC = PackTyped(("0527-1330-01", "00527133001"), "Lannett", "30 g in 1 TUBE", 30)


def of_directory(slug: str) -> None:
    """As if an import had made it."""
    with transaction():
        found = db.session.scalars(select(Product).where(Product.slug == slug)).one()
        found.origin = "ndc"
        for pack in db.session.scalars(select(Pack)):
            pack.origin = "ndc"


# --- Duplicates ---


@pytest.mark.parametrize("name", ["baclofen", "BACLOFEN", "Baclofen anhydrous", " baclofen  "])
def test_a_product_that_exists_leads_to_it(desk, name):
    make("baclofen", pack=False)
    desk.send(NEW, **CREAM | {"ingredient_0": name})
    assert desk.page.status_code == 409
    assert 'data-exists="baclofen-cream"' in desk.page.text
    assert 'href="/admin/catalogue/baclofen-cream"' in desk.page.text
    assert db.session.scalar(select(func.count(Product.id))) == 1


def test_prescription_and_brand_make_another_page_with_a_free_address_and_its_own_name(context):
    pills = {"form": "tablet", "route": "oral", "license": "NDA", "strength": "10 mg", "pack": False}
    slugs = [make("loratadine", **pills)]
    slugs.append(make("loratadine", **pills, prescription_required=False))
    slugs.append(make("loratadine", **pills, brand="Relaxa"))
    assert len(set(slugs)) == 3
    assert len({product(slug).name for slug in slugs}) == 3


@pytest.mark.parametrize("text", ["20 mg/g", "2 %", "0.02 g/g", "20000 mcg/g"])
def test_a_strength_that_exists_leads_to_it(desk, text):
    make("baclofen")
    desk.send("/admin/catalogue/baclofen-cream/strengths/new", strength=text, markets="US")
    assert desk.page.status_code == 409
    assert f"of={variant_of('baclofen-cream').id}" in desk.page.text
    assert len(product("baclofen-cream").variants) == 1


@pytest.mark.parametrize("code", ["0527-1330-01", "00527-1330-01", "00527133001", "0527–1330–01"])
def test_an_ndc_that_is_taken_leads_to_its_pack(desk, code):
    make("baclofen", pack=False)
    with transaction():
        packs.make_pack("baclofen-cream", variant_of("baclofen-cream").id, NDC, None, AT)
    other = make("lidocaine", pack=False)
    variant = variant_of(other)
    desk.send(f"/admin/catalogue/{other}/strengths/{variant.id}/packs/new", **PACK | {"ndc": code})
    assert desk.page.status_code == 409
    assert 'data-exists="baclofen-cream"' in desk.page.text


# --- What orders and lots name ---


def test_what_lots_name_is_withdrawn_when_it_becomes_another_medicine(context):
    slug = make("baclofen")
    make_lot(variant_of(slug).id)
    put_on_sale(slug)
    seen = digest(products.state_of(product(slug)))
    with transaction():
        saved = products.change_product(slug, typed("lidocaine"), seen, None, AT)
    assert saved.withdrawn
    assert product(slug).listed_at is None
    assert put_on_sale(slug).changed == []


def test_amounts_of_a_strength_that_lots_name_stay_and_its_markets_do_not(context):
    slug = make("baclofen")
    variant = variant_of(slug)
    make_lot(variant.id)
    seen = digest(strengths.state_of(variant))
    db.session.rollback()
    with pytest.raises(InUse), transaction():
        strengths.change_strength(slug, variant.id, StrengthTyped("5 %", ["US"]), seen, None, AT)
    with transaction():
        strengths.change_strength(slug, variant.id, StrengthTyped("20 mg/g", ["CA"]), seen, None, AT)
    assert variant_of(slug).markets == ["CA"]


def test_the_size_of_a_pack_with_lots_stays(context):
    slug = make("baclofen")
    pack, variant = pack_of(slug), variant_of(slug)
    make_lot(variant.id, 300, pack_id=pack.id)
    seen = digest(packs.state_of(pack))
    db.session.rollback()
    larger = PackTyped(None, "Formulary", "60 g in 1 TUBE", 60)
    with pytest.raises(InUse), transaction():
        packs.change_pack(slug, variant.id, pack.id, larger, seen, None, AT)


def test_a_form_counted_in_another_unit_is_another_product(context):
    slug = make("baclofen")
    seen = digest(products.state_of(product(slug)))
    db.session.rollback()
    with pytest.raises(InUse), transaction():
        products.change_product(slug, typed("baclofen", form="tablet", route="oral"), seen, None, AT)


def test_strengths_without_an_amount_for_each_ingredient_are_withdrawn(context):
    slug = make("baclofen")
    seen = digest(products.state_of(product(slug)))
    with transaction():
        products.change_product(slug, typed("baclofen", "lidocaine"), seen, None, AT)
    assert variant_of(slug).withdrawn_on is not None
    seen = digest(strengths.state_of(variant_of(slug)))
    number = variant_of(slug).id
    db.session.rollback()
    with transaction():
        strengths.change_strength(slug, number, StrengthTyped("2 % / 5 %", ["US"]), seen, None, AT)
        strengths.set_withdrawn(slug, number, False, None, AT)
    assert variant_of(slug).strength == "20 mg/g / 50 mg/g"
    assert variant_of(slug).withdrawn_on is None


def test_what_only_files_it_elsewhere_leaves_it_on_sale(context):
    """A page of the demonstration names a brand as an example; its identity is that of the generic."""
    slug = make("baclofen")
    make_lot(variant_of(slug).id)
    with transaction():
        found = db.session.scalars(select(Product).where(Product.slug == slug)).one()
        found.brand, identity = "Relaxa", found.identity
    put_on_sale(slug)
    seen = digest(products.state_of(product(slug)))
    db.session.rollback()
    same = typed("baclofen", brand="Relaxa", license="FOREIGN")
    with transaction():
        saved = products.change_product(slug, same, seen, None, AT)
    assert (saved.off_sale, saved.withdrawn) == (False, False)
    assert product(slug).listed_at is not None
    assert product(slug).identity == identity


# --- The directory's ---


def test_what_an_import_would_write_again_is_read_only(desk):
    slug = make("baclofen")
    of_directory(slug)
    variant, pack = variant_of(slug), pack_of(slug)
    strength = f"/admin/catalogue/{slug}/strengths/{variant.id}"
    desk.open(EDIT)
    assert "data-read-only" in desk.page.text
    assert 'name="ingredient_0"' not in desk.page.text
    desk.send(EDIT, **CREAM | {"ingredient_0": "lidocaine", "seen": seen_on(desk.page.text)})
    assert [one.name for one in product(slug).ingredients] == ["baclofen"]
    desk.open(strength)
    desk.send(strength, strength="9 %", markets="US, CA", seen=seen_on(desk.page.text))
    assert (variant_of(slug).strength, variant_of(slug).markets) == ("20 mg/g", ["CA", "US"])
    desk.open(f"{strength}/packs/{pack.id}")
    assert "data-read-only" in desk.page.text
    desk.send(f"{strength}/packs/{pack.id}", **PACK | {"labeler": "Somebody"})
    assert pack_of(slug).labeler == "Formulary"
    for gone in (f"/admin/catalogue/{slug}/withdraw", f"{strength}/packs/{pack.id}/withdraw"):
        desk.send(gone, do="withdraw")
    assert product(slug).withdrawn_on is None
    assert pack_of(slug).withdrawn_on is None
    with pytest.raises(OfDirectory), transaction():
        products.change_product(slug, typed("lidocaine"), "", None, AT)


def test_a_strength_of_the_directory_can_be_withdrawn_and_packs_added(desk):
    slug = make("baclofen")
    of_directory(slug)
    variant = variant_of(slug)
    strength = f"/admin/catalogue/{slug}/strengths/{variant.id}"
    desk.send(f"{strength}/packs/new", **PACK | {"size": "60", "description": "60 g in 1 TUBE"})
    assert [pack.origin for pack in variant_of(slug).packs] == ["ndc", "hand"]
    assert variant_of(slug).quantities == [30, 60]
    desk.send(f"{strength}/withdraw", do="withdraw")
    assert db.session.scalar(select(Variant.withdrawn_on)) is not None


# --- By the container, and releases ---


def test_eye_drops_of_part_of_a_ml_are_sold_by_the_container(context):
    slug = make("artificial tear", form="solution", route="nasal", strength="", by_container=True)
    assert product(slug).unit == "pack"
    with transaction():
        number = strengths.make_strength(slug, StrengthTyped("5 mg/mL", ["US"], "2.5 mL"), None, AT)
        strengths.make_strength(slug, StrengthTyped("5 mg/mL", ["US"], "5 mL"), None, AT)
    with transaction():
        box = PackTyped(None, "Formulary", "2 BOTTLE in 1 CARTON > 2.5 mL in 1 BOTTLE", 2)
        packs.make_pack(slug, number, box, None, AT)
    said = [(one.strength, one.quantities) for one in product(slug).variants]
    assert ("5 mg/mL, 2.5 mL", [2]) in said
    assert len(said) == 2


def test_two_extended_releases_are_two_products(context):
    tablets = {
        "form": "extended-release tablet",
        "route": "oral",
        "prescription_required": True,
        "pack": False,
    }
    slugs = [
        make("bupropion hydrochloride", strength="150 mg", release=one, **tablets) for one in ("SR", "XL")
    ]
    assert len({product(slug).name for slug in slugs}) == 2
    assert [product(slug).release for slug in slugs] == ["SR", "XL"]
