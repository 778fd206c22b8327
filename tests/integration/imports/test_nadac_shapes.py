"""A survey as people have it: packed, saved by a spreadsheet, cut off. Read right, or refused by cause."""

import gzip
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shop.database import unit_price
from shop.imports.nadac.files import open_survey
from shop.imports.nadac.rows import NO_DAY, Fault, SurveyRefused, day_of, together
from tests.causes import told_apart
from tests.integration.imports.nadac_files import book, sheet

TODAY = date(2026, 11, 30)
HEAD = "NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit,OTC,As of Date"
NDC = "00002143380"


def row(ndc=NDC, price="0.03600", effective="01/21/2026", as_of="01/28/2026", unit="EA", between=","):
    return between.join(("AN EXAMPLE", ndc, price, effective, unit, "N", as_of))


def text(*lines: str, head: str = HEAD, end: str = "\r\n") -> bytes:
    return end.join([head, *lines, ""]).encode()


def semicolons(*prices: str, between=";") -> bytes:
    return text(*(row(price=one, between=between) for one in prices), head=HEAD.replace(",", between))


def read(path: Path):
    """(NDC, price, effective date, “as of”) of each line that can be read, and the others’ faults."""
    parts = list(open_survey(path).survey.batches(TODAY))
    rows = together(parts)
    found = [
        (f"{code:011d}", str(unit_price(int(price)).normalize()), str(day_of(int(first))), week(as_of))
        for code, price, first, as_of in zip(rows.code, rows.price, rows.first, rows.as_of, strict=True)
    ]
    return found, [fault for part in parts for _line, fault in part.faults]


def week(as_of) -> str | None:
    return None if as_of == NO_DAY else str(day_of(int(as_of)))


def one(ndc=NDC, price="0.036", first="2026-01-21", as_of="2026-01-28"):
    return (ndc, price, first, as_of)


def zipped(**parts: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


GOOD = text(row())
MAC = {"__MACOSX/._nadac.csv": b"\0\5\x16\7\0\2\0\0Mac OS X"}
READ = {
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, [one()]),
    "two byte order marks": (
        b"\xef\xbb\xbf" * 2
        + text("00002143380,0.036,2026-01-21,EA,N,2026-01-28", head=HEAD.removeprefix("NDC Description,")),
        [one()],
    ),
    "old Mac line ends": (text(row(), end="\r"), [one()]),
    "UTF-16, big end first, without a mark": (GOOD.decode().encode("utf-16-be"), [one()]),
    "compressed": (gzip.compress(GOOD), [one()]),
    "compressed in two parts": (
        gzip.compress(GOOD) + gzip.compress(row(price="0.1").encode()),
        [one(), one(price="0.1")],
    ),
    "compressed UTF-16": (gzip.compress(GOOD.decode().encode("utf-16")), [one()]),
    "in a ZIP": (zipped(**{"nadac.csv": GOOD}), [one()]),
    "in a ZIP made on a Mac, in a folder": (
        zipped(**MAC, **{"down/NADAC.CSV": GOOD, "readme.txt": b"x"}),
        [one()],
    ),
    "columns in another order, and more": (
        text(
            "28/x,2026-01-28,EA,0.036,2026-01-21,00002143380",
            head="note,As_of_Date,Pricing_Unit,NADAC_Per_Unit,Effective_Date,NDC",
        ),
        [one()],
    ),
    "ISO days": (text(row(effective="2026-01-21", as_of="2026-01-28T00:00:00")), [one()]),
    "days without zeros": (text(row(effective="1/21/2026", as_of="1/28/2026 0:00")), [one()]),
    "a price in dollars": (text(row(price="$0.03600"), row(price="$ 0.036")), [one(), one()]),
    "a price without a zero": (text(row(price=".036")), [one()]),
    "thousands": (
        text(row(price='"1,234.50"'), row(price='"12,345"')),
        [one(price="1234.5"), one(price="12345")],
    ),
    "a decimal comma in a comma file": (text(row(price='"0,036"')), [one()]),
    "decimal commas": (semicolons("0,03600", "1,234"), [one(), one(price="1.234")]),
    "decimal commas after tabs": (
        semicolons("0,03600", "1,23400", between="\t"),
        [one(), one(price="1.234")],
    ),
    "decimal commas with points between thousands": (
        semicolons("1.234,50", "0,036"),
        [one(price="1234.5"), one()],
    ),
    "decimal points between semicolons": (semicolons("0.03600", "1.234"), [one(), one(price="1.234")]),
    "the exponent of the last decimal": (text(row(price="1E-05")), [one(price="0.00001")]),
    "hyphens": (
        text(row(ndc="0002-1433-80"), row(ndc="60505-0183-1"), row(ndc="16714-071-04")),
        [one(), one("60505018301"), one("16714007104")],
    ),
    "an NDC as a formula of text": (text(row(ndc='="00002143380"'), row(ndc="'00002143380")), [one(), one()]),
    "lost zeros": (text(row(ndc="2143380"), row(ndc="57894006103")), [one(), one("57894006103")]),
    "lost zeros of a table of numbers": (
        text(row(ndc="2143380.0"), row(ndc="57894006103.0")),
        [one(), one("57894006103")],
    ),
    "weeks in no order": (
        text(row(as_of="02/04/2026"), row(), row(as_of="01/14/2026")),
        [one(as_of="2026-02-04"), one(), one(as_of="2026-01-14")],
    ),
}


