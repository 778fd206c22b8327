"""The search log: zero-result searches, counted by day and nobody's name; shown to staff, erased when old."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Integer, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from shop.clock import days_back
from shop.database import Base, Key, db, rows_changed

SHOWN_FROM = 3
"""A row is shown from this many times on: what one person pasted once stays unseen."""
KEPT_DAYS = 90
MOST_SHOWN = 500
MOST_ROWS_A_DAY = 5_000
"""Different words kept of one day: more is a machine trying words, not people."""


class FailedSearch(Base):
    """What was looked for and not found, by day and nobody's name."""

    __tablename__ = "search_miss"
    __table_args__ = (UniqueConstraint("words", "day"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    words: Mapped[str] = mapped_column(String(100))  # folded, in the order typed
    day: Mapped[date] = mapped_column(Date)
    count: Mapped[int] = mapped_column(Integer)


def fold_in(notes: Iterable[tuple[date, str]]) -> None:
    """Add one to the count of each note's words on its day."""
    by_day: dict[date, Counter[str]] = {}
    for day, words in notes:
        by_day.setdefault(day, Counter())[words] += 1
    for day, counts in by_day.items():
        _fold_day(day, counts)
    db.session.flush()


def _fold_day(day: date, counts: Counter[str]) -> None:
    known = {
        row.words: row
        for row in db.session.scalars(
            select(FailedSearch).where(FailedSearch.day == day, FailedSearch.words.in_(list(counts)))
        )
    }
    room = MOST_ROWS_A_DAY - (
        db.session.scalar(select(func.count(FailedSearch.id)).where(FailedSearch.day == day)) or 0
    )
    for words, count in counts.items():
        if row := known.get(words):
            row.count += count
        elif room > 0:
            db.session.add(FailedSearch(words=words, day=day, count=count))
            room -= 1


def erase_old(today: date) -> int:
    """Erase what is older than is kept; returns how many rows."""
    return rows_changed(delete(FailedSearch).where(FailedSearch.day < days_back(today, KEPT_DAYS)))


@dataclass(frozen=True)
class ZeroResults:
    """Words that found nothing `count` times, on `last` the last time."""

    words: str
    count: int
    last: date


def zero_result_searches(today: date, days: int) -> list[ZeroResults]:
    """Searches without results in the last `days`, the most frequent first; rare ones are left out."""
    times = func.sum(FailedSearch.count)
    rows = db.session.execute(
        select(FailedSearch.words, times, func.max(FailedSearch.day))
        .where(FailedSearch.day >= days_back(today, days))
        .group_by(FailedSearch.words)
        .having(times >= SHOWN_FROM)
        .order_by(times.desc(), FailedSearch.words)
        .limit(MOST_SHOWN)
    )
    return [ZeroResults(words, int(count), last) for words, count, last in rows]


def any_older_than_kept(today: date) -> bool:
    """Whether there is something to erase."""
    old = FailedSearch.day < days_back(today, KEPT_DAYS)
    return db.session.scalar(select(FailedSearch.id).where(old).limit(1)) is not None
