"""Folding noted searches into counts a day, and erasing what is old."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, select

from shop.clock import days_back
from shop.database import db, rows_changed
from shop.search.log.rules import KEPT_DAYS
from shop.search.models import SearchMiss

MOST_ROWS_A_DAY = 5_000
"""Different words kept of one day: more is a machine trying words, not people."""


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
            select(SearchMiss).where(SearchMiss.day == day, SearchMiss.words.in_(list(counts)))
        )
    }
    room = MOST_ROWS_A_DAY - (
        db.session.scalar(select(func.count(SearchMiss.id)).where(SearchMiss.day == day)) or 0
    )
    for words, count in counts.items():
        if row := known.get(words):
            row.count += count
        elif room > 0:
            db.session.add(SearchMiss(words=words, day=day, count=count))
            room -= 1


def erase_old(today: date) -> int:
    """Erase what is older than is kept; returns how many rows."""
    return rows_changed(delete(SearchMiss).where(SearchMiss.day < days_back(today, KEPT_DAYS)))
