"""What a monograph needs before it may be published."""

import copy
import re
from datetime import date

import pytest

from shop.monographs.rules import problems

DOCUMENT = {
    "slug": "specimen",
    "title": "Specimen, by mouth",
    "summary": "It shows what a text looks like.",
    "summary_sources": ["s1"],
    "reviewed_on": date(2026, 11, 14),
    "review_due_on": date(2027, 11, 14),
    "reviewed_by": "Marion Sample, PharmD",
    "sources": [{"key": "s1", "citation": "An invented label", "set_id": "", "section": "34067-9"}],
    "sections": [
        {
            "key": "use",
            "code": "34067-9",
            "title": "What it is for",
            "claims": [{"kind": "paragraph", "text": "Nothing at all.", "sources": ["s1"]}],
        }
    ],
}


def changed(path: str, value: object) -> dict:
    document = copy.deepcopy(DOCUMENT)
    *way, last = path.split(".")
    place = document
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return document


def test_a_reviewed_and_sourced_text_may_be_published():
    assert problems(DOCUMENT) == []


@pytest.mark.parametrize(
    ("path", "value", "names"),
    [
        ("sections.0.claims.0.sources", [], "1 use"),
        ("sections.0.claims.0.sources", "s1", "1 use"),
        ("sections.0.claims.0.sources", ["s9"], "1 use s9"),
        ("sections.0.claims.0.kind", "video", "1 use video"),
        ("sections.0.claims.0.kind", "table", "1 use"),
        ("sections.0.claims.0.text", " ", "1 use"),
        ("sections.0.claims", [], "use"),
        ("sections.0.code", "99999-9", "use 99999-9"),
        ("sections.0.title", "", "use title"),
        ("sections.0.key", "summary", "summary"),
        ("sections.0.key", "Nö", "Nö"),
        ("sections", [], "sections"),
        ("sections", [DOCUMENT["sections"][0]] * 2, "use"),
        ("sources.0.citation", "", "s1 citation"),
        ("sources", [DOCUMENT["sources"][0]] * 2, "s1"),
        ("summary", "", "summary"),
        ("summary", "x" * 301, "summary 300"),
        ("summary_sources", [], "summary"),
        ("reviewed_by", None, "reviewed_by"),
        ("reviewed_on", None, ""),
        ("review_due_on", date(2026, 11, 14), ""),
    ],
)
def test_each_thing_that_is_wrong_is_named(path, value, names):
    (problem,) = problems(changed(path, value))
    assert set(names.split()) <= words_of(problem)


def words_of(problem: str) -> set[str]:
    return set(re.findall(r"[\w-]+", problem))


def test_a_table_needs_a_cell_for_every_column():
    table = {
        "kind": "table",
        "text": "Steps",
        "sources": ["s1"],
        "columns": ["Days", "Dose"],
        "rows": [["1", "5 mg"]],
    }

    assert problems(changed("sections.0.claims", [table])) == []
    assert problems(changed("sections.0.claims", [{**table, "rows": [["1"]]}])) != []


def test_an_empty_document_is_refused_without_falling_over():
    named = set().union(*map(words_of, problems({})))
    assert {"slug", "title", "summary", "reviewed_by", "sections"} <= named
