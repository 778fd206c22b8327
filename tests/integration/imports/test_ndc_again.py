"""Importing a directory again, or into a store with medicines: what stays, follows, and leaves."""

import csv
import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue.models import Product, Variant
from shop.database import db, transaction
from shop.demo.service import load_demo
from shop.imports.ndc.admission import PRODUCTS, Refused
from shop.imports.ndc.service import Import, TooMuchWithdrawn, run
from shop.projections.cache_version import version
from shop.substances.identity import identity
from tests.factories import make_pack, make_variant
from tests.in_zones import DAYS, first_moment, last_moment, store_in
from tests.integration.imports.ndc_files import package, product, write
from tests.integration.imports.ndc_imports import AT, HCT, pack, row_counts, strengths


def test_a_second_run_of_the_same_files_changes_nothing(bring):
    rows = [
        product("0001-0001"),
        product("0001-0002", "Lisinopril and Hydrochlorothiazide", "12.5; 20", **HCT),
    ]
    bring(rows, [package("0001-0001"), package("0001-0002")])
    before, state = row_counts(), version()

    outcome = bring(rows, [package("0001-0001"), package("0001-0002")])

    assert not outcome.written
    assert outcome.plan.is_empty
    assert (row_counts(), version()) == (before, state)


def test_a_dry_run_writes_nothing(bring):
    outcome = bring([product("0001-0001")], [package("0001-0001")], dry_run=True)

    assert not outcome.written
    assert (len(outcome.plan.new_pages), len(outcome.plan.new_packs)) == (1, 1)
    assert row_counts() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(("zone", "day"), DAYS, ids=str)
def test_it_is_withdrawn_on_the_stores_own_day(context, bring, zone, day):
    rows, packs = [product("0001-0001")], [package("0001-0001"), package("0001-0001", "02")]
    with store_in(zone, context):
        bring(rows, packs)
        for moment in (first_moment, last_moment):
            bring(rows, packs[:1], at=moment(zone, day), accept_withdrawals=True)
            assert pack("0001-0001-02").withdrawn_on == day
            bring(rows, packs)


def test_what_leaves_the_directory_is_withdrawn_not_deleted_and_comes_back(bring):
    rows = [product("0001-0001"), product("0001-0002", "Lisinopril")]
    packs = [package("0001-0001"), package("0001-0001", "02"), package("0001-0002")]
    bring(rows, packs)
    with transaction():
        for page in db.session.scalars(select(Product)):
            page.listed_at = AT

    outcome = bring(rows[:1], packs[:1])

    assert [len(outcome.plan.withdrawn_packs), len(outcome.plan.withdrawn_products)] == [2, 1]
    assert pack("0001-0001-02").withdrawn_on == AT.date()
    lisinopril = db.session.scalars(select(Product).where(Product.name == "Lisinopril")).one()
    assert (lisinopril.withdrawn_on, lisinopril.listed_at) == (AT.date(), None)
    assert db.session.scalars(select(Product).where(Product.name == "Baclofen")).one().listed_at == AT

    bring(rows, packs)

    assert pack("0001-0001-02").withdrawn_on is None
    db.session.refresh(lisinopril)
    assert (lisinopril.withdrawn_on, lisinopril.listed_at) == (None, None)  # back, and for an admin to list


UNREADABLE = [
    {"STARTMARKETINGDATE": "20101301"},
    {"PRODUCTNDC": "00010002"},
    {"ACTIVE_INGRED_UNIT": "?"},
    {"NONPROPRIETARYNAME": "lisino\0pril"},
    {"NONPROPRIETARYNAME": "lisino\tpril"},
    {"NONPROPRIETARYNAME": "x" * 70_000},
]


@pytest.mark.parametrize("said", UNREADABLE, ids=["day", "code", "unit", "control", "shifted", "long"])
def test_a_product_whose_line_cannot_be_read_is_left_as_it_is(bring, said):
    rows = [product("0001-0001"), product("0001-0002", "Lisinopril"), product("0001-0003", "Ramipril")]
    packs = [package("0001-0001"), package("0001-0002"), package("0001-0002", "02"), package("0001-0003")]
    bring(rows, packs)
    before = row_counts()

    outcome = bring([rows[0], rows[1] | said, rows[2]], packs)
    assert (outcome.plan.left_packs, outcome.plan.is_empty) == (2, True)
    assert (row_counts(), pack("0001-0002-01").withdrawn_on) == (before, None)

    outcome = bring([rows[0], rows[1] | said], packs[:3])  # another one goes, and takes nothing with it
    assert len(outcome.plan.withdrawn_packs) == len(outcome.plan.withdrawn_products) == 1
    assert pack("0001-0002-01").withdrawn_on is None


def test_a_package_whose_line_cannot_be_read_is_left_as_it_is(bring):
    rows, packs = [product("0001-0001")], [package("0001-0001"), package("0001-0001", "02")]
    bring(rows, packs)
    outcome = bring(rows, [packs[0], packs[1] | {"NDCPACKAGECODE": "0001-0001-2"}])
    assert (outcome.plan.left_packs, outcome.plan.is_empty) == (1, True)


