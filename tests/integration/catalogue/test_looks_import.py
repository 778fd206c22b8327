"""`flask catalogue import-spl` on the real labels, on labels that disagree, on files that are no labels."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.catalogue import listing
from shop.catalogue.listing_models import Listing
from shop.catalogue.look_models import ImprintWord, VariantLook
from shop.catalogue.looks.service import set_appearance
from shop.catalogue.models import Pack, Product, Variant
from shop.database import db, transaction
from shop.freshness.queries import version
from tests.factories import make_variant

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def run(context):
    """`run("--dry-run", path)`: the command's result."""

    def call(*arguments: object):
        return context.test_cli_runner().invoke(
            args=["catalogue", "import-spl", *(str(argument) for argument in arguments)]
        )

    return call


def carry(name: str, strength: str, *ndcs: str, **more) -> int:
    """A strength with packs of these package codes, on its list row."""
    with transaction() as session:
        variant_id = make_variant(name, strength, **more)
        for ndc in ndcs:
            labeler, product, package = ndc.split("-")
            session.add(
                Pack(
                    variant_id=variant_id,
                    ndc=ndc,
                    ndc11=labeler.zfill(5) + product.zfill(4) + package.zfill(2),
                    labeler="Example Labs",
                    description="30 TABLET in 1 BOTTLE",
                    size=30,
                )
            )
        session.flush()
        listing.refresh(None, "US")
    return variant_id


def look_of(variant_id: int) -> dict | None:
    db.session.expire_all()
    return db.session.get(Variant, variant_id).appearance


