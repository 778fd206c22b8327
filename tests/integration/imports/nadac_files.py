"""Price surveys made for a test: small workbooks and histories, and things that only look like them."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq

HEADER = ("NDC Description", "NDC", "NADAC\nPer Unit", "Effective\nDate", "Pricing\nUnit", "OTC")
TITLE = "Monthly NADAC Reference File as of 06/17/2015"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
}


def line(
    ndc: object, price: object, effective: object = "06/17/2015", unit: object = "EA"
) -> tuple[object, ...]:
    """One line of a weekly file, in the official order of columns."""
    return ("AN EXAMPLE 10 MG TABLET", ndc, price, effective, unit, "N")


def weekly(
    path: Path,
    lines: Iterable[Sequence[object]],
    *,
    title: str = TITLE,
    header: Sequence[str] = HEADER,
    header_row: int = 4,
) -> Path:
    """A workbook whose header stands in `header_row`; the lines follow it."""
    rows = [(1, (title,)), (header_row, header)]
    rows += [(header_row + 1 + place, cells) for place, cells in enumerate(lines)]
    return workbook(path, "".join(_row(number, cells) for number, cells in rows))


def workbook(path: Path, rows: str) -> Path:
    """A workbook of one sheet with these rows of XML."""
    return book(path, {"NADAC": rows})


def sheet(*rows: Sequence[object]) -> str:
    """Rows of cells as the XML of a sheet."""
    return "".join(_row(number, cells) for number, cells in enumerate(rows, start=1))


def book(path: Path, sheets: dict[str, str], *, since_1904: bool = False) -> Path:
    """A workbook of these sheets, by name; its days may count from 1904, as old Macs did."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, start=1)
    )
    linked = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{since_1904:d}"/>'
            f"<sheets>{listed}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{linked}</Relationships>',
        )
        for n, rows in enumerate(sheets.values(), start=1):
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return path


def history(path: Path, rows: Iterable[tuple[object, ...]], **columns: str) -> Path:
    """A history of (ndc, first day, last day, price); `columns` renames some."""
    names = ("ndc", "effective_date", "end_date", "nadac_per_unit")
    kinds = (pa.string(), pa.date32(), pa.date32(), pa.float64())
    values = list(zip(*rows, strict=True)) or [(), (), (), ()]
    table = pa.table(
        {
            columns.get(name, name): pa.array(column, kind)
            for name, kind, column in zip(names, kinds, values, strict=True)
        }
    )
    pq.write_table(table, path)
    return path


def period(ndc: str, first: str, last: str | None, price: float | None) -> tuple[object, ...]:
    """One row of a history; a last day of None is written as the end of 2099."""
    return ndc, date.fromisoformat(first), date.fromisoformat(last or "2099-12-31"), price


def _row(number: int, cells: Sequence[object]) -> str:
    inside = "".join(_cell(f"{chr(65 + place)}{number}", cell) for place, cell in enumerate(cells))
    return f'<row r="{number}">{inside}</row>'


def _cell(place: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
