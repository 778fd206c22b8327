"""What a monograph needs before it may be published. Pure: it judges a document, it stores nothing.

A document is the content of a monograph file: slug, title, summary with its sources, who reviewed it and
when, `sources` (key, citation, set_id, section) and `sections` (key, code, title, claims).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shop.monographs.states import ClaimKind

SECTION_CODES = frozenset(
    {
        "34066-1",
        "34067-9",
        "34068-7",
        "34070-3",
        "43685-7",
        "34071-1",
        "34084-4",
        "34073-7",
        "43684-0",
        "42228-7",
        "34088-5",
        "34090-1",
        "43679-0",
        "43682-4",
        "34069-5",
        "44425-7",
        "34076-0",
        "42231-1",
        "51945-4",
    }
)
"""LOINC codes of label sections that a section may have (FDA Structured Product Labeling)."""
SUMMARY_KEY = "summary"
MOST_SUMMARY = 300
_KEY = re.compile(r"[a-z][a-z0-9-]*")

Document = Mapping[str, Any]


def problems(document: Document) -> list[str]:
    """Every reason why the document may not be published, each a sentence; none when it may."""
    sources = [_text(source, "key") for source in _list(document, "sources")]
    found = [
        f"It has no {name}."
        for name in ("slug", "title", "summary", "reviewed_by")
        if not _text(document, name)
    ]
    found += _dates(document)
    found += _repeated("source", sources)
    found += [f"Source {s} has no citation." for s in sources if not _citation(document, s)]
    found += _claim_sources("The summary", document.get("summary_sources"), set(sources))
    if len(_text(document, "summary")) > MOST_SUMMARY:
        found.append(f"The summary is longer than {MOST_SUMMARY} characters.")
    sections = _list(document, "sections")
    if not sections:
        found.append("It has no sections.")
    found += _repeated("section", [_text(section, "key") for section in sections])
    for section in sections:
        found += _section(section, set(sources))
    return found


def _section(section: Document, sources: set[str]) -> list[str]:
    key = _text(section, "key")
    found = []
    if not _KEY.fullmatch(key) or key == SUMMARY_KEY:
        found.append(f"“{key}” is not a valid section key.")
    if section.get("code") not in SECTION_CODES:
        found.append(f"Section {key} has the code {section.get('code')}, which is not a label section.")
    if not _text(section, "title"):
        found.append(f"Section {key} has no title.")
    claims = _list(section, "claims")
    if not claims:
        found.append(f"Section {key} has no content.")
    for number, claim in enumerate(claims, start=1):
        found += _claim(f"Claim {number} of {key}", claim, sources)
    return found


def _claim(name: str, claim: Document, sources: set[str]) -> list[str]:
    found = _claim_sources(name, claim.get("sources"), sources)
    if not _text(claim, "text"):
        found.append(f"{name} is empty.")
    if claim.get("kind") not in list(ClaimKind):
        found.append(f"{name} is of an unknown kind, {claim.get('kind')}.")
    if claim.get("kind") == ClaimKind.TABLE:
        columns, rows = _list(claim, "columns"), _list(claim, "rows")
        if not columns or not rows or any(len(row) != len(columns) for row in rows):
            found.append(f"{name} is a table whose rows do not fit its columns.")
    return found


def _claim_sources(name: str, keys: Any, known: set[str]) -> list[str]:
    """A statement without a source is not published."""
    if not isinstance(keys, Sequence) or isinstance(keys, str) or not keys:
        return [f"{name} names no source."]
    return [f"{name} names the source {key}, which is not in the list." for key in keys if key not in known]


def _dates(document: Document) -> list[str]:
    reviewed, due = document.get("reviewed_on"), document.get("review_due_on")
    if not isinstance(reviewed, date):
        return ["It doesn’t say when it was reviewed."]
    if due is not None and (not isinstance(due, date) or due <= reviewed):
        return ["Its next review is due before the last one."]
    return []


def _repeated(what: str, keys: Sequence[str]) -> list[str]:
    found = [f"A {what} has no key."] if "" in keys else []
    twice = sorted({key for key in keys if key and keys.count(key) > 1})
    return found + [f"The {what} {key} is listed twice." for key in twice]


def _citation(document: Document, key: str) -> str:
    return next((_text(s, "citation") for s in _list(document, "sources") if _text(s, "key") == key), "")


def _list(document: Document, name: str) -> list[Any]:
    value = document.get(name)
    return list(value) if isinstance(value, list | tuple) else []


def _text(document: Document, name: str) -> str:
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""
