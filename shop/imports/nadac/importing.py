"""One run of the import, from files to what is to be reported: read, sorted, voted, written or rehearsed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.clock import business_date
from shop.database import db, transaction
from shop.imports.nadac import service
from shop.imports.nadac.consensus import vote
from shop.imports.nadac.errors import SurveyRefused
from shop.imports.nadac.files import Opened
from shop.imports.nadac.packs import packs
from shop.imports.nadac.service import Difference
from shop.imports.nadac.sorting import Advance, Tally, sort_rows
from shop.pricing.plan import Repriced

Stage = Callable[[str, int], Advance]
"""Called at the beginning of each stage with its name and how many rows it has to do."""


@dataclass(frozen=True)
class Run:
    """What an import did, or would do. `repriced` is None where no acquisition price differs."""

    tallies: list[Tally]
    difference: Difference
    repriced: Repriced | None


class _Rehearsal(Exception):
    """Ends the transaction of a rehearsal."""


def run(opened: Sequence[Opened], at: datetime, *, dry: bool, stage: Stage) -> Run:
    """Import all the files at once or, `dry`, do so and take it back. Raises SurveyRefused.

    Only the comparison and the writing hold the database's write lock. Strengths are never deleted, so what
    was voted outside of it can still be written.
    """
    known = packs()
    if not len(known):
        raise SurveyRefused(
            "The catalogue has no packs yet, so no price would find one.",
            "Import the directory first: flask catalogue import-ndc PRODUCT PACKAGE",
        )
    total = sum(one.survey.total for one in opened)
    tallies, ballots = sort_rows(opened, known, business_date(at), stage("Reading", total))
    proposals = vote(ballots, known.contents, stage("Agreeing", sum(len(ballot.rows) for ballot in ballots)))
    del known, ballots
    stage("Comparing and writing", 1)
    result: Run | None = None
    try:
        with transaction():
            result = Run(tallies, *service.write(proposals, at))
            if dry:
                raise _Rehearsal
    except _Rehearsal:
        db.session.expunge_all()  # it holds what was taken back
    assert result is not None
    return result
