"""Reading what people looked for in vain, as far as it may be shown."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from shop.clock import days_back
from shop.database import db
from shop.search.log.rules import KEPT_DAYS, SHOWN_FROM
from shop.search.models import SearchMiss

MOST_SHOWN = 500


@dataclass(frozen=True)
class Missed:
    """Words that found nothing `count` times, on `last` the last time."""

    words: str
    count: int
    last: date


def missed(today: date, days: int) -> list[Missed]:
    """What was looked for in vain in the last `days`, the most frequent first; nothing that was rare."""
    times = func.sum(SearchMiss.count)
    rows = db.session.execute(
        select(SearchMiss.words, times, func.max(SearchMiss.day))
        .where(SearchMiss.day >= days_back(today, days))
        .group_by(SearchMiss.words)
        .having(times >= SHOWN_FROM)
        .order_by(times.desc(), SearchMiss.words)
        .limit(MOST_SHOWN)
    )
    return [Missed(words, int(count), last) for words, count, last in rows]


def any_older_than_kept(today: date) -> bool:
    """Whether there is something to erase."""
    old = SearchMiss.day < days_back(today, KEPT_DAYS)
    return db.session.scalar(select(SearchMiss.id).where(old).limit(1)) is not None
