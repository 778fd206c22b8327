"""The HTML of every page of every role, as the server sends it, under vnu and html-validate.

Which pages there are is said once, in `tests/journeys/layout/walk.py`.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.servers import ROOT
from tests.journeys.layout.walk import walk
from tests.running_store import start_store, stop_store

HERE = ROOT / "bench" / "audit"
MODULES = HERE / "node_modules"
VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LONGEST_NAME = 80


def faults(browser: Browser, folder: Path) -> tuple[list[str], int]:
    """What the two checkers say, each with the page's role and path; and how many pages they read."""
    pages = folder / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    process, address = start_store(folder / "markup")
    try:
        saved = dict(_save(browser, address, folder / "markup", pages))
    finally:
        stop_store(process)
    said = [*_vnu(pages), *_html_validate(pages)]
    return [f"{saved[name]}:{fault}" for name, fault in said], len(saved)


def _save(browser: Browser, address: str, instance: Path, into: Path) -> Iterator[tuple[str, str]]:
    """Write each page into a file. Yields the file's name, and the role with the path."""

    def person() -> Page:
        return browser.new_context(base_url=address, locale="en-US").new_page()

    for role, (page, paths) in walk(person, instance).items():
        for number, path in enumerate(paths):
            words = re.sub(r"[^a-z0-9]+", "-", path.lower())[:LONGEST_NAME]
            name = f"{role}-{number}{words}.html"
            answer = page.request.get(path)
            (into / name).write_bytes(answer.body())
            yield name, f"{role} {path}"


def _vnu(pages: Path) -> Iterator[tuple[str, str]]:
    run = subprocess.run(
        ["java", "-jar", str(VNU), "--format", "json", "--exit-zero-always", str(pages)],
        capture_output=True,
        text=True,
        check=True,
    )
    for one in json.loads(run.stderr)["messages"]:
        if one["type"] == "error" or one.get("subType") == "warning":
            yield Path(one.get("url", "?")).name, f"{one.get('lastLine', '')}: vnu: {one['message']}"


def _html_validate(pages: Path) -> Iterator[tuple[str, str]]:
    report = pages.parent / "html-validate.json"  # a file: what it prints ends where a pipe is full
    command = ["node", str(MODULES / "html-validate" / "bin" / "html-validate.mjs"), str(pages)]
    command += ["--config", str(HERE / "htmlvalidate.cjs"), "--formatter", f"json={report}"]
    run = subprocess.run(command, capture_output=True, text=True)
    if not report.exists():
        raise SystemExit(f"html-validate could not read the pages:\n{run.stdout}{run.stderr}")
    for file in json.loads(report.read_text()):
        for one in file["messages"]:
            yield Path(file["filePath"]).name, f"{one['line']}: {one['ruleId']}: {one['message']}"
