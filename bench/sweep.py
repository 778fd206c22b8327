"""`make sweep`: every page of every role from 320 to 1920 px, with text at 200%, on Letter and A4.

`make test` looks around the breakpoints; this looks at every 40 px between them. It ends with 1 when anything
is found. Text at 200% is the browser's own setting; it begins at 640 px, which is 320 px at twice the size.
"""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.journeys.layout.measuring import PAPERS_MM, faults_on_paper, faults_on_screen
from tests.journeys.layout.walk import walk
from tests.running_store import start_store, stop_store

WIDTHS = range(320, 1921, 40)
LARGE_TEXT = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
LARGE_FROM = 640


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="formulary-sweep-") as folder, sync_playwright() as playwright:
        instance = Path(folder) / "instance"
        process, address = start_store(instance)
        try:
            found, pages = _sweep(playwright, instance, address)
        finally:
            stop_store(process)
    print(f"{pages} pages, {len(found)} faults, {time.monotonic() - began:.0f} s")
    return 1 if found else 0


def _sweep(playwright: Playwright, instance: Path, address: str) -> tuple[list[str], int]:
    usual, large = _chromium(playwright), _chromium(playwright, LARGE_TEXT)
    found, pages = [], 0
    for role, (walked, addresses) in walk(lambda: _page(usual, address), instance).items():
        enlarged = _page(large, address, walked)
        for one in addresses:
            pages += 1
            for fault in _faults(walked, enlarged, one):
                found.append(fault)
                print(f"{role} {one}: {fault}", flush=True)
    usual.close()
    large.close()
    return found, pages


def _faults(usual: Page, large: Page, address: str) -> list[str]:
    usual.goto(address)
    faults = faults_on_screen(usual, WIDTHS)
    for paper in PAPERS_MM:
        on_paper, sheets = faults_on_paper(usual, paper)
        faults += on_paper
        print(f"{paper:6} {sheets} {address}", file=sys.stderr)
    large.goto(address)
    return faults + [
        f"{fault}, text at 200%"
        for fault in faults_on_screen(large, (width for width in WIDTHS if width >= LARGE_FROM))
    ]


def _chromium(playwright: Playwright, *flags: str) -> Browser:
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM_FLAGS, *flags])


def _page(browser: Browser, address: str, like: Page | None = None) -> Page:
    """A fresh visitor's page, or one of whoever is signed in on `like`."""
    state = like.context.storage_state() if like else None
    context = browser.new_context(base_url=address, locale="en-US", storage_state=state)
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


if __name__ == "__main__":
    sys.exit(main())