@pytest.mark.parametrize("kind", READ)
def test_it_is_read_right(tmp_path, kind):
    content, wanted = READ[kind]
    path = tmp_path / "survey"
    path.write_bytes(content)
    assert read(path) == (wanted, [])


FAULTY = {
    "no price": ({"price": ""}, Fault.PRICE),
    "nothing": ({"price": "0"}, Fault.NOT_POSITIVE),
    "less than nothing": ({"price": "-0.036"}, Fault.NOT_POSITIVE),
    "two signs": ({"price": "--0.036"}, Fault.NOT_POSITIVE),
    "in parentheses": ({"price": "(0.036)"}, Fault.PRICE),
    "a plus": ({"price": "+0.036"}, Fault.PRICE),
    "underscores": ({"price": "1_000"}, Fault.PRICE),
    "digits of another script": ({"price": "١٢"}, Fault.PRICE),
    "wide digits": ({"price": "１２"}, Fault.PRICE),
    "marks at odd places": ({"price": '"12,34.5"'}, Fault.PRICE),
    "a rounded price": ({"price": "3.6E-02"}, Fault.ROUNDED_PRICE),
    "a rounded high price": ({"price": "1.2E+03"}, Fault.ROUNDED_PRICE),
    "six decimals": ({"price": "0.036001"}, Fault.DECIMALS),
    "no NDC": ({"ndc": ""}, Fault.NDC),
    "ten digits": ({"ndc": "0002143380"}, Fault.NDC),
    "seven digits": ({"ndc": "2143380"}, Fault.NDC),
    "hyphens at odd places": ({"ndc": "052-7133-0001"}, Fault.NDC),
    "a rounded NDC": ({"ndc": "2.14E+06"}, Fault.ROUNDED),
    "a total": ({"ndc": "Total", "effective": "", "as_of": ""}, Fault.NDC),
    "the header again": ({"ndc": "NDC", "price": "NADAC Per Unit", "effective": "Effective Date"}, Fault.NDC),
    "a day's number": ({"effective": "46043"}, Fault.SERIAL_DAY),
    "points in a day": ({"effective": "21.01.2026"}, Fault.DATE),
    "a day of seven digits": ({"effective": "2026111"}, Fault.DATE),
    "digits of another script in a day": ({"effective": "01/21/٢٠٢٦"}, Fault.DATE),
    "a week cut off": ({"as_of": "01/28/20"}, Fault.AS_OF),
    "another unit": ({"unit": "BOX"}, Fault.UNIT),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_line_that_cannot_be_meant_costs_itself_and_says_why(tmp_path, kind):
    cells, fault = FAULTY[kind]
    path = tmp_path / "survey"
    path.write_bytes(text(row(), row(), row(**cells)))
    assert read(path) == ([one(), one()], [fault])


def test_prices_that_no_other_explains_are_not_guessed(tmp_path):
    path = tmp_path / "survey"
    path.write_bytes(semicolons("1,234", "2,500"))
    assert read(path) == ([], [Fault.TWO_WAYS] * 2)


DAY_FIRST = text(
    row(effective="03/12/2025", as_of="10/12/2025"), row(effective="03/12/2025", as_of="17/12/2025")
)
TWICE = text("X,1,1,1,1,1,1,1", head=HEAD.replace("NDC Description", "as of"))
REFUSED = {
    "days before months": (DAY_FIRST, "17/12/2025"),
    "the week twice": (TWICE, "“as of date”"),
    "cut off while compressed": (gzip.compress(GOOD)[:-20], ""),
    "a compressed workbook": (gzip.compress(b"PK\x03\x04" + bytes(99)), ""),
    "two surveys in a ZIP": (zipped(**{"a.csv": GOOD, "b.csv": GOOD}), "a.csv, b.csv"),
    "no survey in a ZIP": (zipped(**{"a.csv": b"NDC,Price\n1,2\n"}), ""),
    "one column lacking": (
        text("X,1,1", head="NDC,NADAC Per Unit,Pricing Unit"),
        "“effective date”",
    ),
    "only a header": (text(), ""),
}
"""The content, and what the refusal names besides the file."""


def refusal_of(folder: Path, content: bytes) -> SurveyRefused:
    path = folder / "survey"
    path.write_bytes(content)
    with pytest.raises(SurveyRefused) as refusal:
        read(path)
    return refusal.value


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_right_is_refused_by_its_cause(tmp_path, kind):
    content, named = REFUSED[kind]
    refusal = refusal_of(tmp_path, content)
    assert refusal.message.startswith("survey ")
    assert named in refusal.message
    assert refusal.todo.endswith(".")


def test_no_two_causes_are_refused_in_one_sentence(tmp_path):
    assert told_apart(
        {kind: [refusal_of(tmp_path, content).message] for kind, (content, _) in REFUSED.items()}
    )


NAMES = HEAD.split(",")


def cells(ndc=NDC, price=0.036, effective="01/21/2026", as_of="01/28/2026"):
    return ("AN EXAMPLE", ndc, price, effective, "EA", "N", as_of)


@pytest.mark.parametrize(
    ("sheets", "wanted"),
    [
        ({"NADAC": sheet(NAMES, cells(effective=46043.0, as_of=46050))}, [one()]),
        ({"NADAC": sheet(NAMES, cells(effective=20260121, as_of="2026-01-28"))}, [one()]),
        ({"Notes": sheet(["see below"]), "Empty": sheet(NAMES), "NADAC": sheet(NAMES, cells())}, [one()]),
        (
            {"NADAC": sheet(NAMES, cells(ndc=2143380), cells(ndc="00002143380", price="0,036"))},
            [one(), one()],
        ),
    ],
)
def test_a_workbook_is_read_whatever_its_cells_are(tmp_path, sheets, wanted):
    assert read(book(tmp_path / "w.xlsx", sheets)) == (wanted, [])


def test_a_workbook_whose_days_count_from_1904_is_not_read_four_years_early(tmp_path):
    days = sheet(NAMES, cells(), cells(), cells(effective=44581))
    found, faults = read(book(tmp_path / "w.xlsx", {"NADAC": days}, since_1904=True))
    assert (found, faults) == ([one(), one()], [Fault.SERIAL_DAY])


def test_a_workbook_with_prices_in_two_sheets_is_refused_by_their_names(tmp_path):
    path = book(tmp_path / "w.xlsx", {"May": sheet(NAMES, cells()), "June": sheet(NAMES, cells())})
    with pytest.raises(SurveyRefused) as refusal:
        read(path)
    assert "“May”, “June”" in refusal.value.message


@pytest.mark.parametrize(
    ("names", "as_of"),
    [
        (["NDC", "NADAC_Per_Unit", "Effective_Date", "Pricing_Unit", "As_of_Date"], "2026-01-28"),
        (["ndc", "nadac per unit", "effective date", "pricing unit", "as of"], "2026-01-28"),
    ],
)
def test_a_parquet_file_of_weeks_is_known_by_any_names_of_its_columns(tmp_path, names, as_of):
    values = [[NDC], [0.036], [20260121], ["EA"], ["01/28/2026"]]
    pq.write_table(pa.table(dict(zip(names, values, strict=True))), tmp_path / "p")
    assert read(tmp_path / "p") == ([one(as_of=as_of)], [])


def test_a_history_is_known_by_any_names_of_its_columns(tmp_path):
    values = {
        "NDC": [NDC],
        "NADAC Per Unit": [0.036],
        "Effective_Date": pa.array([date(2026, 1, 21)]),
        "End_Date": pa.array([date(2026, 1, 28)]),
    }
    pq.write_table(pa.table(values), tmp_path / "p")
    assert read(tmp_path / "p") == ([one(as_of=None)], [])
