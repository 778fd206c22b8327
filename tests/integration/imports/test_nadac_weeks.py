"""What the data portal gives: many weeks in one file, in which the newest effective date is in force."""

import gzip
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shop.imports.nadac.consensus import Outcome
from shop.imports.nadac.rows import Fault
from shop.pricing.acquisition import Kind
from tests.factories import make_variant
from tests.integration.imports.nadac_files import weekly
from tests.integration.imports.nadac_store import A, B, C, counts, pack, source, stored

HEADER = (
    "NDC Description",
    "NDC",
    "NADAC Per Unit",
    "Effective Date",
    "Pricing Unit",
    "Pharmacy Type Indicator",
    "OTC",
    "Explanation Code",
    "Classification for Rate Setting",
    "Corresponding Generic Drug NADAC Per Unit",
    "Corresponding Generic Drug Effective Date",
    "As of Date",
)


def row(ndc: str, price: str, effective: str, as_of: str, unit: str = "EA") -> tuple[str, ...]:
    return ("AN EXAMPLE 10 MG, TABLET", ndc, price, effective, unit, "C/I", "N", "1, 5", "G", "", "", as_of)


def portal(
    path: Path, *rows: tuple[str, ...], header=HEADER, above="", delimiter=",", encoding="utf-8"
) -> Path:
    """The portal's CSV; cells with a delimiter in them are quoted."""
    lines = [
        delimiter.join(f'"{cell}"' if {delimiter, "\n"} & set(cell) else cell for cell in cells)
        for cells in (header, *rows)
    ]
    path.write_text(above + "\r\n".join([*lines, ""]), encoding, newline="")
    return path


SPRING = [
    row(A, "0.01500", "01/01/2026", "01/07/2026"),
    row(A, "0.01500", "01/01/2026", "01/14/2026"),
    row(A, "0.01500", "01/01/2026", "01/21/2026"),
    row(A, "0.03600", "02/01/2026", "02/04/2026"),
]
WANTED = [
    ("0.015", "2026-01-01", "2026-01-31", source(Kind.WEEKLY, "2026-01-21")),
    ("0.036", "2026-02-01", None, source(Kind.WEEKLY, "2026-02-04")),
]


def test_weeks_do_not_vote_against_each_other(tablet, imported, tmp_path):
    said = imported(portal(tmp_path / "w.csv", *SPRING))
    assert stored(tablet) == WANTED
    assert counts(said) == {Outcome.COUNTED: 4}


def test_a_workbook_of_many_weeks_is_read_alike(tablet, imported, tmp_path):
    imported(weekly(tmp_path / "w.xlsx", SPRING, header=HEADER))
    assert stored(tablet) == WANTED


def test_a_parquet_file_with_the_columns_of_the_portal_is_read_alike(tablet, imported, tmp_path):
    names = [name.lower().replace(" ", "_") for name in HEADER]
    columns = zip(*SPRING, strict=True)
    pq.write_table(pa.table(dict(zip(names, map(pa.array, map(list, columns)), strict=True))), tmp_path / "w")
    imported(tmp_path / "w")
    assert stored(tablet) == WANTED


def test_a_parquet_file_without_units_prices_what_is_counted_in_pills(tablet, imported, tmp_path):
    table = {
        "NDC": pa.array([int(A), int(A)]),
        "NADAC_Per_Unit": pa.array([0.015, 0.036]),
        "Effective_Date": pa.array([date(2026, 1, 1), date(2026, 2, 1)]),
        "As_of_Date": pa.array([date(2026, 1, 21), date(2026, 2, 4)]),
    }
    pq.write_table(pa.table(table), tmp_path / "w")
    imported(tmp_path / "w")
    assert stored(tablet) == WANTED


def test_a_file_that_can_mostly_not_be_read_is_refused_with_its_cause(tablet, app, tmp_path):
    swapped = [row(A, "0.1", f"{day}/01/2026", "01/07/2026") for day in range(1, 31)] * 3
    file = portal(tmp_path / "w.csv", *SPRING, *swapped)
    done = app.test_cli_runner().invoke(args=["catalogue", "import-nadac", str(file)])
    assert done.exit_code == 1
    assert Fault.DAY_FIRST in done.output
    assert stored(tablet) == []


@pytest.mark.parametrize(
    "shape",
    [
        {"header": tuple(name.replace(" ", "_") for name in HEADER)},
        {"header": tuple(name.lower().replace(" ", "_") for name in HEADER), "delimiter": "|"},
        {"delimiter": "\t", "encoding": "utf-16"},
        {"delimiter": ";", "encoding": "utf-8-sig"},
        {"above": "sep=,\r\n"},
        {"above": "CMS\r\n\r\nNADAC as of 01/01/2020\r\n"},
        {"header": ("NDC\nDescription", "NDC", "NADAC\nPer Unit", *HEADER[3:])},
    ],
    ids=str,
)
def test_the_columns_are_recognized_in_any_shape_of_text(tablet, imported, tmp_path, shape):
    imported(portal(tmp_path / "w.txt", *SPRING, **shape))
    assert stored(tablet) == WANTED