def label(
    folder: Path,
    products: str,
    name: str = "label.xml",
    version: int = 1,
    day: str = "20200101",
    set_id: str = "1",
) -> Path:
    path = folder / name
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?><document xmlns="urn:hl7-org:v3"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><effectiveTime value="{day}"/>
        <setId root="0000000{set_id}-0000-0000-0000-000000000000"/><versionNumber value="{version}"/>
        <component><structuredBody><component><section><text>Words <b>of</b> a label</text>
        {products}</section></component></structuredBody></component></document>"""
    )
    return path


def product(ndc: str, *characteristics: str, parts: str = "") -> str:
    code = f'<code code="{ndc}" codeSystem="2.16.840.1.113883.6.69"/>' if ndc else "<code/>"
    return (
        f"<subject><manufacturedProduct><manufacturedProduct>{code}<name>Example</name>{parts}"
        f"</manufacturedProduct>{''.join(characteristics)}</manufacturedProduct></subject>"
    )


def part(ndc: str, *characteristics: str) -> str:
    code = f'<code code="{ndc}" codeSystem="2.16.840.1.113883.6.69"/>' if ndc else ""
    return f"<part><partProduct>{code}<name>Part</name></partProduct>{''.join(characteristics)}</part>"


def has(name: str, value: str) -> str:
    return f'<subjectOf><characteristic><code code="SPL{name}"/>{value}</characteristic></subjectOf>'


def coded(name: str, code: str, shown: str = "", system: str = "2.16.840.1.113883.3.26.1.1") -> str:
    return has(name, f'<value xsi:type="CE" code="{code}" codeSystem="{system}" displayName="{shown}"/>')


ROUND, OVAL, WHITE, BLUE = (
    coded("SHAPE", "C48348"), coded("SHAPE", "C48345"), coded("COLOR", "C48325"), coded("COLOR", "C48333"),
)  # fmt: skip
NINE_MM = has("SIZE", '<value unit="mm" value="9"/>')


# --- The real files ---


@pytest.mark.shared_data
def test_the_real_labels_give_their_strengths_the_look_they_state(run, shared_data):
    viagra = carry("Sildenafil", "50 mg", "0069-4210-30", "0069-4210-66")
    lipitor = carry("Atorvastatin", "80 mg", "0071-0158-23")
    cough = carry("Triaminic", "5 mg", "0067-6344-04", form="solution")

    result = run(*sorted((shared_data / "spl").glob("*.xml")))

    assert result.exit_code == 0, result.output
    seen = look_of(viagra)
    assert {name: seen[name] for name in ("shape", "colour", "size_mm", "scored", "pieces", "imprint")} == {
        "shape": "diamond", "colour": "blue", "size_mm": "11", "scored": False, "pieces": 1,
        "imprint": "VGR50;Pfizer",
    }  # fmt: skip
    assert seen["label"] == {
        "set_id": "0b0be196-0c62-461c-94f4-9a35339b4501", "version": 20, "effective_on": "2017-11-07",
    }  # fmt: skip
    assert "0b0be196-0c62-461c-94f4-9a35339b4501, version 20, effective 2017-11-07" in seen["source"]
    assert (look_of(lipitor)["shape"], look_of(lipitor)["size_mm"]) == ("oval", "19")
    assert look_of(cough) is None
    assert "0069-4210    Viagra: applied" in result.output
    assert "0067-6344    TRIAMINIC: no look stated" in result.output
    assert "0069-4220    Viagra: no such NDC in the catalogue" in result.output
    assert "9 products stated: 2 applied, 5 no such NDC in the catalogue, 2 no look stated." in result.output


@pytest.mark.shared_data
def test_a_second_run_changes_nothing_and_says_so(run, shared_data):
    carry("Sildenafil", "50 mg", "0069-4210-30")
    files = sorted((shared_data / "spl").glob("*.xml"))
    run(*files)
    before = version()
    result = run(*files)

    assert "1 unchanged" in result.output
    assert "Nothing changed." in result.output
    assert version() == before
    assert db.session.scalar(select(func.count()).select_from(AuditRecord)) == 1


@pytest.mark.shared_data
def test_a_rehearsal_reports_and_writes_nothing(run, shared_data):
    variant_id = carry("Sildenafil", "50 mg", "0069-4210-30")
    before = version()
    result = run("--dry-run", shared_data / "spl" / "viagra-64f8040f.xml")

    assert result.exit_code == 0
    assert "1 applied" in result.output
    assert "Nothing was written." in result.output
    assert look_of(variant_id) is None
    assert version() == before
    assert db.session.scalar(select(func.count()).select_from(VariantLook)) == 0


@pytest.mark.shared_data
def test_what_is_found_and_listed_follows_a_new_look(run, shared_data):
    variant_id = carry("Sildenafil", "50 mg", "0069-4210-30")
    before = version()
    run(shared_data / "spl" / "viagra-64f8040f.xml")

    row = db.session.get(VariantLook, variant_id)
    assert (row.imprint, row.shape, row.colour, row.colour2) == ("VGR50PF1ZER", "diamond", "blue", None)
    words = db.session.scalars(select(ImprintWord.word).where(ImprintWord.variant_id == variant_id))
    assert set(words) == {"VGR", "50", "PF1ZER"}
    assert db.session.scalar(select(Listing.look))["imprint"] == "VGR50;Pfizer"
    assert db.session.scalar(select(Product.changed_at)) is not None
    assert version().catalogue != before.catalogue
    audit = db.session.scalars(select(AuditRecord)).one()
    assert (audit.event, audit.detail) == ("catalogue:looks:imported", {"strengths": 1, "labels": 1})


# --- What labels state ---


def test_a_code_decides_and_not_the_name_shown_beside_it(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    run(label(tmp_path, product("0001-0001", ROUND, coded("COLOR", "C48326", "WHITE"))))
    assert look_of(variant_id)["colour"] == "red"


def test_both_colours_of_a_capsule_are_kept_in_their_order(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01", form="capsule")
    run(label(tmp_path, product("0001-0001", coded("SHAPE", "C48336"), BLUE, WHITE)))
    assert (look_of(variant_id)["colour"], look_of(variant_id)["colour2"]) == ("blue", "white")


def test_what_is_not_understood_is_left_out_and_named(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    result = run(
        label(
            tmp_path,
            product(
                "0001-0001", ROUND, coded("COLOR", "C99999"), coded("COLOR", "C48333", system="1.2.3"),
                has("SIZE", '<value unit="in" value="1"/>'), has("SCORE", '<value nullFlavor="OTH"/>'),
                has("IMPRINT", f"<value>{'W' * 61}</value>"),
            ),
        )
    )  # fmt: skip
    seen = look_of(variant_id)
    assert {name for name in seen if name not in ("product", "product_ndc", "source", "label")} == {"shape"}
    for words in ("colour code C99999 is not", "no number of millimetres", "longer than any tablet"):
        assert words in result.output


@pytest.mark.parametrize(
    ("characteristics", "words"),
    [
        ((ROUND, OVAL, WHITE), "states 2 shapes for one product"),
        ((NINE_MM, ROUND, has("SIZE", '<value unit="mm" value="10"/>')), "2 sizes"),
        ((has("IMPRINT", "<value>A</value>"), has("IMPRINT", "<value>B</value>")), "2 imprints"),
        ((has("SCORE", '<value value="1"/>'), has("SCORE", '<value value="2"/>')), "2 scores"),
    ],
)  # fmt: skip
def test_a_product_with_two_looks_keeps_the_one_on_record(run, tmp_path, characteristics, words):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    result = run(label(tmp_path, product("0001-0001", *characteristics)))
    assert "contradictory; states 2" in result.output
    assert words in result.output
    assert look_of(variant_id) is None


def test_the_parts_of_a_kit_are_told_apart_by_their_own_codes(run, tmp_path):
    white, blue = carry("White", "5 mg", "0001-0002-01"), carry("Blue", "5 mg", "0001-0003-01")
    kit = carry("Kit", "5 mg", "0001-0001-01")
    parts = part("0001-0002", ROUND, WHITE) + part("0001-0003", ROUND, BLUE) + part("", OVAL, BLUE)
    result = run(label(tmp_path, product("0001-0001", parts=parts)))

    assert (look_of(white)["colour"], look_of(blue)["colour"], look_of(kit)) == ("white", "blue", None)
    assert "0001-0001    Example: no look stated; a kit" in result.output
    assert (
        "no code      Part: no such NDC in the catalogue; it has no product code of its own" in result.output
    )


# --- Labels that disagree ---


def test_the_newest_of_several_labels_for_a_code_speaks_in_whichever_order(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    new = label(tmp_path, product("0001-0001", OVAL), "new.xml", version=2, day="20210101")
    old = label(tmp_path, product("0001-0001", ROUND), "old.xml")
    result = run(new, old)
    assert look_of(variant_id)["shape"] == "oval"
    assert "a newer label is among these files" in result.output

    assert "older than the label on record" in run(old).output
    assert look_of(variant_id)["shape"] == "oval"


def test_two_looks_in_the_same_edition_are_not_chosen_from(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    one = label(tmp_path, product("0001-0001", OVAL), "a.xml")
    result = run(one, label(tmp_path, product("0001-0001", ROUND), "b.xml"))
    assert result.output.count("contradictory; the same edition states two looks") == 2
    assert look_of(variant_id) is None


def test_makers_who_look_different_are_not_chosen_from(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01", "0002-0002-01")
    result = run(label(tmp_path, product("0001-0001", ROUND) + product("0002-0002", OVAL)))
    assert result.output.count("these files show this strength in several looks") == 2
    assert look_of(variant_id) is None


def test_another_makers_look_gives_way_only_when_asked(run, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01", "0002-0002-01")
    first = label(tmp_path, product("0001-0001", ROUND), "first.xml")
    other = label(tmp_path, product("0002-0002", OVAL), "other.xml", set_id="2")
    run(first)

    assert "another product's look stands on record" in run(other).output
    assert look_of(variant_id)["shape"] == "round"
    assert "another product's look stands on record" in run(first, other).output
    assert run("--replace", other).exit_code == 0
    assert look_of(variant_id)["product_ndc"] == "0002-0002"


def test_a_code_under_two_strengths_gives_neither_a_look(run, tmp_path):
    five, ten = carry("Example", "5 mg", "0001-0001-01"), carry("Example", "10 mg", "0001-0001-02")
    result = run(label(tmp_path, product("0001-0001", ROUND)))
    assert "contradictory; its packs stand under 2 strengths" in result.output
    assert (look_of(five), look_of(ten)) == (None, None)


# --- Files that are no labels ---

BOMB = (
    '<!DOCTYPE document [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
ROOT = b'<document xmlns="urn:hl7-org:v3">'
EDITION = (
    ROOT + b'<effectiveTime value="%b"/><versionNumber value="%b"/>'
    b'<setId root="00000001-0000-0000-0000-000000000000"/></document>'
)
HOSTILE = {
    "entities": BOMB.encode() + ROOT + b"&j;</document>",
    "an outside entity": OUTSIDE.encode() + ROOT + b"&x;</document>",
    "a document type": b'<!DOCTYPE document SYSTEM "http://x.example/a.dtd">' + ROOT + b"</document>",
    "a web page": b"<!DOCTYPE html><html><body><p>Not found</body></html>",
    "xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
    "no namespace": b"<document><setId/></document>",
    "nothing": b"",
    "spaces": b"  \n",
    "half a file": ROOT + b'<setId root="1',
    "an encoding nobody knows": b'<?xml version="1.0" encoding="x-klingon"?>' + ROOT + b"</document>",
    "an encoding of several bytes": b'<?xml version="1.0" encoding="shift_jis"?>' + ROOT + b"</document>",
    "bytes that are no text": ROOT + b"\xff\xfe</document>",
    "an archive": b"PK\x03\x04rest of it",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "deep nesting": ROOT + b"<component>" * 100_000,
    "deep narrative": ROOT + b"<text>" + b"<p>" * 100_000,
    "too many elements": ROOT + b"<id/>" * 100_001 + b"</document>",
    "no set id": ROOT + b'<effectiveTime value="20200101"/></document>',
    "no such day": EDITION % (b"20201301", b"1"),
    "a huge version": EDITION % (b"20200101", b"9" * 5000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_label_is_refused_in_a_sentence_and_the_others_go_on(run, tmp_path, content):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    bad = tmp_path / "bad.xml"
    bad.write_bytes(content)
    result = run(bad, label(tmp_path, product("0001-0001", ROUND)))

    assert result.exit_code == 1
    assert f"{bad}: refused. " in result.output
    assert "Traceback" not in result.output
    assert "1 applied" in result.output
    assert look_of(variant_id)["shape"] == "round"


def test_a_file_of_a_hundred_megabytes_is_refused_unread(run, tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert "larger than 20 MB" in run(path).output


@pytest.mark.parametrize("missing", ["nowhere.xml", "."])
def test_a_path_that_is_no_file_is_refused(run, tmp_path, missing):
    result = run(tmp_path / missing)
    assert result.exit_code == 1
    assert "The file cannot be read" in result.output
    assert "No product was stated." in result.output


def test_names_in_a_label_cannot_command_the_terminal(run, tmp_path):
    products = product("0001-0001", ROUND).replace("Example", "\u009b31mred&#x85;")
    assert "\u009b" not in run(label(tmp_path, products)).output


# --- Written in one place ---


def test_a_look_that_is_taken_away_is_no_longer_found(context):
    with transaction():
        variant = db.session.get(Variant, make_variant())
        assert set_appearance(variant, {"shape": "round", "imprint": "A 1"}, AT)
        assert not set_appearance(variant, {"shape": "round", "imprint": "A 1"}, AT)
        assert set_appearance(variant, None, AT)
        assert not set_appearance(variant, None, AT)
    assert db.session.scalar(select(func.count()).select_from(VariantLook)) == 0
    assert db.session.scalar(select(func.count()).select_from(ImprintWord)) == 0


def test_a_look_whose_rows_are_missing_gets_them_back(context):
    with transaction():
        variant = db.session.get(Variant, make_variant(appearance={"shape": "round", "imprint": "A 1"}))
        assert set_appearance(variant, {"shape": "round", "imprint": "A 1"}, AT)
    assert db.session.get(VariantLook, variant.id).imprint == "A1"


def test_looks_that_were_on_record_before_are_found_after_the_migration(context):
    variant_id = make_variant(appearance={"shape": "OVAL", "colour": "WHITE;RED", "imprint": "A 1"})
    bottle = make_variant("Syrupol", "5 mg", form="syrup", appearance={"colour": "red"})
    downgrade(revision="0003")
    upgrade()
    row = db.session.get(VariantLook, variant_id)
    assert (row.imprint, row.shape, row.colour, row.colour2) == ("A1", "oval", "white", "red")
    assert set(db.session.scalars(select(ImprintWord.word))) == {"A", "1"}
    assert db.session.get(VariantLook, bottle) is None
