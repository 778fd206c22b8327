"""A price list as spreadsheets save it and open it; and lines that name two things are refused by name."""

import csv
import gzip
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from shop.catalogue import queries as catalogue
from shop.database import db
from shop.pricing.list_file import NoPriceList
from shop.pricing.price_list import read
from tests.causes import told_apart
from tests.factories import make_pack, make_variant

D = Decimal
SLUG = "acetaminophen-tablets-500-mg"
NO_LIST = {
    "no lines": "variant,price\n,\n\n",
    "empty": "",
    "a web page": "\n <!doctype html><title>Sign in</title>",
    "a workbook": b"PK\x03\x04" + bytes(60),
    "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(60),
}


@pytest.fixture
def imported(context, tmp_path):
    """`imported(content, …)` imports it as a price list: exit code, and what was said."""

    def run(content: bytes | str, *words: str) -> tuple[int, str]:
        file = tmp_path / "prices.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = context.test_cli_runner().invoke(args=["catalogue", "prices", "import", str(file), *words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


@pytest.fixture
def acetaminophen(context) -> int:
    variant_id = make_variant("Acetaminophen", "500 mg", "0.05")
    make_pack(variant_id, 100, "Specimen Labs", ndc="0904-6719-60", ndc11="00904671960")
    return variant_id


@pytest.fixture
def baclofen(context) -> int:
    variant_id = make_variant("Baclofen", "10 mg", "0.51")
    make_pack(variant_id, 100, "Specimen Labs", ndc="0527-1330-01", ndc11="00527133001")
    return variant_id


def price_of(variant_id: int) -> Decimal | None:
    db.session.rollback()
    return catalogue.variant(variant_id).price


@pytest.mark.parametrize(
    "content",
    [
        f"sep=;\r\nvariant;price\r\n{SLUG};0,08\r\n",
        f"sep=,\r\nvariant,price\r\n{SLUG},0.08\r\n",
        f'"sep=;"\r\nvariant;price\r\n{SLUG};0,08\r\n',
        f"\ufeffsep=;\nvariant;price\n{SLUG};0,08\n",
        f"\r\n\r\nvariant,price\r\n{SLUG},0.08\r\n",
        f"Prices from December on,\r\n,\r\nVariant , PRICE\r\n{SLUG},$0.08\r\n",
        f"Our list;;\nvariant;note;price\n{SLUG};a; b,0,08\n".replace(" b,0", "0"),
        f"variant\tprice\r{SLUG}\t0.08\r",
        f"variant,price\n{SLUG},0.08,,,\n",
        f"variant\tprice\r\n{SLUG}\t0.08\r\n".encode("utf-16"),
        f"variant;price\r\n{SLUG};0,08\r\n".encode("utf-16-le"),
        f'"variant","price"\n"{SLUG}","0,08"\n',
        gzip.compress(f"variant;price\n{SLUG};0,08\n".encode(), mtime=0),
        'variant,ndc,price\n,="00904671960",0.08\n',
        f"variant,note,note,price\n{SLUG},x,y,0.08\n",
    ],
    ids=repr,
)
def test_what_a_spreadsheet_saved_is_understood(imported, acetaminophen, content):
    assert imported(content)[0] == 0
    assert price_of(acetaminophen) == D("0.08")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (f"variant,price,price\n{SLUG},0.08,0.09\n", ["“price”"]),
        (f"variant,Price, price \n{SLUG},0.08,0.08\n", ["“price”"]),
        (f"variant,variant,price\n{SLUG},{SLUG},0.08\n", ["“variant”"]),
        (f"title\nvariant;ndc;NDC;price\n{SLUG};;;0,08\n", ["“ndc”"]),
        (f"variant,price\n{SLUG},1,50\n", [" 2: ", " 3 ", " 2: "]),
        (f"variant,price\n{SLUG},-0.08\n", [" 2: "]),
        (f"variant,price\n{SLUG},٠.٠٨\n", [" 2: "]),
        (f"variant,price\n{SLUG},8E-2\n", [" 2: "]),
        (f"variant,price,breaks\n{SLUG},0.08,٩٠: 0.07\n", [" 2: "]),
        (f'variant,price\n{SLUG},0.08\n"x,1\ny,2\n', [" 4 "]),
        (f"variant;price\n{SLUG};1,234\n", [" 2: ", "“1,234”", " 1.234 ", " 1234"]),
        ("ndc,price\n9.05E+09,0.08\n", [" 2: ", "“9.05E+09”"]),
        ("ndc,price\n904671960,0.08\n", [" 2: ", "“904671960”"]),
        *((content, []) for content in NO_LIST.values()),
    ],
)
def test_what_can_be_read_two_ways_is_refused_and_changes_nothing(imported, acetaminophen, content, named):
    code, words = imported(content)
    assert code == 1
    assert re.search(".*?".join(map(re.escape, named)), words)
    assert price_of(acetaminophen) == D("0.05")


def test_what_is_no_list_is_refused_by_its_cause(context):
    said = {"two columns": [f"variant,price,price\n{SLUG},0.08,0.09\n"], "quotes": ['variant,price\n"x,1\n']}
    said |= {cause: [content] for cause, content in NO_LIST.items()}
    assert told_apart({cause: map(refusal_of, contents) for cause, contents in said.items()})


