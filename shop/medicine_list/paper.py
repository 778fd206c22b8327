"""A medicine list as PDF: Letter paper, the table's head on every page, whose it is and which page below.

fpdf2 is imported when somebody asks: with the library that reads fonts it takes a while, and few ask.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shop.config import Pharmacy
from shop.medicine_list.contents import MedicineList, Prescribed
from shop.medicine_list.printable import MISSING, printable
from shop.prescriptions.ledger.fills import Why

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).with_name("fonts")
FAMILY, REGULAR, BOLD = "DejaVu", "DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"
MARGIN_MM = 16
SOURCE = "From the records of this pharmacy. It may be incomplete: ask the patient what they actually take."
PRESCRIBED_HEAD = ("Medicine", "Directions", "Prescriber", "Last fill sent", "Next fill")
PRESCRIBED_WIDTHS = (25, 27, 17, 15, 16)
BOUGHT_HEAD, BOUGHT_WIDTHS = ("Medicine", "Units", "Sent"), (60, 15, 25)
NONE_BOUGHT = "None on record. Orders not linked to a patient are left out."


@dataclass(frozen=True)
class Writing:
    """How the store's locale writes a date and a figure."""

    day: Callable[[date], str]
    number: Callable[[int], str]


def as_pdf(made: MedicineList, pharmacy: Pharmacy, write: Writing, at: datetime) -> bytes:
    """The list as the bytes of a PDF, made `at` this time."""
    pdf, day = new_paper("Medicine list", SOURCE.split(":")[0], at), write.day
    known = pdf.fonts[FAMILY.lower()].cmap
    missing = False

    def said(text: str) -> str:
        nonlocal missing
        shown = printable(text, known)
        missing = missing or MISSING in shown
        return shown

    born = f"born {day(made.born)}" if made.born else "date of birth not on file"
    pdf.running = f"Medicine list of {said(made.patient)}, {day(made.day)}"
    pdf.add_page()
    _title(pdf, f"{said(made.patient)}, {born}", day(made.day), pharmacy, said)
    heading(pdf, "Prescriptions at this pharmacy")
    rows = [
        (said(one.medicine), said(one.directions), said(one.prescriber), _sent(one, write), _next(one, write))
        for one in made.prescribed
    ]
    table(pdf, PRESCRIBED_HEAD, PRESCRIBED_WIDTHS, rows, "None.")
    heading(pdf, "Bought without a prescription at this pharmacy, last 12 months")
    bought = [(said(one.medicine), write.number(one.quantity), day(one.on)) for one in made.bought]
    table(pdf, BOUGHT_HEAD, BOUGHT_WIDTHS, bought, NONE_BOUGHT)
    told = f", confirmed {day(made.answers_confirmed_on)}" if made.answers_confirmed_on else ""
    heading(pdf, f"Medicines from elsewhere, as the patient told us{told}")
    _entries(pdf, made.elsewhere, said)
    heading(pdf, f"Allergies and bad reactions, as the patient told us{told}")
    _entries(pdf, made.allergies, said)
    if missing:
        pdf.ln(3)
        line(pdf, f"{MISSING} stands for letters that this file can’t print. They’re in the account.")
    return bytes(pdf.output())


def new_paper(title: str, source: str, at: datetime) -> Any:
    """An empty document in Letter size; below each page whose it is (`running`), and its `source`."""
    from fpdf import FPDF

    class Paper(FPDF):
        """Whose list it is and which page, below each page."""

        running = ""

        def footer(self) -> None:
            self.set_y(-MARGIN_MM)
            self.set_font(FAMILY, size=8)
            self.cell(0, 4, self.running, new_x="LMARGIN", new_y="NEXT")
            self.cell(0, 4, f"{source}. Page {self.page_no()} of {{nb}}")

    pdf = Paper(format="letter", unit="mm")
    pdf.set_margin(MARGIN_MM)
    pdf.set_auto_page_break(True, MARGIN_MM + 6)
    pdf.add_font(FAMILY, fname=FONTS / REGULAR)
    pdf.add_font(FAMILY, style="B", fname=FONTS / BOLD)
    pdf.set_title(title)
    pdf.set_lang("en-US")
    pdf.set_creation_date(at)
    return pdf


def _title(pdf: "FPDF", who: str, day: str, pharmacy: Pharmacy, said: Callable[[str], str]) -> None:
    pdf.set_font(FAMILY, style="B", size=18)
    pdf.multi_cell(0, 9, "Medicine list", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FAMILY, style="B", size=12)
    pdf.multi_cell(0, 7, who, new_x="LMARGIN", new_y="NEXT")
    line(pdf, f"As of {day}. {SOURCE}")
    line(pdf, said(f"{pharmacy.name}, {pharmacy.address}, {pharmacy.phone}"))


def heading(pdf: "FPDF", text: str) -> None:
    """A line in bold that never stands alone at the end of a page."""
    if pdf.will_page_break(30):
        pdf.add_page()
    pdf.ln(4)
    pdf.set_font(FAMILY, style="B", size=11)
    pdf.multi_cell(0, 7, text, new_x="LMARGIN", new_y="NEXT")


def line(pdf: "FPDF", text: str) -> None:
    """A paragraph."""
    pdf.set_font(FAMILY, size=9.5)
    pdf.multi_cell(0, 5, text, align="L", new_x="LMARGIN", new_y="NEXT")


def table(
    pdf: "FPDF", head: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], empty: str
) -> None:
    """Rows under a head that stands again on every page; a row is never torn apart."""
    if not rows:
        line(pdf, empty)
        return
    pdf.set_font(FAMILY, size=9.5)
    with pdf.table(
        col_widths=tuple(widths),
        text_align="LEFT",
        v_align="TOP",
        line_height=5,
        padding=1,
        borders_layout="HORIZONTAL_LINES",
        first_row_as_headings=True,
        repeat_headings=1,
    ) as rows_of:
        for cells in (head, *rows):
            rows_of.row(tuple(cells))


def _entries(pdf: "FPDF", entries: Sequence[str] | None, said: Callable[[str], str]) -> None:
    if not entries:
        line(pdf, "Not answered yet." if entries is None else "None known.")
        return
    for one in entries:
        line(pdf, f"•  {said(one)}")


def _sent(one: Prescribed, write: Writing) -> str:
    return write.day(one.last_sent) if one.last_sent else "none yet"


def _next(one: Prescribed, write: Writing) -> str:
    covered = one.next
    if covered.why is Why.OPEN:
        return f"now, {write.number(covered.now)} units"
    if covered.next_on:
        return f"from {write.day(covered.next_on)}"
    return {
        Why.USED_UP: "no refills left",
        Why.EXPIRED: "prescription expired",
        Why.DAYS_UNKNOWN: "ask the pharmacy",
    }.get(covered.why, "none")
