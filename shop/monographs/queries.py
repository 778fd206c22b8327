"""Reading a published monograph: two queries whatever its length, one when it was read before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select

from shop.database import db
from shop.monographs.models import (
    Monograph,
    MonographClaim,
    MonographRevision,
    MonographSection,
    MonographSource,
    claim_source,
)
from shop.monographs.rules import SUMMARY_KEY
from shop.monographs.states import ClaimKind, RevisionState

KEPT = 256  # texts of some 50 kB; the ones that are read most


@dataclass(frozen=True)
class SourceView:
    """One footnote; `number` counts from 1 in the order of the list."""

    number: int
    citation: str
    set_id: str | None
    section_code: str | None


@dataclass(frozen=True)
class ClaimView:
    """One statement and the numbers of its sources. `columns` and `rows` are empty unless `kind` is table."""

    kind: ClaimKind
    text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: tuple[int, ...]


@dataclass(frozen=True)
class SectionView:
    """One part of the text; `key` is its anchor, `code` the LOINC code of the label section."""

    key: str
    code: str
    title: str
    claims: tuple[ClaimView, ...]

    @cached_property
    def runs(self) -> list[list[ClaimView]]:
        """The text, claims of one kind that stand together in one run: a list's entries become one list."""
        said = (claim for claim in self.claims if claim.kind != ClaimKind.ASIDE)
        return [list(group) for _, group in groupby(said, key=lambda claim: claim.kind)]

    @cached_property
    def asides(self) -> list[ClaimView]:
        """What is in the margin."""
        return [claim for claim in self.claims if claim.kind == ClaimKind.ASIDE]


@dataclass(frozen=True)
class MonographView:
    """The published revision of a monograph. `summary_sources` are numbers in `sources`."""

    slug: str
    title: str
    summary: str
    summary_sources: tuple[int, ...]
    reviewed_on: date
    reviewed_by: str
    review_due_on: date | None
    revision: int
    sections: tuple[SectionView, ...]
    sources: tuple[SourceView, ...]


_monograph, _revision = Monograph.__table__, MonographRevision.__table__
_source = MonographSource.__table__
_HEAD = (
    select(
        _revision.c.id,
        _revision.c.content_hash,
        _monograph.c.slug,
        _monograph.c.title,
        _revision.c.summary,
        _revision.c.reviewed_on,
        _revision.c.reviewed_by,
        _revision.c.review_due_on,
        _revision.c.number,
        _source.c.id.label("source_id"),
        _source.c.citation,
        _source.c.set_id,
        _source.c.section_code,
    )
    .select_from(_monograph.join(_revision).join(_source))
    .where(_monograph.c.slug == bindparam("slug"), _revision.c.state == RevisionState.PUBLISHED)
    .order_by(_source.c.position)
)
"""Made once, and of tables: every medicine's page with a monograph asks this."""


def published(slug: str) -> MonographView | None:
    """The published text for this slug, or None while there is none."""
    rows = db.session.execute(_HEAD, {"slug": slug}).all()
    if not rows:
        return None
    head = rows[0]
    summary, sections = _sections(head.id, head.content_hash, tuple(row.source_id for row in rows))
    return MonographView(
        head.slug,
        head.title,
        head.summary,
        summary.claims[0].sources if summary else (),
        head.reviewed_on,
        head.reviewed_by,
        head.review_due_on,
        head.number,
        sections,
        tuple(SourceView(number, *row[-3:]) for number, row in enumerate(rows, start=1)),
    )


@lru_cache(maxsize=KEPT)
def _sections(
    revision_id: int, content_hash: str, source_ids: tuple[int, ...]
) -> tuple[SectionView | None, tuple[SectionView, ...]]:
    """The section that holds the summary, and all others in order.

    A published revision never changes, so what was read once is kept; the hash tells databases apart.
    """
    numbers = {source_id: number for number, source_id in enumerate(source_ids, start=1)}
    rows = db.session.execute(
        select(
            MonographSection.key,
            MonographSection.code,
            MonographSection.title,
            MonographClaim.id,
            MonographClaim.kind,
            MonographClaim.text,
            MonographClaim.table,
            claim_source.c.source_id,
        )
        .join(MonographClaim, MonographClaim.section_id == MonographSection.id)
        .join(claim_source, claim_source.c.claim_id == MonographClaim.id)
        .where(MonographSection.revision_id == revision_id)
        .order_by(MonographSection.position, MonographClaim.position, MonographClaim.id)
    )
    sections = [
        SectionView(*head, _claims(group, numbers))
        for head, group in groupby(rows, key=lambda row: (row.key, row.code, row.title))
    ]
    summary = next((section for section in sections if section.key == SUMMARY_KEY), None)
    return summary, tuple(section for section in sections if section is not summary)


def _claims(rows: Iterable[Any], numbers: dict[int, int]) -> tuple[ClaimView, ...]:
    return tuple(_claim(list(group), numbers) for _, group in groupby(rows, key=lambda row: row.id))


def _claim(rows: list[Any], numbers: dict[int, int]) -> ClaimView:
    table = rows[0].table or {"columns": [], "rows": []}
    return ClaimView(
        rows[0].kind,
        rows[0].text,
        tuple(table["columns"]),
        tuple(tuple(row) for row in table["rows"]),
        tuple(sorted(numbers[row.source_id] for row in rows)),
    )
