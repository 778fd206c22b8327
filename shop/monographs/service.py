"""Publishing monographs. A published text is never edited: a change is a new revision, the old retires."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select

from shop.database import db
from shop.errors import DomainError
from shop.monographs.models import (
    Monograph,
    MonographClaim,
    MonographRevision,
    MonographSection,
    MonographSource,
)
from shop.monographs.rules import SUMMARY_KEY, Document, problems
from shop.monographs.states import ClaimKind, RevisionState

USE_CODE = "34067-9"  # LOINC, indications and usage: what a summary sums up


class MonographRefused(DomainError):
    """The document may not be published; `problems` says all that is wrong with it."""

    status = 422
    code = "monograph_refused"

    def __init__(self, slug: str, found: list[str]) -> None:
        super().__init__(
            f"The monograph {slug} can’t be published. {' '.join(found)}",
            "Fix the file and publish it again.",
        )
        self.problems = found


@dataclass(frozen=True)
class Publication:
    """What publishing a document did; `revision` is the number that is published now."""

    slug: str
    revision: int
    outcome: Literal["created", "revised", "unchanged"]


def publish_file(document: Document, at: datetime) -> Publication:
    """Publish a reviewed document. The same content again changes nothing.

    Raises MonographRefused when a claim lacks a source, or anything else `rules.problems` names.
    """
    found = problems(document)
    if found:
        raise MonographRefused(str(document.get("slug", "")), found)
    slug, content_hash = document["slug"], _hash(document)
    monograph = db.session.scalar(select(Monograph).where(Monograph.slug == slug))
    current = _published(monograph.id) if monograph else None
    if current and current.content_hash == content_hash:
        return Publication(slug, current.number, "unchanged")
    if monograph is None:
        monograph = Monograph(slug=slug, title=document["title"])
        db.session.add(monograph)
        db.session.flush()
    monograph.title = document["title"]
    if current:
        current.state = RevisionState.RETIRED
        db.session.flush()  # only one may be published at any moment
    revision = _revision(document, monograph.id, content_hash, at)
    db.session.add(revision)
    db.session.flush()
    return Publication(slug, revision.number, "revised" if current else "created")


def _published(monograph_id: int) -> MonographRevision | None:
    return db.session.scalar(
        select(MonographRevision).where(
            MonographRevision.monograph_id == monograph_id, MonographRevision.state == RevisionState.PUBLISHED
        )
    )


def _revision(document: Document, monograph_id: int, content_hash: str, at: datetime) -> MonographRevision:
    last = db.session.scalar(
        select(func.max(MonographRevision.number)).where(MonographRevision.monograph_id == monograph_id)
    )
    sources = {
        source["key"]: MonographSource(
            position=position,
            key=source["key"],
            citation=source["citation"],
            set_id=source.get("set_id") or None,
            section_code=source.get("section") or None,
        )
        for position, source in enumerate(document["sources"], start=1)
    }
    return MonographRevision(
        monograph_id=monograph_id,
        number=(last or 0) + 1,
        state=RevisionState.PUBLISHED,
        summary=document["summary"],
        content_hash=content_hash,
        created_at=at,
        reviewed_on=document["reviewed_on"],
        reviewed_by=document["reviewed_by"],
        review_due_on=document.get("review_due_on"),
        sources=list(sources.values()),
        sections=[_section(n, s, sources) for n, s in enumerate([_summary(document), *document["sections"]])],
    )


def _summary(document: Document) -> Document:
    """The summary is a statement like any other, so it is kept as a claim with its sources: section 0."""
    claim = {"kind": ClaimKind.PARAGRAPH, "text": document["summary"], "sources": document["summary_sources"]}
    return {"key": SUMMARY_KEY, "code": USE_CODE, "title": "In one sentence", "claims": [claim]}


def _section(position: int, section: Document, sources: dict[str, MonographSource]) -> MonographSection:
    return MonographSection(
        position=position,
        key=section["key"],
        code=section["code"],
        title=section["title"],
        claims=[_claim(n, claim, sources) for n, claim in enumerate(section["claims"], start=1)],
    )


def _claim(position: int, claim: Document, sources: dict[str, MonographSource]) -> MonographClaim:
    table: dict[str, Any] | None = None
    if claim["kind"] == ClaimKind.TABLE:
        table = {"columns": list(claim["columns"]), "rows": [list(row) for row in claim["rows"]]}
    return MonographClaim(
        position=position,
        kind=ClaimKind(claim["kind"]),
        text=claim["text"],
        table=table,
        sources=[sources[key] for key in dict.fromkeys(claim["sources"])],
    )


def _hash(document: Document) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()
