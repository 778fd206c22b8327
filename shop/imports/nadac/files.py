"""Opening a price survey: of which kind a file is, told by its content, never by its name.

Whatever is neither is refused here, with the likely mistake and the way out, before anything is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from shop.imports.nadac import history_file, text_file, weekly_file
from shop.imports.nadac.rows import Rows, SurveyRefused
from shop.imports.nadac.workbook import is_workbook
from shop.pricing.acquisition import Kind

GET_ONE = "Use the NADAC file as CMS publishes it (.csv or .xlsx), or the .parquet price history."
SNIFFED = 4096
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_MARKS = (
    (
        b"\xd0\xcf\x11\xe0",
        "is an old workbook (.xls) or has a password.",
        "Save it as plain .xlsx.",
    ),
    (
        _GZIP,
        "is compressed, and no line of the text in it names the columns of a price survey.",
        f"{GET_ONE} For the NDC directory, use import-ndc.",
    ),
    (b"%PDF", "is a PDF.", GET_ONE),
    (
        _ZIP,
        "is a ZIP archive, but not a workbook, and no file in it names the columns of a price survey.",
        f"Save an OpenDocument sheet as .xlsx; unzip a workbook that is in it. {GET_ONE}",
    ),
)


class SurveyFile(Protocol):
    """An opened survey. `batches` may be read once, and raises SurveyRefused where the file is broken.

    `published` is the day it is “as of”, known when it has been read.
    """

    kind: Kind
    total: int

    def batches(self, today: date) -> Iterator[Rows]: ...

    def published(self) -> date: ...


@dataclass(frozen=True)
class Opened:
    """A file by the name it was given, with what is in it."""

    name: str
    survey: SurveyFile


def open_survey(path: Path) -> Opened:
    """Recognize a file and open it, or refuse it with a reason."""
    try:
        with path.open("rb") as file:
            start = file.read(SNIFFED)
    except OSError as trouble:
        raise SurveyRefused(
            f"{path.name} cannot be read: {trouble.strerror}.", "Check the path."
        ) from trouble
    survey = _opened(path, start)
    if survey is not None:
        return Opened(path.name, survey)
    reason, todo = _mistake(start)
    raise SurveyRefused(f"{path.name} {reason}", todo)


def _opened(path: Path, start: bytes) -> SurveyFile | None:
    if start.startswith(_ZIP):
        return weekly_file.open_workbook(path) if is_workbook(path) else text_file.open_archive(path)
    if start.startswith(_GZIP):
        return text_file.open_compressed(path)
    if start.startswith(b"PAR1"):
        return history_file.open_parquet(path)
    if not start or start.startswith(tuple(mark for mark, *_ in _MARKS)):
        return None
    return text_file.open_text(path)


def _mistake(start: bytes) -> tuple[str, str]:
    """What the file probably is instead."""
    if not start:
        return "is empty.", "The download may have failed: try it again."
    for mark, reason, todo in _MARKS:
        if start.startswith(mark):
            return reason, todo
    text = start.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<"):
        return "is a web page, not a price survey.", "Open the address in a browser and save the file itself."
    if "PRODUCTNDC" in text or "NDCPACKAGECODE" in text:
        return "is part of the NDC directory.", "Import that with: flask catalogue import-ndc PRODUCT PACKAGE"
    return (
        "is not a price survey: no line names the columns "
        f"{weekly_file.listed(weekly_file.COLUMNS)}, and it is no workbook or price history.",
        GET_ONE,
    )
