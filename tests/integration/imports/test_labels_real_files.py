"""`flask catalogue import-spl` on the real labels."""

import re

import pytest
from sqlalchemy import func, select

from shop.appearance.finding import ImprintWord, VariantAppearance
from shop.appearance.rules import Outcome
from shop.audit.models import AuditRecord
from shop.catalogue.models import Listing, Product
from shop.database import db
from shop.projections.cache_version import version
from tests.integration.imports.label_files import carry, look_of


@pytest.mark.shared_data
def test_the_real_labels_give_their_strengths_the_look_they_state(import_spl, shared_data):
    viagra = carry("Sildenafil", "50 mg", "0069-4210-30", "0069-4210-66")
    lipitor = carry("Atorvastatin", "80 mg", "0071-0158-23")
    cough = carry("Triaminic", "5 mg", "0067-6344-04", form="solution")

    result = import_spl(*sorted((shared_data / "spl").glob("*.xml")))

    assert result.exit_code == 0, result.output
    seen = look_of(viagra)
    assert {name: seen[name] for name in ("shape", "color", "size_mm", "scored", "pieces", "imprint")} == {
        "shape": "diamond",
        "color": "blue",
        "size_mm": "11",
        "scored": False,
        "pieces": 1,
        "imprint": "VGR50;Pfizer",
    }
    assert seen["label"] == {
        "set_id": "0b0be196-0c62-461c-94f4-9a35339b4501",
        "version": 20,
        "effective_on": "2017-11-07",
    }
    assert re.search(r"0b0be196-0c62-461c-94f4-9a35339b4501\D+ 20\D+ 2017-11-07", seen["source"])
    assert (look_of(lipitor)["shape"], look_of(lipitor)["size_mm"]) == ("oval", "19")
    assert look_of(cough) is None
    assert f"0069-4210    Viagra: {Outcome.APPLIED}" in result.output
    assert f"0067-6344    TRIAMINIC: {Outcome.NOT_STATED}" in result.output
    assert f"0069-4220    Viagra: {Outcome.NOT_HERE}" in result.output
    came = rf"^9 .* 2 {Outcome.APPLIED}, 5 {Outcome.NOT_HERE}, 2 {Outcome.NOT_STATED}\."
    assert re.search(came, result.output, re.MULTILINE)


@pytest.mark.shared_data
def test_a_second_run_changes_nothing_and_says_so(import_spl, shared_data):
    carry("Sildenafil", "50 mg", "0069-4210-30")
    files = sorted((shared_data / "spl").glob("*.xml"))
    import_spl(*files)
    before = version()
    result = import_spl(*files)

    assert "1 unchanged" in result.output
    assert version() == before
    assert db.session.scalar(select(func.count()).select_from(AuditRecord)) == 1


@pytest.mark.shared_data
def test_a_rehearsal_reports_and_writes_nothing(import_spl, shared_data):
    variant_id = carry("Sildenafil", "50 mg", "0069-4210-30")
    before = version()
    file = shared_data / "spl" / "viagra-64f8040f.xml"
    result = import_spl("--dry-run", file)

    assert result.exit_code == 0
    assert "1 applied" in result.output
    assert look_of(variant_id) is None
    assert version() == before
    assert db.session.scalar(select(func.count()).select_from(VariantAppearance)) == 0
    assert import_spl(file).output != result.output, "it says that it was one"


@pytest.mark.shared_data
def test_what_is_found_and_listed_follows_a_new_appearance(import_spl, shared_data):
    variant_id = carry("Sildenafil", "50 mg", "0069-4210-30")
    before = version()
    import_spl(shared_data / "spl" / "viagra-64f8040f.xml")

    row = db.session.get(VariantAppearance, variant_id)
    assert (row.imprint, row.shape, row.color, row.color2) == ("VGR50PF1ZER", "diamond", "blue", None)
    words = db.session.scalars(select(ImprintWord.word).where(ImprintWord.variant_id == variant_id))
    assert set(words) == {"VGR", "50", "PF1ZER"}
    assert db.session.scalar(select(Listing.appearance))["imprint"] == "VGR50;Pfizer"
    assert db.session.scalar(select(Product.changed_at)) is not None
    assert version().catalogue != before.catalogue
    audit = db.session.scalars(select(AuditRecord)).one()
    assert (audit.event, audit.detail) == ("catalogue:looks:imported", {"strengths": 1, "labels": 1})
