"""The import as a whole: surveys are read, sorted, agreed upon, compared with what is stored, and written.

The stored periods of each strength become what all surveys together say. Only the comparison and the writing
need a transaction, and it is quick.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.models import Variant
from shop.clock import business_date
from shop.database import db, portions, transaction
from shop.imports.nadac.consensus import Advance, Proposals, Tally, price_consensus, sort_rows
from shop.imports.nadac.files import Opened
from shop.imports.nadac.rows import SurveyRefused, packs
from shop.pricing.acquisition import Period, Source, read_source, timeline
from shop.pricing.models import AcquisitionPrice
from shop.pricing.plan import Repriced
from shop.pricing.service import reprice
from shop.projections.cache_version import offers_changed

Stage = Callable[[str, int], Advance]
"""Called at the beginning of each stage with its name and how many rows it has to do."""
AT_ONCE = 5_000
_table: Any = AcquisitionPrice.__table__


@dataclass
class Difference:
    """What an import would write, or wrote.

    `added`, `changed` and `removed` are periods; `latest` gives the last price of each strength that touches,
    before and after. Removed are periods that a newer survey, or the same one read again, contradicts.
    """

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    unchanged: int = 0
    latest: dict[int, tuple[Decimal | None, Decimal]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Run:
    """What an import did, or would do. `repriced` is None where no acquisition price differs."""

    tallies: list[Tally]
    difference: Difference
    repriced: Repriced | None


def run(opened: Sequence[Opened], at: datetime, *, dry: bool, stage: Stage) -> Run:
    """Import all the files at once or, `dry`, do so and take it back. Raises SurveyRefused.

    Only the comparison and the writing hold the database's write lock. Strengths are never deleted, so what
    was agreed upon outside of it can still be written.
    """
    known = packs()
    if not len(known):
        raise SurveyRefused(
            "The catalog has no packages yet, so there is nothing to price.",
            "Import the directory first: flask catalogue import-ndc PRODUCT PACKAGE",
        )
    total = sum(one.survey.total for one in opened)
    tallies, surveys = sort_rows(opened, known, business_date(at), stage("Reading", total))
    proposals = price_consensus(
        surveys, known.contents, stage("Agreeing", sum(len(survey.rows) for survey in surveys))
    )
    del known, surveys
    stage("Comparing and writing", 1)
    with transaction(dry_run=dry):
        return Run(tallies, *write(proposals, at))


def compare(proposals: Proposals) -> Difference:
    """What is stored against what it would be. Reads only."""
    found = Difference()
    stored = _stored(proposals)
    for variant_id, surveys in sorted(proposals.items()):
        _compare(variant_id, stored.pop(variant_id, []), surveys, found)
    return found


def write(proposals: Proposals, at: datetime) -> tuple[Difference, Repriced | None]:
    """Store what the surveys say and let prices made by rule follow. Where nothing differs, write nothing."""
    found = compare(proposals)
    if not found:
        return found, None
    for part in _parts(found.removed):
        db.session.execute(
            delete(_table).where(_table.c.id == bindparam("gone")), [{"gone": key} for key in part]
        )
    for part in _parts(found.changed):
        db.session.execute(update(_table).where(_table.c.id == bindparam("key")), part)
    for part in _parts(found.added):
        db.session.execute(insert(_table), part)
    audit.record(
        Event.SURVEY_IMPORTED,
        at=at,
        subject=("catalogue", "survey"),
        added=len(found.added),
        changed=len(found.changed),
        removed=len(found.removed),
    )
    offers_changed(at)
    return found, reprice(_products(found.latest), at)


def _compare(
    variant_id: int, stored: list[tuple[int, Period]], surveys: dict[Source, list[Period]], found: Difference
) -> None:
    """Add the differences of one strength; what this import's surveys said before is replaced."""
    kept: dict[Source, list[Period]] = {}
    for _, period in stored:
        kept.setdefault(read_source(period.source, period.effective_on), []).append(period)
    wanted = timeline(periods for _, periods in sorted((kept | surveys).items()))
    left = {period.effective_on: (key, period) for key, period in stored}
    touched = False
    for period in wanted:
        key, before = left.pop(period.effective_on, (None, None))
        if before == period:
            found.unchanged += 1
            continue
        touched = True
        columns = {"price": period.price, "ends_on": period.ends_on, "source": period.source}
        if key is None:
            found.added.append(columns | {"variant_id": variant_id, "effective_on": period.effective_on})
        else:
            found.changed.append(columns | {"key": key})
    found.removed += [key for key, _ in left.values()]
    if touched or left:
        found.latest[variant_id] = (stored[-1][1].price if stored else None, wanted[-1].price)


def _stored(proposals: Proposals) -> dict[int, list[tuple[int, Period]]]:
    """The stored periods of these strengths, oldest first, with their keys."""
    if not proposals:
        return {}
    rows = db.session.execute(
        select(_table)
        .where(_table.c.variant_id.between(min(proposals), max(proposals)))
        .order_by(_table.c.variant_id, _table.c.effective_on)
        .execution_options(yield_per=AT_ONCE)
    )
    texts: dict[str, str] = {}  # one text for all rows of a survey, not one each
    return {
        variant_id: [
            (
                row.id,
                Period(row.price, row.effective_on, row.ends_on, texts.setdefault(row.source, row.source)),
            )
            for row in group
        ]
        for variant_id, group in groupby(rows, key=lambda row: row.variant_id)
        if variant_id in proposals
    }


def _products(variant_ids: dict[int, Any]) -> set[int]:
    found: set[int] = set()
    for part in portions(variant_ids):
        found.update(db.session.scalars(select(Variant.product_id).where(Variant.id.in_(part)).distinct()))
    return found


def _parts(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
