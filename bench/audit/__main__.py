"""Check the HTML of every page, and the main pages by Lighthouse; print a table, write it to docs/figures.md.

`make audit` runs it. Ends with 1 where anything is short of what it should be. Nothing is sent anywhere: the
store runs on this machine.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.__main__ import PAGES, write_into_figures
from bench.audit import markup
from bench.audit.lighthouse import DEVICES, Score, score
from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.running_store import start_store, stop_store

HEAD = """\
| page | device | accessibility | best practices | SEO | performance | largest paint s | blocked ms | shift | benchmark |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"""  # noqa: E501


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make audit", description=__doc__)
    arguments.add_argument("--runs", type=int, default=5, help="of Lighthouse, of which the median counts")
    arguments.add_argument("--only", choices=("markup", "lighthouse"), help="one half")
    arguments.add_argument("--no-write", action="store_true", help="print only")
    chosen = arguments.parse_args()
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="formulary-audit-") as folder:
        if chosen.only != "lighthouse":
            found += _markup(Path(folder))
        if chosen.only != "markup":
            found += _lighthouse(Path(folder), chosen.runs, write=not chosen.no_write)
    print(f"{len(found)} to mend" if found else "Nothing to mend.")
    return 1 if found else 0


def _markup(folder: Path) -> list[str]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        found, pages = markup.faults(browser, folder)
        browser.close()
    print("\n".join([*found, f"{pages} pages: {len(found)} faults by vnu and html-validate"]), flush=True)
    return found


def _lighthouse(folder: Path, runs: int, write: bool) -> list[str]:
    process, address = start_store(folder / "lighthouse", DEMO_LIFE="1")
    lines, found = [], []
    try:
        for name, path in PAGES.items():
            for device in DEVICES:
                one = score(name, address + path, device, runs, folder)
                lines.append(_line(name, device, one))
                print(lines[-1], flush=True)
                if not one.passes:
                    found += [f"{name}, {device}: {fault}" for fault in (*one.short, *one.lost)]
    finally:
        stop_store(process)
    print("\n".join(found), file=sys.stderr)
    if write:
        write_into_figures("\n".join([HEAD, *lines]), "audit")
    return found


def _line(name: str, device: str, one: Score) -> str:
    points, telling = one.points, one.telling
    kinds = ("accessibility", "best-practices", "seo", "performance")
    figures = [f"{points[kind]:.0f}" for kind in kinds]
    figures += [f"{telling['lcp'] / 1000:.2f}", f"{telling['tbt']:.0f}", f"{telling['cls']:.3f}"]
    return " | ".join([f"| {name}", device, *figures, f"{one.benchmark:,.0f} |"])


if __name__ == "__main__":
    sys.exit(main())
