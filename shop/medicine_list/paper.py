"""A medicine list as PDF: Letter paper, the table's head on every page, whose it is and which page below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from shop.config import Pharmacy
from shop.medicine_list.contents import MedicineList, Prescribed
from shop.medicine_list.printable import MISSING, Printed
from shop.medicine_list.sheet import FAMILY, heading, line, new_sheet, table
from shop.prescriptions.ledger.fills import Why

if TYPE_CHECKING:
    from fpdf import FPDF

SOURCE = "From the records of this pharmacy. It may be incomplete: ask the patient what they actually take."
PRESCRIBED_HEAD = ("Medicine", "Directions", "Prescriber", "Last fill sent", "Next fill")
PRESCRIBED_WIDTHS = (25, 27, 17, 15, 16)
BOUGHT_HEAD, BOUGHT_WIDTHS = ("Medicine", "Units", "Sent"), (60, 15, 25)
NONE_BOUGHT = "None on record. Orders not linked to a patient are left out."
NOT_ANSWERED, NONE_KNOWN = "Not answered yet.", "None known."
UNPRINTED = f"{MISSING} stands for letters that this file can’t print. They’re in the account."


@dataclass(frozen=True)
class Writing:
    """How the store's locale writes a date and a figure."""

    day: Callable[[date], str]
    number: Callable[[int], str]


def as_pdf(made: MedicineList, pharmacy: Pharmacy, write: Writing, at: datetime) -> bytes:
    """The list as the bytes of a PDF, made `at` this time."""
    pdf, day = new_sheet(at, "Medicine list", SOURCE.split(":")[0]), write.day
    said = Printed(pdf.fonts[FAMILY.lower()].cmap)

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
    if said.missing:
        pdf.ln(3)
        line(pdf, UNPRINTED)
    return bytes(pdf.output())


def _title(pdf: "FPDF", who: str, day: str, pharmacy: Pharmacy, said: Callable[[str], str]) -> None:
    pdf.set_font(FAMILY, style="B", size=18)
    pdf.multi_cell(0, 9, "Medicine list", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FAMILY, style="B", size=12)
    pdf.multi_cell(0, 7, who, new_x="LMARGIN", new_y="NEXT")
    line(pdf, f"As of {day}. {SOURCE}")
    line(pdf, said(f"{pharmacy.name}, {pharmacy.address}, {pharmacy.phone}"))


def _entries(pdf: "FPDF", entries: Sequence[str] | None, said: Callable[[str], str]) -> None:
    if not entries:
        line(pdf, NOT_ANSWERED if entries is None else NONE_KNOWN)
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
