"""Looking at pages at many widths and on paper: one load a page, resized and printed in place."""

import io
import re
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page

STYLES = Path(__file__).resolve().parents[3] / "static" / "css"
PROBE = (Path(__file__).parent / "probe.js").read_text()
PX_PER_REM, PX_PER_MM = 16, 96 / 25.4
HEIGHT = 900
MARGIN_MM = 16  # of a printed page, on each side: @page in base.css
PAPERS_MM = {"Letter": (215.9, 279.4), "A4": (210.0, 297.0)}


def breakpoints() -> set[int]:
    """Every width of the window at which a style sheet changes its mind, in px."""
    rules = " ".join(path.read_text() for path in STYLES.glob("*.css"))
    conditions = re.findall(r"@media[^{]*\bwidth\b[^{]*", rules)
    return {round(float(rem) * PX_PER_REM) for one in conditions for rem in re.findall(r"([\d.]+)rem", one)}


def faults_on_screen(page: Page, widths: Iterable[int]) -> list[str]:
    """What the probe says of the open page in windows of these widths: each fault once, and where."""
    seen: dict[str, list[int]] = {}
    for width in sorted(widths):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for fault in page.evaluate(PROBE):
            seen.setdefault(fault, []).append(width)
    return [f"{fault} at {_spoken(at)}" for fault, at in seen.items()]


def faults_on_paper(page: Page, paper: str) -> tuple[list[str], int]:
    """What the probe says of the open page as it is printed, and how many sheets it takes."""
    page.emulate_media(media="print")
    is_wide = page.evaluate("getComputedStyle(document.body).page") == "wide"
    width = PAPERS_MM[paper][is_wide] - 2 * MARGIN_MM
    page.set_viewport_size({"width": int(width * PX_PER_MM), "height": HEIGHT})
    faults = [f"{fault} on {paper}" for fault in page.evaluate(PROBE)]
    sheets = len(pypdfium2.PdfDocument(io.BytesIO(page.pdf(format=paper, prefer_css_page_size=True))))
    page.emulate_media(media="screen")
    return faults, sheets


def _spoken(widths: list[int]) -> str:
    return f"{widths[0]} px" if len(widths) == 1 else f"{widths[0]} to {widths[-1]} px"