@pytest.mark.parametrize("packed", ["w.csv.gz", "w.zip"])
def test_a_packed_survey_says_what_it_says_unpacked(tablet, imported, tmp_path, packed):
    content = portal(tmp_path / "w.csv", *SPRING).read_bytes()
    if packed.endswith(".gz"):
        (tmp_path / packed).write_bytes(gzip.compress(content))
    else:
        with ZipFile(tmp_path / packed, "w") as archive:
            archive.writestr("nadac/w.csv", content)
    said = imported(tmp_path / packed)
    assert (stored(tablet), counts(said)) == (WANTED, {Outcome.COUNTED: 4})
    imported(tmp_path / "w.csv")
    assert stored(tablet) == WANTED


def test_what_a_survey_rounded_is_told_with_its_line_and_the_way_out(tablet, imported, tmp_path):
    said = imported(portal(tmp_path / "w.csv", *SPRING, row(A, "3.6E-02", "02/01/2026", "02/04/2026")))
    assert stored(tablet) == WANTED
    assert f"line 6: {Fault.ROUNDED_PRICE}" in said


@pytest.mark.parametrize("order", [SPRING, SPRING[::-1], SPRING[2:] + SPRING[:2]])
def test_the_order_of_lines_and_of_files_decides_nothing(tablet, imported, tmp_path, order):
    for number, one in enumerate(order):
        imported(portal(tmp_path / f"{number}.csv", one))
    assert stored(tablet) == WANTED
    imported(portal(tmp_path / "all.csv", *order))
    assert stored(tablet) == WANTED


@pytest.mark.parametrize(
    ("rows", "price"),
    [
        # the newest effective date, even where a later week states an older one
        ([(A, "3", "03/01/2026", "03/04/2026"), (A, "2", "02/01/2026", "03/11/2026")], "3"),
        # of one effective date the newest "as of"
        ([(A, "3", "03/01/2026", "03/11/2026"), (A, "2", "03/01/2026", "03/04/2026")], "3"),
        # two of one week
        ([(A, "2", "02/01/2026", "03/04/2026"), (A, "3", "03/01/2026", "03/04/2026")], "3"),
        # packs that left the survey do not outvote the one that is in it
        (
            [
                (A, "2", "01/01/2026", "01/07/2026"),
                (B, "2", "01/01/2026", "01/07/2026"),
                (C, "3", "03/01/2026", "03/04/2026"),
            ],
            "3",
        ),
        ([(A, "2", "01/01/2026", "01/07/2026"), (C, "3", "01/01/2026", "03/04/2026")], "3"),
    ],
)
def test_the_newest_effective_date_is_in_force(tablet, imported, tmp_path, rows, price):
    imported(portal(tmp_path / "w.csv", *(row(*one) for one in rows)))
    assert stored(tablet)[-1][0] == price


def test_a_price_that_is_to_come_waits_for_its_day(tablet, imported, tmp_path):
    imported(
        portal(
            tmp_path / "w.csv",
            row(A, "0.02", "02/01/2015", "03/04/2015"),
            row(A, "0.03", "05/01/2015", "03/04/2015"),
        )
    )
    assert [period[:3] for period in stored(tablet)] == [
        ("0.02", "2015-02-01", "2015-04-30"),
        ("0.03", "2015-05-01", None),
    ]


def test_leading_zeros_that_a_spreadsheet_took_are_put_back_where_that_is_certain(tablet, imported, tmp_path):
    said = imported(
        portal(
            tmp_path / "w.csv",
            row("2143380", "1", "01/01/2026", "01/07/2026"),
            row("57894006103", "1", "01/01/2026", "01/07/2026"),
        )
    )
    assert counts(said) == {Outcome.UNKNOWN_PACK: 2}


def test_a_line_without_its_week_is_reported(tablet, imported, tmp_path):
    said = imported(portal(tmp_path / "w.csv", *SPRING, row(A, "1", "01/01/2026", "soon")))
    assert counts(said) == {Outcome.COUNTED: 4, Outcome.UNREADABLE: 1}
    assert f"line 6: {Fault.AS_OF}" in said


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "ndc", "price"),
    [
        ("nadac-year-to-date.xlsx", "00143971499", "0.036"),
        ("nadac-12-17-2025.csv", "42385094205", "0.04645"),
    ],
)
def test_the_cases_are_read_right(context, imported, shared_cases, name, ndc, price):
    variant_id = make_variant()
    pack(variant_id, ndc)
    imported(shared_cases / "nadac" / name)
    assert stored(variant_id)[-1][0] == price
