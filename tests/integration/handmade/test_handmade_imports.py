"""An import leaves what a person made as it is, and a person's withdrawal stands."""

from sqlalchemy import select

from shop.catalogue.models import Pack, Product
from shop.database import db, transaction
from shop.handmade import packs, products
from shop.handmade.packs import PackTyped
from tests.integration.handmade.by_hand import AT, make, product, put_on_sale, variant_of
from tests.integration.imports import ndc_files
from tests.integration.imports.ndc_imports import bring, pack

__all__ = ["bring"]
ROWS = [ndc_files.product("0527-1330"), ndc_files.product("0001-0001", "Lisinopril")]
PACKS = [ndc_files.package("0527-1330"), ndc_files.package("0001-0001")]
TABLETS = {"form": "tablet", "route": "oral", "strength": "10 mg", "prescription_required": True}


def test_packs_made_by_hand_outlast_an_import_that_does_not_know_them(bring):
    slug = make("baclofen", pack=False, **TABLETS)
    own = PackTyped(None, "Formulary", "90 TABLET in 1 BOTTLE", 90)
    abroad = PackTyped(("12345-678-90", "12345067890"), "Elsewhere", "28 TABLET in 1 BOTTLE", 28)
    for typed in (own, abroad):
        with transaction():
            packs.make_pack(slug, variant_of(slug).id, typed, None, AT)
    outcome = bring(ROWS, PACKS)
    assert outcome.plan.withdrawn_packs == []
    assert [(one.size, one.withdrawn_on) for one in variant_of(slug).packs[:2]] == [(90, None), (28, None)]
    assert len(db.session.scalars(select(Product)).all()) == 2  # met, and not a second page
    assert bring(ROWS, PACKS).plan.is_empty


def test_what_a_person_withdrew_stays_withdrawn(bring):
    slug = make("baclofen", pack=False, **TABLETS)
    typed = PackTyped(("0527-1330-01", "00527133001"), "Formulary", "90 TABLET in 1 BOTTLE", 90)
    with transaction():
        number = packs.make_pack(slug, variant_of(slug).id, typed, None, AT)
    with transaction():
        packs.set_withdrawn(slug, variant_of_id(slug), number, True, None, AT)
        products.set_withdrawn(slug, True, None, AT)
    bring(ROWS, PACKS)
    assert pack("0527-1330-01").withdrawn_on == AT.date()
    assert product(slug).withdrawn_on == AT.date()
    assert put_on_sale(slug).changed == []


def variant_of_id(slug: str) -> int:
    """Within the caller's transaction."""
    return db.session.scalars(select(Product).where(Product.slug == slug)).one().variants[0].id


def test_a_pack_by_hand_beneath_the_directorys_product_is_the_directorys_once_it_files_it(bring):
    bring(ROWS, PACKS)
    variant = variant_of("baclofen-tablets")
    filed = PackTyped(("0527-1330-05", "00527133005"), "By hand", "60 TABLET in 1 BOTTLE", 60)
    own = PackTyped(None, "Formulary", "45 TABLET in 1 BOTTLE", 45)
    for typed in (filed, own):
        with transaction():
            packs.make_pack("baclofen-tablets", variant.id, typed, None, AT)
    offered = list(variant_of("baclofen-tablets").quantities)
    assert bring(ROWS, PACKS).plan.is_empty  # and so the sizes by hand are offered on
    later = [*PACKS, ndc_files.package("0527-1330", "05")]
    bring(ROWS, later)
    assert (pack("0527-1330-05").origin, pack("0527-1330-05").labeler) == ("ndc", "Example Labs")
    assert list(variant_of("baclofen-tablets").quantities) == offered
    assert db.session.scalar(select(Pack.origin).where(Pack.ndc.startswith("STORE-"))) == "hand"
    assert bring(ROWS, later).plan.is_empty
