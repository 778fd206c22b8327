"""Loading the real demonstration files, twice, on both databases; and never in production."""

import io
import re
import shutil
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.accounts.models import User
from shop.audit.models import AuditRecord
from shop.catalogue import packs as catalogue_packs
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Ingredient, Listing, Product, Variant
from shop.database import Base, db
from shop.demo import service
from shop.demo.service import DEMO_ACCOUNTS, DemoRefused, load_demo
from shop.demo.views import sample_paper
from shop.imports.status import without_use
from shop.monographs import queries as monographs
from shop.projections.cache_version import CatalogueVersion
from shop.search import staff
from shop.search.current_index import ensure_index
from shop.stock.models import Lot


def counts() -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}


def figures(said: str) -> list[str]:
    return re.findall(r"\d+", said)


def test_the_demonstration_opens_with_everything_its_files_say(context, subtests, monkeypatch, tmp_path):
    """Loaded once, by its command, for all that look at it; what loads it again comes last."""
    version = db.session.scalars(select(CatalogueVersion.number)).one()
    db.session.rollback()
    done = context.test_cli_runner().invoke(args=["demo", "load"])

    assert done.exit_code == 0, done.output
    assert figures(done.output.splitlines()[0])[:2] == ["45", "16"], "medicines, categories"
    for look in (
        everything_is_there,
        every_medicine_has_a_use,
        baclofen_carries_ten_and_twenty_five_milligrams_at_fifty_one_cents,
        prices_are_made_in_all_three_ways,
    ):
        with subtests.test(look.__name__):
            look()
    with subtests.test("the search is built"):
        assert ensure_index(context) is False
    with subtests.test("a second run changes nothing and says so"):
        a_second_run_changes_nothing_and_says_so(context, version)
    with subtests.test("changed files bring known rows up to date and add none"):
        changed_files_bring_known_rows_up_to_date_and_add_none(monkeypatch, tmp_path)


def everything_is_there():
    file = service.catalogue()
    assert db.session.scalar(select(func.count(Product.id))) == len(file["medicines"])
    assert db.session.scalar(select(func.count(Variant.id))) == sum(
        len(m["variants"]) for m in file["medicines"]
    )
    for product in db.session.scalars(select(Product)):
        assert monographs.published(product.monograph_slug) is not None, product.slug
        assert product.summary, product.slug
        assert product.listed_at is not None
    assert not db.session.scalars(select(Ingredient).where(Ingredient.is_controlled)).all()
    users = db.session.scalars(select(User)).all()
    assert {(user.email, user.roles[0].name) for user in users} == set(DEMO_ACCOUNTS)
    assert all(user.is_demo for user in users)


def baclofen_carries_ten_and_twenty_five_milligrams_at_fifty_one_cents():
    found = {v.strength: v for v in staff.find_variants("baclofen")}

    assert {str(found[s].price) for s in ("10 mg", "25 mg")} == {"0.51000"}
    assert found["25 mg"].markets == ("AU", "ZA")
    assert found["10 mg"].markets == ("US",)
    lots = db.session.scalars(select(Lot).where(Lot.variant_id == found["10 mg"].id)).all()
    assert {lot.status for lot in lots} == {"pickable", "quarantined"}
    assert all(lot.number.startswith("DEMO-") for lot in lots)
    shown = catalogue.variant(found["10 mg"].id).appearance
    on_the_shelf = catalogue_packs.packs(lot.pack_id for lot in lots)
    assert {pack.ndc.rpartition("-")[0] for pack in on_the_shelf.values()} == {shown["product_ndc"]}
    assert (shown["shape"], shown["imprint"], shown["scored"]) == ("round", "1285", True)


def prices_are_made_in_all_three_ways():
    def prices(name: str) -> list[tuple[bool, str, int]]:
        return [(v.by_rule, f"{v.price:.3f}", len(v.breaks)) for v in staff.find_variants(name)]

    assert prices("baclofen tablet 10 mg") == [(False, "0.510", 0)]
    assert prices("naproxen") == [(False, "0.240", 2)]
    assert prices("tamsulosin") == [(True, "0.155", 2)]  # the store's rule
    assert all(by_rule and breaks == 2 for by_rule, _, breaks in prices("levothyroxine"))
    assert db.session.scalar(select(func.count(Listing.product_id))) == 45


def every_medicine_has_a_use():
    total, missing = without_use()
    assert total >= 45
    assert not missing


def a_second_run_changes_nothing_and_says_so(app, version_before: int):
    before = counts()
    assert db.session.scalars(select(CatalogueVersion.number)).one() > version_before
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "catalogue:loaded")).one()
    assert record.detail["content"] == service.fingerprint()

    (said,) = load_demo()
    assert figures(said) == []
    again = app.test_cli_runner().invoke(args=["demo", "load"])

    assert again.output == f"{said}\n"
    db.session.rollback()
    assert counts() == before


def changed_files_bring_known_rows_up_to_date_and_add_none(monkeypatch, tmp_path):
    before = counts()
    variant = staff.find_variants("baclofen tablet 10 mg")[0]
    other = tmp_path / "demo"
    shutil.copytree(service.FOLDER, other)
    text = (other / "catalogue.toml").read_text("utf-8")
    (other / "catalogue.toml").write_text(text.replace('price = "0.51"', 'price = "0.52"', 1), "utf-8")
    monkeypatch.setattr(service, "FOLDER", other)
    db.session.rollback()

    lines = load_demo()

    assert figures(lines[1]) == ["0", "45"], "published, as before"
    assert str(catalogue.variant(variant.id).price) == "0.52000"
    after = counts()
    assert {name for name in after if after[name] != before[name]} == {"audit_record"}


def test_the_sample_prescription_is_dated_when_it_is_asked_for(app):
    first, later = sample_paper(date(2026, 11, 29)), sample_paper(date(2027, 2, 1))
    assert (first.issued, later.issued) == (date(2026, 11, 28), date(2027, 1, 31))
    answer = app.test_client().get("/demo/sample-prescription.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    opened = Image.open(io.BytesIO(answer.data))
    assert min(opened.size) > 900


@pytest.fixture
def production(app):
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, environment="production")
    yield app
    app.extensions["settings"] = before


def test_production_refuses_the_demonstration_in_one_sentence(production):
    with production.app_context():
        with pytest.raises(DemoRefused) as refusal:
            load_demo()
        assert db.session.scalars(select(Product)).all() == []
    assert production.test_client().get("/demo/sample-prescription.jpg").status_code == 404
    result = production.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert result.output.strip() == f"Error: {refusal.value.message}"
