"""What a monograph needs before it may be published."""

import copy
from datetime import date

import pytest

from shop.monographs.rules import problems

UNKNOWN_SOURCE = "Claim 1 of use names the source s9, which is not in the list."
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
    ("path", "value", "sentence"),
    [
        ("sections.0.claims.0.sources", [], "Claim 1 of use names no source."),
        ("sections.0.claims.0.sources", "s1", "Claim 1 of use names no source."),
        (
            "sections.0.claims.0.sources",
            ["s9"],
            "Claim 1 of use names the source s9, which is not in the list.",
        ),
        ("sections.0.claims.0.kind", "video", "Claim 1 of use is of an unknown kind, video."),
        ("sections.0.claims.0.kind", "table", "Claim 1 of use is a table whose rows do not fit its columns."),
        ("sections.0.claims.0.text", " ", "Claim 1 of use is empty."),
        ("sections.0.claims", [], "Section use has no content."),
        ("sections.0.code", "99999-9", "Section use has the code 99999-9, which is not a label section."),
        ("sections.0.title", "", "Section use has no title."),
        ("sections.0.key", "summary", "“summary” is not a valid section key."),
        ("sections.0.key", "Nö", "“Nö” is not a valid section key."),
        ("sections", [], "It has no sections."),
        ("sections", [DOCUMENT["sections"][0]] * 2, "The section use is listed twice."),
        ("sources.0.citation", "", "Source s1 has no citation."),
        ("sources", [DOCUMENT["sources"][0]] * 2, "The source s1 is listed twice."),
        ("summary", "", "It has no summary."),
        ("summary", "x" * 301, "The summary is longer than 300 characters."),
        ("summary_sources", [], "The summary names no source."),
        ("reviewed_by", None, "It has no reviewed_by."),
        ("reviewed_on", None, "It doesn’t say when it was reviewed."),
        ("review_due_on", date(2026, 11, 14), "Its next review is due before the last one."),
    ],
)
def test_each_thing_that_is_wrong_is_named(path, value, sentence):
    assert sentence in problems(changed(path, value))


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
    assert "It has no sections." in problems({})
