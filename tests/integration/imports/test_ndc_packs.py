"""What an import makes of releases, kits, packs and names; on both databases."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.catalogue import queries
from shop.catalogue.models import Pack, Product, Variant
from shop.database import db, transaction
from shop.stock import holds, inventory
from shop.stock.holds import OutOfStock
from tests.factories import make_lot
from tests.integration.imports.ndc_files import package, product
from tests.integration.imports.ndc_imports import AT, pack

TODAY = AT.date()
EXTENDED = "TABLET, FILM COATED, EXTENDED RELEASE"


def bupropion(code, application, **more):
    return product(
        code,
        "Bupropion Hydrochloride",
        "150",
        DOSAGEFORMNAME=EXTENDED,
        APPLICATIONNUMBER=application,
        **more,
    )


def pages() -> dict[str, Product]:
    db.session.rollback()
    db.session.expire_all()
    return {page.name: page for page in db.session.scalars(select(Product).order_by(Product.id))}


def facts_of(ndc: str):
    db.session.rollback()
    return queries.variant(pack(ndc).variant_id)


RELEASES = (
    [
        bupropion("0001-0001", "ANDA000001", PROPRIETARYNAMESUFFIX="SR"),
        bupropion("0002-0002", "ANDA000001"),
        bupropion("0003-0003", "ANDA000002", PROPRIETARYNAMESUFFIX="(XL)"),
        bupropion("0004-0004", "ANDA000003"),
    ],
    [package(f"000{number}-000{number}") for number in range(1, 5)],
)


def test_extended_releases_of_one_strength_are_different_variants(bring):
    bring(*RELEASES)

    found = pages()
    assert {name: len(page.variants[0].packs) for name, page in found.items()} == {
        "Bupropion hydrochloride (SR, 12-hour)": 2,
        "Bupropion hydrochloride (XL, 24-hour)": 1,
        "Bupropion hydrochloride (ANDA 000003)": 1,
    }
    assert len({page.equivalence for page in found.values()}) == 3


def test_a_person_joins_a_release_and_the_next_import_follows(bring, context):
    bring(*RELEASES)
    slugs = {page.release: page.slug for page in pages().values()}

    said = context.test_cli_runner().invoke(
        args=["catalogue", "join-release", slugs["ANDA000003"], slugs["SR"]]
    )
    assert said.exit_code == 0, said.output
    bring(*RELEASES)

    found = pages()
    assert len(found["Bupropion hydrochloride (SR, 12-hour)"].variants[0].packs) == 3
    assert [page.release for page in found.values() if page.withdrawn_on] == ["ANDA000003"]
    assert bring(*RELEASES).plan.is_empty


def test_lots_go_with_their_packs_and_no_release_fills_another(bring):
    one, other = RELEASES[0][2], bupropion("0004-0004", "ANDA000003")
    same = other | {"APPLICATIONNUMBER": "ANDA000002"}
    packages = [package("0003-0003"), package("0004-0004")]
    bring([one, same], packages)  # filed under one application, and corrected later
    together = pack("0003-0003-01").variant_id
    assert pack("0004-0004-01").variant_id == together
    lots = {ndc: make_lot(together, 100, pack_id=pack(ndc).id) for ndc in ("0003-0003-01", "0004-0004-01")}

    bring([one, other], packages)

    for ndc, lot_id in lots.items():
        assert inventory.lot(lot_id).variant_id == pack(ndc).variant_id
    with pytest.raises(OutOfStock), transaction():
        holds.hold(1, pack("0003-0003-01").variant_id, 150, TODAY, AT)


@pytest.mark.parametrize("slugs", [("nothing", "else"), ("baclofen-tablets", "baclofen-tablets")])
def test_what_is_no_extended_release_is_not_joined(bring, context, slugs):
    bring([product("0001-0001")], [package("0001-0001")])

    assert context.test_cli_runner().invoke(args=["catalogue", "join-release", *slugs]).exit_code == 1


def test_a_kit_has_every_ingredient_that_its_name_lists(bring):
    kit = product(
        "0005-0005",
        "Example Fe",
        DOSAGEFORMNAME="KIT",
        NONPROPRIETARYNAME="Norethindrone, ethinyl estradiol, and ferrous fumarate",
        SUBSTANCENAME="",
        ACTIVE_NUMERATOR_STRENGTH="",
        ACTIVE_INGRED_UNIT="",
    )
    others = [
        product(f"000{n}-000{n}", name)
        for n, name in ((6, "Norethindrone"), (7, "Ethinyl Estradiol"), (8, "Ferrous Fumarate"))
    ]
    bring([kit, *others], [package("0005-0005", description="3 KIT in 1 CARTON")])

    found = facts_of("0005-0005-01")
    names = [one.name for one in pages()[found.product_name].ingredients]
    assert names == ["ethinyl estradiol", "ferrous fumarate", "norethindrone"]
    assert (found.sold_as, found.quantities) == ("closed", (3,))


def drops(code, description, **more):
    row = product(
        code,
        "Latanoprost",
        ".05",
        ACTIVE_INGRED_UNIT="mg/mL",
        DOSAGEFORMNAME="SOLUTION/ DROPS",
        ROUTENAME="OPHTHALMIC",
        **more,
    )
    return row, package(code, description=description)


def test_a_bottle_of_a_part_of_a_ml_is_sold_by_the_bottle(bring):
    rows = [
        drops("0001-0001", "1 BOTTLE in 1 CARTON > 2.5 mL in 1 BOTTLE"),
        drops("0002-0002", "3 BOTTLE in 1 CARTON / 2.5 mL in 1 BOTTLE"),
        drops("0003-0003", "5 mL in 1 BOTTLE"),
    ]
    given = [row for row, _ in rows], [one for _, one in rows]
    bring(*given)

    small, five = facts_of("0001-0001-01"), facts_of("0003-0003-01")
    assert (small.unit, small.content, small.content_unit) == ("pack", Decimal("2.5"), "mL")
    assert (small.strength, small.quantities, small.sold_as) == ("0.05 mg/mL, 2.5 mL", (1, 3), "closed")
    assert (five.strength, five.content) == ("0.05 mg/mL, 5 mL", Decimal(5))
    assert facts_of("0002-0002-01").id == small.id != five.id
    assert pack("0002-0002-01").size == 3
    assert bring(*given).plan.is_empty


def test_a_product_that_was_counted_in_ml_keeps_what_it_has_when_a_part_of_a_ml_comes(bring):
    first = drops("0003-0003", "5 mL in 1 BOTTLE")
    bring([first[0]], [first[1]])
    whole = facts_of("0003-0003-01")
    second = drops("0001-0001", "2.5 mL in 1 BOTTLE")
    bring([first[0], second[0]], [first[1], second[1]])

    by_bottle = facts_of("0003-0003-01")
    assert (whole.unit, by_bottle.unit) == ("mL", "pack")
    assert whole.product_id != by_bottle.product_id
    assert db.session.get(Product, whole.product_id).withdrawn_on is not None


@pytest.mark.parametrize(
    ("kind", "description", "sold_as", "quantities"),
    [
        ("HUMAN PRESCRIPTION DRUG", "100 TABLET in 1 BOTTLE", "counted", (30, 60, 90)),
        (
            "HUMAN PRESCRIPTION DRUG",
            "3 BLISTER PACK in 1 CARTON > 28 TABLET in 1 BLISTER PACK",
            "closed",
            (84,),
        ),
        ("HUMAN OTC DRUG", "2 BLISTER PACK in 1 CARTON > 12 TABLET in 1 BLISTER PACK", "closed", (24,)),
    ],
)
def test_what_is_offered_comes_from_the_packs(bring, kind, description, sold_as, quantities):
    given = [product("0001-0001", PRODUCTTYPENAME=kind)], [package("0001-0001", description=description)]
    bring(*given)

    found = facts_of("0001-0001-01")
    assert (found.sold_as, found.quantities) == (sold_as, quantities)
    with transaction():
        db.session.get(Variant, found.id).quantities = [7]
    bring(*given)
    assert facts_of("0001-0001-01").quantities == quantities


def test_misspelled_and_glued_names_join_their_medicine_and_a_brand_has_one_spelling(bring):
    rows = [
        product("0001-0001", "Metformin Hydrochloride", "500"),
        product("0002-0002", "Metformin Hydrochloride", "500", PROPRIETARYNAME="Metformin Hydrochoride"),
        product("0003-0003", "Metformin Hydrochloride", "500", PROPRIETARYNAME="Metformin500 mg"),
        product("0004-0004", "Loratadine", PROPRIETARYNAME="Aller Stop"),
        product("0005-0005", "Loratadine", PROPRIETARYNAME="AllerStop"),
        product("0006-0006", "Cetirizine", PROPRIETARYNAME="ALLER-STOP"),
        product("0007-0007", "Ursodiol"),
        product("0008-0008", "Ursodiol", SUBSTANCENAME="URSADIOL"),
    ]
    bring(rows, [package(row["PRODUCTNDC"]) for row in rows])

    found = pages()
    assert sorted(found) == [
        "Aller Stop (loratadine)",
        "Aller-Stop (cetirizine)",
        "Metformin hydrochloride",
        "Ursodiol",
    ]
    assert db.session.query(Pack).count() == len(rows)


def test_a_page_of_an_earlier_import_keeps_its_address_and_its_listing(bring):
    """It is met by the identity it had, when a brand's spelling and a release did not count."""
    given = [product("0001-0001", "Loratadine", PROPRIETARYNAME="Aller Stop")], [package("0001-0001")]
    bring(*given)
    before = pages()["Aller Stop (loratadine)"]
    from shop.substances.identity import former_identity

    with transaction():
        page = db.session.get(Product, before.id)
        page.identity = former_identity(["loratadine"], "tablet", "Aller Stop")
        page.name, page.listed_at = "Aller Stop", AT
    bring(*given)

    after = pages()["Aller Stop (loratadine)"]
    assert (after.id, after.slug, after.listed_at) == (before.id, before.slug, AT)
    assert after.withdrawn_on is None


def test_an_inhaler_of_fewer_doses_is_not_sold_as_the_usual_one(bring):
    inhaler = {"DOSAGEFORMNAME": "AEROSOL, METERED", "ROUTENAME": "RESPIRATORY (INHALATION)"}
    doses = {"01": 200, "02": 60, "03": 200}
    packs = [
        package("0001-0001", end, f"1 INHALER in 1 BOX (0001-0001-{end})  > {many} AEROSOL in 1 INHALER")
        for end, many in doses.items()
    ]
    bring([product("0001-0001", "Fluticasone", "90", **inhaler)], packs)
    assert [pack(f"0001-0001-{end}").size for end in doses] == [1, None, 1]
