"""Importing small directories on both databases: what is written and what is refused."""

from decimal import Decimal

from sqlalchemy import select

from shop.catalogue.models import Ingredient, Product, Variant
from shop.database import db
from shop.substances.strengths import NOT_STATED
from tests.integration.imports.ndc_files import package, product
from tests.integration.imports.ndc_imports import HCT, strengths


def test_labelers_of_one_medicine_share_a_page_and_brands_have_their_own(bring):
    outcome = bring(
        [
            product("0527-1330"),
            product("16714-071", DOSAGEFORMNAME="TABLET, FILM COATED"),
            product("60505-0183", strength="20"),
            product("0001-0001", PROPRIETARYNAME="LIORESAL"),
        ],
        [
            package("0527-1330"),
            package("16714-071", "04"),
            package("60505-0183", "0"),
            package("0001-0001"),
        ],
    )

    assert outcome.written
    pages = db.session.scalars(select(Product).order_by(Product.slug)).all()
    assert [(p.slug, p.name, p.brand, p.form_plural, p.unit, p.route) for p in pages] == [
        ("baclofen-tablets", "Baclofen", None, "tablets", "pill", "oral"),
        ("lioresal-tablets", "Lioresal (baclofen)", "Lioresal", "tablets", "pill", "oral"),
    ]
    assert {p.equivalence for p in pages} == {pages[0].equivalence}
    assert [(p.listed_at, p.origin, p.prescription_required) for p in pages] == [(None, "ndc", True)] * 2
    assert [v.strength for v in pages[0].variants] == ["10 mg", "20 mg"]
    assert [v.slug for v in pages[0].variants] == ["baclofen-tablets-10-mg", "baclofen-tablets-20-mg"]
    assert all((v.price, v.markets, v.quantities) == (None, ["US"], [30, 60, 90]) for v in pages[0].variants)
    packs = {p.ndc11: (p.ndc, p.labeler, p.size) for v in pages[0].variants for p in v.packs}
    assert packs == {
        "00527133001": ("0527-1330-01", "Example Labs", 100),
        "16714007104": ("16714-071-04", "Example Labs", 100),
        "60505018300": ("60505-0183-0", "Example Labs", 100),
    }


def test_strengths_stand_in_numeric_order_whatever_unit_they_are_stated_in(bring):
    bring(
        [
            product("0001-0001", strength="100", ACTIVE_INGRED_UNIT="mg/1"),
            product("0001-0002", strength=".5"),
            product("0001-0003", strength="25", ACTIVE_INGRED_UNIT="ug/1"),
            product("0001-0004", strength="1", ACTIVE_INGRED_UNIT="g/1"),
            product("0001-0005", strength="20"),
            product("0001-0006", strength="", ACTIVE_INGRED_UNIT=""),
        ],
        [],
    )

    assert strengths("baclofen-tablets") == [
        NOT_STATED,
        "25 mcg",
        "0.5 mg",
        "20 mg",
        "100 mg",
        "1 g",
    ]
    least = db.session.scalars(select(Variant).where(Variant.strength == "25 mcg")).one()
    assert (least.strength_value, least.strength_unit) == (Decimal("0.025"), "mg")


def test_several_ingredients_make_one_page_in_whatever_order_a_labeler_writes_them(bring):
    turned = {"SUBSTANCENAME": "LISINOPRIL; HYDROCHLOROTHIAZIDE"}
    bring(
        [
            product("0001-0001", "Lisinopril and Hydrochlorothiazide", "12.5; 20", **HCT),
            product("0001-0002", "Lisinopril and Hydrochlorothiazide", "20; 12.5", **HCT | turned),
        ],
        [package("0001-0001"), package("0001-0002")],
    )

    page = db.session.scalars(select(Product)).one()
    assert page.name == "Hydrochlorothiazide and lisinopril"
    assert strengths(page.slug) == ["12.5 mg / 20 mg"]
    assert [i.name for i in page.ingredients] == ["hydrochlorothiazide", "lisinopril"]


def test_what_needs_no_prescription_has_a_page_of_its_own(bring):
    bring(
        [
            product("0001-0001", "Ibuprofen", "800"),
            product("0001-0002", "Ibuprofen", "200", PRODUCTTYPENAME="HUMAN OTC DRUG"),
        ],
        [],
    )

    pages = db.session.scalars(select(Product)).all()
    assert {(p.prescription_required, strengths(p.slug)[0]) for p in pages} == {
        (True, "800 mg"),
        (False, "200 mg"),
    }
    assert len({p.slug for p in pages}) == 2


def test_controlled_substances_are_refused_and_known_as_such(bring):
    outcome = bring(
        [
            product("0001-0001", "Pregabalin", "75", DEASCHEDULE="CV"),
            product("0001-0002", "Pregabalin", "75"),
            product("0001-0003"),
        ],
        [package("0001-0001"), package("0001-0002"), package("0001-0003")],
    )

    assert [p.slug for p in db.session.scalars(select(Product))] == ["baclofen-tablets"]
    marked = db.session.scalars(select(Ingredient.name).where(Ingredient.is_controlled)).all()
    assert marked == ["pregabalin"]
    assert outcome.directory.conflicts.by_substance == {"pregabalin": 1}


def test_every_line_is_accounted_for(bring):
    odd = [
        product("0001-0002", NDC_EXCLUDE_FLAG="E"),
        product("0001-0003", MARKETINGCATEGORYNAME="UNAPPROVED HOMEOPATHIC"),
        product("0001-0004", MARKETINGCATEGORYNAME="UNAPPROVED DRUG OTHER"),
        product("0001-0005", PRODUCTTYPENAME="VACCINE"),
        product("00010006"),
        product("0001-0001", PRODUCTID="again"),
        product("0001-0001", PRODUCTID="other", strength="20"),
    ]
    packages = [package(row["PRODUCTNDC"]) for row in odd[:4]] + [
        package("0001-0001"),
        package("0001-0001"),
        package("0001-0001", "02", SAMPLE_PACKAGE="Y"),
        package("0001-0001", "03", PRODUCTID="again"),
        package("0001-0001", "04", PRODUCTID="other"),
        package("0001-0001", "05", PRODUCTID="nobody"),
        package("0001-0001", "x"),
    ]

    directory = bring([product("0001-0001"), *odd], packages).directory

    assert (directory.products.rows, directory.packages.rows) == (8, 11)
    assert directory.products.taken_in == 1
    assert sorted(directory.products.refused.values()) == [1] * 7
    [(line, why)] = directory.products.malformed
    assert (line, "“00010006”" in why) == (7, True)
    assert directory.packages.taken_in == 2  # the pack of the repeated row stands beneath the first
    assert sorted(directory.packages.refused.values()) == [1] * 9
    [(line, why)] = directory.packages.malformed
    assert (line, "“0001-0001-x”" in why) == (12, True)