def refusal_of(content: bytes | str) -> str:
    with pytest.raises(NoPriceList) as refusal:
        read(content if isinstance(content, bytes) else content.encode(), "USD", "en_US")
    return str(refusal.value)


def test_an_ndc_that_a_spreadsheet_spoiled_is_told_from_what_is_none(context):
    codes = {"spoiled": ["9.05E+09", "904671960"], "none": ["none at all"]}
    lists = {
        why: [read(f"ndc,price\n{ndc},0.08\n".encode(), "USD", "en_US") for ndc in codes[why]]
        for why in codes
    }
    assert told_apart({why: [one.refused[0][1] for one in found] for why, found in lists.items()})


@pytest.mark.parametrize(
    "line",
    [
        f"{SLUG},0527-1330-01,Baclofen tablet 10 mg,0.51",
        f"{SLUG},0527-1330-01,,0.51",
        f"{SLUG},0527-1330-01,Acetaminophen tablet 500 mg,0.51",
        f"{SLUG},0904-6719-60,Baclofen tablet 10 mg,0.51",
        f"{SLUG},,Baclofen tablet 10 mg,0.51",
        f"{SLUG},,Acetaminophen tablet 50 mg,0.51",
        f"{SLUG},,Acetaminophen and codeine tablet 500 mg,0.51",
        ",0527-1330-01,Acetaminophen tablet 500 mg,0.51",
        f"{SLUG},0904-6719-61,,0.51",
        f"{SLUG},101,,0.51",
        "nonesuch,0904-6719-60,,0.51",
    ],
)
def test_a_line_whose_names_disagree_is_refused_by_name(imported, acetaminophen, baclofen, line):
    code, words = imported(f"variant,ndc,medicine,price\n{line}\n")
    assert code == 1
    assert "Line 2: " in words
    assert (price_of(acetaminophen), price_of(baclofen)) == (D("0.05"), D("0.51"))


@pytest.mark.parametrize(
    "line",
    [
        f"{SLUG},0904-6719-60,Acetaminophen tablet 500 mg,0.08",
        f"{SLUG},00904671960,ACETAMINOPHEN  tablet 500mg,0.08",
        f"{SLUG},,Acetaminophen 500 mg,0.08",
        ",0904-6719-60,Acetaminophen,0.08",
    ],
)
def test_a_line_whose_names_agree_is_taken(imported, acetaminophen, line):
    assert imported(f"variant,ndc,medicine,price\n{line}\n")[0] == 0
    assert price_of(acetaminophen) == D("0.08")


@pytest.mark.parametrize(("strength", "code"), [("500MG", 0), ("", 0), ("50 mg", 1), ("500 mcg", 1)])
def test_a_strength_in_a_column_of_its_own_has_to_agree(imported, acetaminophen, strength, code):
    assert imported(f"NDC,Strength,Price\n0904-6719-60,{strength},0.08\n")[0] == code
    assert price_of(acetaminophen) == D("0.05" if code else "0.08")


def test_columns_that_are_not_read_are_named(imported, acetaminophen):
    said = imported("Drug,NDC,Price,Per\nBaclofen,0904-6719-60,0.08,100\n")[1]
    assert "“Drug”, “Per”" in said
    assert "“" not in imported("ndc,price\n0904-6719-60,0.08\n")[1]


@pytest.mark.parametrize(("locale", "mark"), [("en_US", ","), ("de_DE", ";")])
def test_an_export_opens_right_in_a_spreadsheet_and_comes_back_unchanged(
    context, imported, acetaminophen, tmp_path, locale, mark
):
    make_variant("Naproxen", price="0.00123")
    make_variant("+1*cmd", price="0.10")
    by_hand = make_variant("Ibuprofen", price="1234.5")
    make_pack(by_hand, 30, "Specimen Labs", ndc="00000000101", ndc11="00000000101")
    settings = context.extensions["settings"]
    context.extensions["settings"] = replace(settings, locale=locale)
    try:
        file = tmp_path / "out.csv"
        done = context.test_cli_runner().invoke(args=["catalogue", "prices", "export", str(file)])
        assert done.exit_code == 0
        content = file.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=mark))
        found = {row["variant"]: row for row in rows}
        assert found["naproxen-tablets-10-mg"]["price"] in ("0.00123", "0,00123"), "not rounded to cents"
        assert found["ibuprofen-tablets-10-mg"]["ndc"] == "00000-0001-01", "keeps its zeros"
        assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell]
        assert "4 unchanged, 0 refused" in imported(content)[1]
        assert "4 unchanged, 0 refused" in imported(content.decode("utf-8-sig").encode("utf-16"))[1]
    finally:
        context.extensions["settings"] = settings


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "price"), [("sep.csv", "0.08"), ("sepcomma.csv", "0.08"), ("mismatch.csv", None)]
)
def test_the_cases_are_read_or_refused(imported, acetaminophen, baclofen, shared_cases, name, price):
    code, words = imported((shared_cases / "prices" / name).read_bytes())
    assert code == (0 if price else 1)
    assert price_of(acetaminophen) == D(price or "0.05")
    assert price or "Acetaminophen" in words
