"""An import decides by the store's own safety data; a file's flags only add to them."""

import pytest

from shop.catalogue.models import Ingredient, Product
from shop.database import db, transaction
from shop.imports.ndc.admission import Refused
from shop.imports.ndc.service import Import, run
from tests.integration.imports.ndc_files import package, product
from tests.integration.imports.ndc_imports import AT, bring  # noqa: F401


def codes() -> dict[str, str | None]:
    db.session.rollback()
    return {row.name: row.safety_code for row in db.session.query(Product.name, Product.safety_code)}


@pytest.mark.shared_data
def test_six_controlled_medicines_with_a_blank_flag_stay_out(context, shared_data):
    cases = shared_data.parent / "cases" / "ndc"
    files = [cases / f"own-stock-{kind}.txt" for kind in ("product", "package")]
    outcome = run(Import(*files), "US", AT, lambda _step, _rows: None)
    assert outcome.directory.products.refused == {Refused.CONTROLLED: 6}
    assert outcome.directory.packs == []
    assert codes() == {}


def test_a_new_page_comes_in_with_what_the_data_say_of_it(bring):  # noqa: F811
    injection = {"DOSAGEFORMNAME": "INJECTION, SOLUTION", "ROUTENAME": "INTRAVENOUS"}
    rows = [
        product("0001-0001"),
        product("0001-0002", "Isotretinoin", DOSAGEFORMNAME="CAPSULE"),
        product("0001-0003", "Heparin", **injection),
        product("0001-0004", "Pancrelipase", MARKETINGCATEGORYNAME="BLA"),
        product("0001-0005", "Newopioid", PHARM_CLASSES="Opioid Agonist [EPC]"),
    ]
    outcome = bring(rows, [package(row["PRODUCTNDC"]) for row in rows])
    assert codes() == {
        "Baclofen": "clear",
        "Isotretinoin": "rems",
        "Heparin": "no_storage_fact",
        "Pancrelipase": "no_storage_fact",
    }
    assert outcome.directory.products.refused == {Refused.UNDECIDED: 1}


def test_a_flag_keeps_out_every_row_of_a_substance_no_entry_decides_and_no_slip_does(bring):  # noqa: F811
    rows = [
        product("0001-0001", "Newdrug"),
        product("0001-0002", "Newdrug", "20", DEASCHEDULE="CIV"),
        product("0001-0003", "Aspirin"),
        product("0001-0004", "Aspirin", "20", DEASCHEDULE="CIV"),
        product("0001-0005", "Baclofen", SUBSTANCENAME="BACLOFEN", DEASCHEDULE="CIV"),
        product("0001-0006", "Baclofen", "20", SUBSTANCENAME="BACLOFEN"),
    ]
    outcome = bring(rows, [package(row["PRODUCTNDC"]) for row in rows])
    assert outcome.directory.products.refused == {Refused.CONTROLLED: 4}
    assert codes() == {"Aspirin": "clear"}


def test_what_the_directory_now_says_otherwise_is_decided_anew(bring):  # noqa: F811
    before, after = product("0001-0001"), product("0001-0001", MARKETINGCATEGORYNAME="BLA")
    inhaler = {"DOSAGEFORMNAME": "INHALANT", "ROUTENAME": "NASAL", "PRODUCTTYPENAME": "HUMAN OTC DRUG"}
    other = product("0001-0002", "Levmetamfetamine", **inhaler)
    bring([before, other], [package("0001-0001"), package("0001-0002")])
    assert codes() == {"Baclofen": "clear", "Levmetamfetamine": "clear"}
    assert not bring([before, other], [package("0001-0001"), package("0001-0002")]).written
    bring([after, other], [package("0001-0001"), package("0001-0002")])
    assert codes() == {"Baclofen": "no_storage_fact", "Levmetamfetamine": "clear"}


def test_an_ingredient_that_an_older_list_let_in_is_marked_by_the_next_import(bring):  # noqa: F811
    with transaction() as session:
        session.add(Ingredient(slug="methadone", name="Methadone hydrochloride"))
    bring([product("0001-0001")], [package("0001-0001")])
    db.session.rollback()
    marked = {row.name for row in db.session.query(Ingredient).filter_by(is_controlled=True)}
    assert marked == {"Methadone hydrochloride"}
