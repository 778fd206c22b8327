"""Changes to facts as pages show them: what waits, what a new release put in question, what was before."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from shop.database import db
from shop.drug_review import effective
from shop.drug_review.change_models import ChangeStatus, FactChange
from shop.drug_review.fact_changes import Both, both_of
from shop.drug_review.fact_rules import Way, fingerprint
from shop.keyset import Keyset, Window, edge_from

HISTORY = Keyset(FactChange.requested_at, FactChange.id, newest_first=True, size=50)
MOST_SHOWN = 50


@dataclass(frozen=True)
class Shown:
    """A change with the fact it is about; `both` is None where no file has it any more.

    `stale`: the file's fact is gone, or another than when it was asked.
    """

    row: FactChange
    both: Both | None
    stale: bool

    def waits_if(self, keep: bool) -> bool:
        """Whether keeping, or dropping, it has to wait for a second pharmacist."""
        weight, figure = (self.row.weight, self.row.figure) if keep else (None, None)
        return self.both is not None and self.both.way(weight, figure) is Way.LOOSER


def count_waiting() -> int:
    """How many changes wait for a second pharmacist; one question of an index."""
    return (
        db.session.scalar(
            select(func.count()).select_from(FactChange).where(FactChange.status == ChangeStatus.WAITING)
        )
        or 0
    )


def waiting() -> list[Shown]:
    """What waits for a second pharmacist, the longest first; two questions."""
    return _shown(FactChange.status == ChangeStatus.WAITING)


def conflicts() -> list[Shown]:
    """Changes in force whose fact is another in its file now, or gone; two questions."""
    return [one for one in _shown(FactChange.status == ChangeStatus.IN_FORCE) if one.stale]


def standing_of(ingredient: str) -> list[FactChange]:
    """The changes of an ingredient's facts that count or wait."""
    standing = (ChangeStatus.IN_FORCE, ChangeStatus.WAITING)
    rows = db.session.scalars(
        select(FactChange)
        .where(FactChange.ingredient == ingredient, FactChange.status.in_(standing))
        .order_by(FactChange.id)
    )
    return list(rows)


def history_of(ingredient: str) -> list[FactChange]:
    """The latest changes asked of an ingredient's facts, the newest first."""
    rows = db.session.scalars(
        select(FactChange)
        .where(FactChange.ingredient == ingredient)
        .order_by(FactChange.id.desc())
        .limit(MOST_SHOWN)
    )
    return list(rows)


def history(edge: str) -> Window[FactChange]:
    """A page of everything that was asked, the newest first."""
    at = edge_from(edge)
    rows: Sequence[FactChange] = db.session.scalars(HISTORY.page(select(FactChange), at)).all()
    return HISTORY.window(rows, at)


def _shown(where: object) -> list[Shown]:
    rows = db.session.scalars(
        select(FactChange).where(where).order_by(FactChange.id)  # type: ignore[arg-type]
    ).all()
    book = effective.book() if rows else None
    found = []
    for row in rows:
        both = both_of(row.fact, book) if book else None
        found.append(Shown(row, both, both is None or fingerprint(both.file) != row.rested_on))
    return found
