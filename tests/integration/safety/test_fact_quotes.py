"""Every quote of a fact stands word for word in the label it names, in that section, with that date."""

import csv
import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shop.safety.drug_facts.reading import book

pytestmark = pytest.mark.shared_data
ARCHIVES = (
    "openfda_labels.tar.gz",
    "labels_recent/oral_labels_trimmed.tar.xz",
    "labels_recent/sections_all.tar.xz",
)
FOLDERS = ("labels_recent/whole", "labels_recent/sections")


def test_every_quote_stands_in_its_label(shared_data: Path) -> None:
    facts = [fact for one in book().facts.values() for fact in one.facts]
    texts = _texts(shared_data, {fact.label.set_id for fact in facts})
    for file in {fact.label.file for fact in facts} - {""}:
        texts[file, "", ""].append(_plain((shared_data / file).read_text("utf-8")))
    missing = [
        fact.key
        for fact in facts
        if not any(_plain(fact.label.quote) in text for text in texts[_place(fact)])
    ]
    assert len(facts) > 1_900
    assert missing == []


def _place(fact: Any) -> tuple[str, str, str]:
    if fact.label.file:  # a document has no sections that a program can tell apart
        return fact.label.file, "", ""
    return fact.label.set_id, _day(fact), fact.label.section


def _day(fact: Any) -> str:
    return f"{fact.label.effective:%Y%m%d}" if fact.label.effective else ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _texts(data: Path, wanted: set[str]) -> dict[tuple[str, str, str], list[str]]:
    """Plain texts by set id, day ("" where the copy states none), and the section's LOINC code."""
    codes = _codes(data)
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for label in _labels(data):
        if "sections" in label:
            about = label.get("openfda_meta") or {}
            set_id, day = _first(about.get("spl_set_id") or about.get("set_id")), ""
            sections = label["sections"]
        else:
            set_id, day, sections = label.get("set_id", ""), label.get("effective_time", ""), label
        if set_id in wanted:
            for name, said in sections.items():
                if code := codes.get(name):
                    found[set_id, day, code].append(_plain(said if isinstance(said, str) else " ".join(said)))
    return found


def _first(said: Any) -> str:
    return (said[0] if said else "") if isinstance(said, list) else said or ""


def _codes(data: Path) -> dict[str, str]:
    """Codes by openFDA's names of fields: "Dosage & Administration" is dosage_and_administration."""
    with (data / "section_codes/openfda_loinc.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.reader(lines, skipinitialspace=True) if len(row) > 1]
    named = {"_".join(re.findall(r"\w+", name.lower().replace("&", "and"))): code for code, name in rows}
    return {"warnings_and_cautions": "43685-7", "use_in_specific_populations": "43684-0"} | named


def _labels(data: Path) -> Iterator[dict[str, Any]]:
    for archive in ARCHIVES:
        with tarfile.open(data / archive) as members:
            for member in members:
                if member.name.endswith(".json") and (content := members.extractfile(member)):
                    yield from _of(json.load(content))
    for folder in FOLDERS:
        for path in (data / folder).glob("*.json"):
            yield from _of(json.loads(path.read_text("utf-8")))


def _of(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [said] if "sections" in said else said.get("results", [])
