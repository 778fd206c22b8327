"""A sheet of Letter paper as PDF, with our fonts: whose it is and which page, below each page.

fpdf2 is imported when somebody asks: with the library that reads fonts it takes a while, and few ask.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).with_name("fonts")
FAMILY, REGULAR, BOLD = "DejaVu", "DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"
MARGIN_MM = 16


def new_sheet(at: datetime, title: str, source: str) -> Any:
    """An FPDF without pages yet, made `at` this time. Its `running` line and `source` are below each page."""
    from fpdf import FPDF

    class Paper(FPDF):
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


def heading(pdf: "FPDF", text: str) -> None:
    """A heading, which does not stand alone at the end of a page."""
    if pdf.will_page_break(30):
        pdf.add_page()
    pdf.ln(4)
    pdf.set_font(FAMILY, style="B", size=11)
    pdf.multi_cell(0, 7, text, new_x="LMARGIN", new_y="NEXT")


def line(pdf: "FPDF", text: str, indent: float = 0) -> None:
    """A paragraph, `indent` mm in from the margin."""
    pdf.set_font(FAMILY, size=9.5)
    pdf.set_x(pdf.l_margin + indent)
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