def test_what_another_line_excludes_is_withdrawn_beside_one_that_cannot_be_read(bring):
    rows, packs = [product("0001-0001")], [package("0001-0001")]
    bring(rows, packs)
    bring([rows[0] | {"STARTMARKETINGDATE": "?"}, rows[0] | {"NDC_EXCLUDE_FLAG": "E"}], packs)
    assert pack("0001-0001-01").withdrawn_on is not None


def test_a_changed_description_and_a_changed_strength_are_followed(bring):
    bring([product("0001-0001"), product("0001-0002")], [package("0001-0001"), package("0001-0002")])

    outcome = bring(
        [product("0001-0001"), product("0001-0002", strength="20")],
        [package("0001-0001", description="500 TABLET in 1 BOTTLE"), package("0001-0002")],
    )

    assert pack("0001-0001-01").size == 500
    moved = pack("0001-0002-01")
    assert db.session.get(Variant, moved.variant_id).strength == "20 mg"
    assert len(outcome.plan.moved_packs) == 1


def test_a_file_that_lacks_most_of_the_last_one_is_refused_until_it_is_meant(bring):
    codes = [f"0001-{number:04}" for number in range(300)]
    bring([product(code) for code in codes], [package(code) for code in codes])

    with pytest.raises(TooMuchWithdrawn):
        bring([product(codes[0])], [package(codes[0])])
    assert pack("0001-0299-01").withdrawn_on is None

    bring([product(codes[0])], [package(codes[0])], accept_withdrawals=True)
    assert pack("0001-0299-01").withdrawn_on is not None


def test_a_product_made_by_hand_is_met_by_its_packs_and_keeps_its_words(bring):
    variant_id = make_variant("House baclofen", "10 mg", "0.51")
    make_pack(variant_id, 90, "By hand", ndc="0527-1330-01", ndc11="00527133001", description="kept")

    bring(
        [product("0527-1330"), product("0001-0001", strength="20")],
        [package("0527-1330"), package("0527-1330", "02"), package("0001-0001")],
    )

    page = db.session.scalars(select(Product)).one()
    assert (page.name, page.origin, page.listed_at is None) == ("House baclofen", "hand", False)
    assert page.identity == identity(["baclofen"], "tablet", None)
    assert strengths(page.slug) == ["10 mg", "20 mg"]
    assert pack("0527-1330-01").description == "kept"
    assert pack("0527-1330-02").variant_id == variant_id
    assert db.session.get(Variant, variant_id).price == Decimal("0.51")


def test_the_demonstration_and_the_directory_meet_whichever_comes_first(bring):
    rows = [
        product("0527-1330"),
        product("69238-1830", "Levothyroxine Sodium", ".025", PROPRIETARYNAME="Levothyroxine Sodium"),
    ]
    packs = [package("0527-1330"), package("69238-1830", "1")]
    bring(rows, packs)
    load_demo()

    outcome = bring(rows, packs)

    names = db.session.scalars(
        select(Product.name).where(Product.name.in_(["Baclofen", "Levothyroxine"]))
    ).all()
    assert sorted(names) == ["Baclofen", "Levothyroxine"]
    assert not outcome.plan.new_pages
    assert not outcome.plan.new_strengths
    assert strengths("levothyroxine-tablets")[0] == "25 mcg"


def test_an_import_is_recorded_and_pages_follow(bring):
    before = version()

    bring([product("0001-0001")], [package("0001-0001")])

    db.session.rollback()
    assert version() != before
    record = db.session.scalars(
        select(AuditRecord).where(AuditRecord.event == "catalogue:directory:imported")
    ).one()
    assert (record.detail["rows"], record.detail["packs_added"]) == (1, 1)


def test_somebody_adding_a_medicine_meanwhile_is_not_overlooked(context, tmp_path):
    paths = write(tmp_path, [product("0527-1330")], [package("0527-1330")])

    def add_by_hand(step, _rows):
        if step == "Writing":
            db.session.rollback()
            variant_id = make_variant("House baclofen", "10 mg")
            make_pack(variant_id, 90, "By hand", ndc="0527-1330-01", ndc11="00527133001")

    run(Import(*paths), "US", AT, add_by_hand)

    assert db.session.scalars(select(Product.name)).all() == ["House baclofen"]


def test_the_command_says_where_every_row_went(context, tmp_path):
    paths = write(
        tmp_path, [product("0001-0001"), product("0001-0002", NDC_EXCLUDE_FLAG="E")], [package("0001-0001")]
    )
    to = tmp_path / "refused.csv"
    command = ["catalogue", "import-ndc", *map(str, paths), "--report", str(to)]

    first = context.test_cli_runner().invoke(args=command)
    written = row_counts()
    second = context.test_cli_runner().invoke(args=command)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    for row, count in ((PRODUCTS, 2), (Refused.EXCLUDED, 1)):
        assert re.search(rf"(?i)\b{row}\D+\b{count}\b", first.stdout), row
    assert db.session.scalars(select(Product.listed_at)).all() == [None]
    assert row_counts() == written
    last = [said.stdout.splitlines()[-1] for said in (first, second)]
    assert [re.findall(r"\d+", line) for line in last] == [["1", "1"], []], "pages and packs, then nothing"
    with to.open(newline="") as file:
        assert list(csv.DictReader(file)) == [
            {
                "file": "products",
                "line": "3",
                "code": "0001-0002",
                "reason": Refused.EXCLUDED,
                "detail": "",
            }
        ]
