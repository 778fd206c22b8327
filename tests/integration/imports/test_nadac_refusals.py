"""What is no price survey is refused by name before anything is written, with a way out; nothing crashes."""

import errno
import os
import struct
import sys
from collections import defaultdict
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop.clock import now
from shop.database import db
from shop.imports.nadac.files import open_survey
from shop.imports.nadac.rows import Fault, SurveyRefused
from shop.imports.nadac.workbook import MOST_BYTES
from shop.pricing.models import AcquisitionPrice
from tests.causes import told_apart
from tests.factories import make_variant
from tests.integration.imports.nadac_files import HEADER, history, line, period, weekly, workbook
from tests.integration.imports.nadac_store import A, pack

PORTAL = "NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit,As of Date\n"
REST = "0.1,06/17/2015,EA,06/17/2015"
NDC_FILE = "PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\r\n"


def text(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cut(path: Path, share: float) -> Path:
    whole = path.read_bytes()
    return text(path, whole[: int(len(whole) * share)])


def archive(path: Path, **parts: str | bytes) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


@cache
def bomb_bytes() -> bytes:
    """A hundred kilobytes that unpack to more than is allowed."""
    file, sheet = BytesIO(), b" " * (MOST_BYTES + 1)
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            parts.writestr(name, "")
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


def lying_bomb(path: Path) -> Path:
    """The same, saying that it unpacks to a hundred bytes."""
    size = struct.pack("<L", MOST_BYTES + 1)
    assert bomb_bytes().count(size) == 2  # before the content, and in the directory at the end
    return text(path, bomb_bytes().replace(size, struct.pack("<L", 100)))


def far_cell(path: Path) -> Path:
    """Two cells, and billions between them."""
    return workbook(
        path, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


def types(path: Path, **columns: pa.Array) -> Path:
    good = {
        "ndc": pa.array([A]),
        "nadac_per_unit": pa.array([0.1]),
        "effective_date": pa.array([1], pa.date32()),
        "end_date": pa.array([2], pa.date32()),
    }
    pq.write_table(pa.table(good | columns), path)
    return path


def damaged_inside(path: Path) -> Path:
    """A history whose end is whole and whose pages are not."""
    content = bytearray(history(path, [period(A, "2020-01-01", None, 0.1)] * 5).read_bytes())
    content[8:60] = b"\xff" * 52
    return text(path, bytes(content))


UNREADABLE = {
    "text of rounded codes": (lambda p: text(p, PORTAL + f"X,5.8E+10,{REST}\n"), Fault.ROUNDED),
    "text of ten digits": (lambda p: text(p, PORTAL + f"X,0000000001,{REST}\n"), Fault.NDC),
    "no line readable": (lambda p: weekly(p, [line("x", 1), line("y", 1)]), Fault.NDC),
}
"""What is a survey, of which no line can be read: how to make it, and what is wrong with the lines."""

WRONG = {
    "empty": ("empty", lambda p: text(p, "")),
    "web page": ("web page", lambda p: text(p, "\ufeff\n<!doctype html><title>Not found</title>")),
    "NDC products": ("directory", lambda p: text(p, NDC_FILE), "import-ndc"),
    "compressed": ("damaged", lambda p: text(p, b"\x1f\x8b\x08\x00")),
    "old workbook": ("old workbook", lambda p: text(p, b"\xd0\xcf\x11\xe0" + b"\0" * 600)),
    "text": ("columns", lambda p: text(p, "NDC,NADAC\n1,2\n"), "“nadac per unit”"),
    "noise": ("no survey", lambda p: text(p, bytes(range(256)) * 40), "“nadac per unit”"),
    "zip of something": ("archive", lambda p: archive(p, **{"readme.txt": "hello"})),
    "zip cut off": ("damaged", lambda p: cut(weekly(p, [line(A, 0.1)]), 0.6)),
    "only the mark of a zip": ("damaged", lambda p: text(p, b"PK\x03\x04")),
    "bomb": ("too large", lambda p: text(p, bomb_bytes())),
    "lying bomb": ("damaged", lying_bomb),
    "cell far away": ("far cells", far_cell),
    "workbook without columns": (
        "columns",
        lambda p: weekly(p, [], header=("NDC", "Price")),
        "“nadac per unit”",
    ),
    "workbook without units": (
        "columns",
        lambda p: weekly(p, [line(A, 1)], header=HEADER[:4]),
        "“pricing unit”",
    ),
    "workbook without lines": ("no prices", lambda p: weekly(p, [])),
    "workbook of nonsense": ("damaged", lambda p: workbook(p, "<row><c><v>1</row>")),
    "text without columns": ("columns", lambda p: text(p, "sep=;\nNDC;Price\n1;2\n"), "“nadac per unit”"),
    "text with a column twice": (
        "twice",
        lambda p: text(p, PORTAL.replace("As of Date", "nadac_per_unit") + f"X,{A},0.1,06/17/2015,EA,9\n"),
        "“nadac per unit”",
    ),
    "text without lines": ("no prices", lambda p: text(p, PORTAL)),
    "text with open quotes": (
        "quotes",
        lambda p: text(p, PORTAL + f'"X,{A},0.1,06/17/2015,EA,06/17/2015\n'),
    ),
    "history cut off": ("damaged", lambda p: cut(history(p, [period(A, "2020-01-01", None, 0.1)]), 0.7)),
    "history damaged inside": ("damaged", damaged_inside),
    "history without a column": (
        "column of a history",
        lambda p: history(p, [], nadac_per_unit="price"),
        " nadac_per_unit.",
    ),
    "history without rows": ("no rows", lambda p: history(p, [])),
    "history of numbers": ("type", lambda p: types(p, ndc=pa.array([101])), ": ndc "),
    "history of words": ("type", lambda p: types(p, nadac_per_unit=pa.array(["cheap"])), ": nadac_per_unit "),
    "history without days": ("type", lambda p: types(p, end_date=pa.array(["soon"])), ": end_date "),
}
"""What is no survey: its cause, how to make it, and what the refusal names besides the file."""


@pytest.mark.parametrize("kind", WRONG | UNREADABLE)
def test_a_wrong_file_is_refused_and_the_good_one_beside_it_is_not_written(app, tmp_path, kind):
    make, *named = UNREADABLE.get(kind) or WRONG[kind][1:]
    with app.app_context():
        pack(make_variant(), A)
        good, bad = weekly(tmp_path / "good.xlsx", [line(A, 0.1)]), make(tmp_path / "bad.xlsx")
        answer = app.test_cli_runner().invoke(
            args=["catalogue", "import-nadac", str(good), str(bad)], catch_exceptions=False
        )
        assert answer.exit_code == 1
        assert "bad.xlsx" in answer.output
        assert all(name in answer.output for name in named)
        assert answer.output.rstrip().endswith((".", "PACKAGE"))  # a sentence with a way out
        assert db.session.scalar(select(func.count()).select_from(AcquisitionPrice)) == 0


def test_no_two_causes_are_refused_in_one_sentence(tmp_path):
    said = defaultdict(set)
    for cause, make, *_named in WRONG.values():
        with pytest.raises(SurveyRefused) as refusal:
            list(open_survey(make(tmp_path / "bad")).survey.batches(now().date()))
        said[cause].add(refusal.value.message)
    assert told_apart(said)


@pytest.mark.parametrize(("name", "why"), [("missing.xlsx", errno.ENOENT), (".", errno.EISDIR)])
def test_a_path_that_cannot_be_read_is_refused(context, tmp_path, name, why):
    answer = context.test_cli_runner().invoke(args=["catalogue", "import-nadac", str(tmp_path / name)])
    assert answer.exit_code == 1
    assert (tmp_path / name).name in answer.output
    assert os.strerror(why) in answer.output


def test_without_a_directory_there_is_nothing_to_price(context, tmp_path):
    file = weekly(tmp_path / "w.xlsx", [line(A, 0.1)])
    answer = context.test_cli_runner().invoke(args=["catalogue", "import-nadac", str(file)])
    assert answer.exit_code == 1
    assert "import-ndc" in answer.output


def test_a_bomb_costs_no_memory(tmp_path):
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(SurveyRefused):
        open_survey(far_cell(tmp_path / "far.xlsx"))
    file = lying_bomb(tmp_path / "bomb.xlsx")
    tracemalloc.reset_peak()
    with pytest.raises(SurveyRefused):
        open_survey(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_damaged_anywhere_is_read_or_refused_and_never_crashes(tmp_path, data):
    make = data.draw(
        st.sampled_from(
            [
                lambda p: weekly(p, [line(A, 0.1), line(A, 0.2)]),
                lambda p: history(
                    p, [period(A, "2020-01-01", None, 0.1), period(A, "2021-01-01", None, 0.2)]
                ),
            ]
        )
    )
    content = bytearray(make(tmp_path / "f").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = text(tmp_path / "f", bytes(content))
    with suppress(SurveyRefused):
        opened = open_survey(file).survey
        assert sum(rows.count for rows in opened.batches(now().date())) == opened.total


def test_a_history_that_says_more_rows_than_it_has_is_refused(tmp_path):
    two = [period(A, "2020-01-01", None, 0.1), period(A, "2021-01-01", None, 0.2)]
    content = bytearray(history(tmp_path / "f", two).read_bytes())
    content[288] = 1  # Arrow reads no row of it, and finds nothing wrong
    survey = open_survey(text(tmp_path / "f", bytes(content))).survey
    with pytest.raises(SurveyRefused):
        list(survey.batches(now().date()))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=80))
def test_a_sheet_of_anything_is_read_or_refused_and_never_crashes(tmp_path, rows):
    file = workbook(tmp_path / "f", f"<row>{rows}</row>")
    with pytest.raises(SurveyRefused):
        open_survey(file)


def test_without_the_package_that_reads_parquet_the_way_to_it_is_named(tmp_path, monkeypatch):
    path = history(tmp_path / "history.parquet", [period(A, "2020-01-01", None, 0.1)])
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    with pytest.raises(SurveyRefused) as refusal:
        open_survey(path)
    assert "install-parquet" in refusal.value.todo
