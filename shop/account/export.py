"""Everything on file about an account as a ZIP: JSON for programs, a PDF for people, and all files."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from shop.accounts import dependents
from shop.clock import format_moment
from shop.medicine_list.printable import printable
from shop.medicine_list.sheet import FAMILY, heading, line, new_sheet
from shop.web import settings

SOURCE = "Data this pharmacy has on file about this account"
STEP_MM = 5


def write_archive(user_id: int, at: datetime, into: IO[bytes]) -> None:
    """Write account.json, account.pdf and the pages of every prescription. Files are read one at a time."""
    gathered = {"exported_at": at} | dependents.everything_of(user_id)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("account.json", as_json(gathered))
        archive.writestr("account.pdf", as_pdf(gathered, at))
        for name, content in dependents.files_of(user_id):
            archive.writestr(name, content, zipfile.ZIP_STORED)  # pictures are compressed already


def as_json(gathered: dict[str, Any]) -> str:
    """Times in UTC and days as ISO 8601, amounts of money in cents, prices of a unit as decimal text."""
    return json.dumps(gathered, default=_plain, ensure_ascii=False, indent=2)


def as_pdf(gathered: dict[str, Any], at: datetime) -> bytes:
    """The same facts, one line each, under the same names. What is not on file is left out."""
    pdf = new_sheet(at, "Account", SOURCE)
    known = pdf.fonts[FAMILY.lower()].cmap
    pdf.running = "Account"
    pdf.add_page()
    pdf.set_font(FAMILY, style="B", size=18)
    pdf.multi_cell(0, 9, "Your account", new_x="LMARGIN", new_y="NEXT")
    line(pdf, f"{SOURCE}. The pages of your prescriptions are in the same archive.")
    for name, facts in gathered.items():
        heading(pdf, label(name))
        for depth, text in _lines(facts, 0):
            line(pdf, printable(text, known), depth * STEP_MM)
    return bytes(pdf.output())


def label(name: str) -> str:
    """A name of the JSON for people: "days_supply" is "Days supply"."""
    return name.replace("_", " ").capitalize()


def _lines(facts: Any, depth: int) -> Iterator[tuple[int, str]]:
    if isinstance(facts, dict):
        for name, value in facts.items():
            if value is None or value == "":
                continue
            if isinstance(value, dict | list | tuple) and value:
                yield depth, f"{label(name)}:"
                yield from _lines(value, depth + 1)
            else:
                yield depth, f"{label(name)}: {_said(value)}"
    elif isinstance(facts, list | tuple):
        for number, one in enumerate(facts, 1):
            if isinstance(one, dict):
                yield depth, f"{number} of {len(facts)}"
                yield from _lines(one, depth + 1)
            else:
                yield depth, f"•  {_said(one)}"
        if not facts:
            yield depth, "None."
    else:
        yield depth, _said(facts)


def _said(value: Any) -> str:
    if value in ([], (), {}):
        return "none"
    if isinstance(value, datetime):
        return format_moment(value, settings().locale)
    return str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
