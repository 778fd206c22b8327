"""Publishing monographs, and reading what is published."""

import copy
import re
from datetime import UTC, date, datetime

import pytest
from flask import g
from sqlalchemy import func, select

from shop.database import db, transaction
from shop.monographs import queries, service
from shop.monographs.models import Monograph, MonographClaim, MonographRevision, claim_source

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
REVIEWED, DUE = date(2026, 11, 14), date(2027, 11, 14)


TABLE = {
    "kind": "table",
    "text": "Steps",
    "columns": ["Days", "Dose"],
    "rows": [["1", "5 mg"]],
    "sources": ["b"],
}


def document(claims: int = 2, **changes: object) -> dict:
    items = [
        {"kind": "item", "text": f"**Fact {n}.** So it is.", "sources": ["b", "a"]} for n in range(claims)
    ]
    return {
        "slug": "specimen",
        "title": "Specimen, by mouth",
        "summary": "It shows a text.",
        "summary_sources": ["b"],
        "reviewed_on": REVIEWED,
        "review_due_on": DUE,
        "reviewed_by": "Marion Sample",
        "sources": [
            {"key": "b", "citation": "Label B", "set_id": "", "section": "34067-9"},
            {"key": "a", "citation": "Label A", "set_id": "x-1", "section": "34068-7"},
        ],
        "sections": [
            {"key": "use", "code": "34067-9", "title": "What it is for", "claims": items},
            {"key": "dose", "code": "34068-7", "title": "How it is taken", "claims": [TABLE]},
        ],
    } | changes


def publish(text: dict) -> service.Publication:
    with transaction():
        return service.publish_file(text, AT)


def test_a_published_text_is_read_as_it_was_written(context):
    written = document()
    publish(written)

    view = queries.published("specimen")

    assert (view.title, view.summary) == (written["title"], written["summary"])
    assert view.summary_sources == (1,)
    assert (view.reviewed_on, view.review_due_on, view.reviewed_by) == (REVIEWED, DUE, "Marion Sample")
    assert [section.title for section in view.sections] == [one["title"] for one in written["sections"]]
    claims = written["sections"][0]["claims"]
    assert [claim.text for claim in view.sections[0].claims] == [one["text"] for one in claims]
    table = view.sections[1].claims[0]
    assert (table.columns, table.rows, table.sources) == (("Days", "Dose"), (("1", "5 mg"),), (1,))


def test_sources_are_numbered_in_the_order_of_their_list(context):
    publish(document())

    view = queries.published("specimen")

    assert [(s.number, s.citation, s.set_id) for s in view.sources] == [
        (1, "Label B", None),
        (2, "Label A", "x-1"),
    ]
    assert view.sections[0].claims[0].sources == (1, 2)


def test_the_same_content_again_changes_nothing(context):
    assert publish(document()).outcome == "created"
    assert publish(copy.deepcopy(document())) == service.Publication("specimen", 1, "unchanged")
    assert db.session.scalar(select(func.count(MonographRevision.id))) == 1


def test_a_change_is_a_new_revision_and_the_old_one_retires_unedited(context):
    publish(document())

    assert publish(document(title="Specimen, again")) == service.Publication("specimen", 2, "revised")

    revisions = db.session.scalars(select(MonographRevision).order_by(MonographRevision.number)).all()
    assert [(r.number, r.state) for r in revisions] == [(1, "retired"), (2, "published")]
    assert len(revisions[0].sections) == 3  # the summary, too, is a section
    assert queries.published("specimen").title == "Specimen, again"
    assert queries.published("specimen").revision == 2


def test_a_claim_without_a_source_is_refused_and_nothing_is_stored(context):
    bad = document()
    bad["sections"][0]["claims"][0]["sources"] = []

    with pytest.raises(service.MonographRefused) as refusal, transaction():
        service.publish_file(bad, AT)

    [problem] = refusal.value.problems
    assert re.search(r"\b1\b.*\buse\b", problem), "which claim, of which section"
    assert problem in refusal.value.message
    assert db.session.scalars(select(Monograph)).all() == []


def test_every_stored_claim_has_a_source(context):
    publish(document())

    bare = select(MonographClaim).outerjoin(claim_source).where(claim_source.c.source_id.is_(None))

    assert db.session.scalars(bare).all() == []


def test_reading_costs_two_queries_whatever_the_length_and_one_when_it_was_read_before(app):
    queries._sections.cache_clear()
    with app.app_context():
        publish(document(claims=80))
    with app.test_request_context():
        app.preprocess_request()
        for cost in (2, 1):
            before = g.query_count
            view = queries.published("specimen")
            assert g.query_count - before == cost
    assert len(view.sections[0].claims) == 80


def test_an_unknown_or_unpublished_text_is_none(context):
    assert queries.published("nothing") is None
