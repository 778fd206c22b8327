"""The search log: zero-result searches, counted by day and nobody's name; shown to staff, erased when old.

Web processes note them in a file, one line a search: day, tab, words. It is readable by its owner only, and
never larger than `MOST_BYTES`: beyond that nothing is noted until the worker has taken the file away.
"""

import fcntl
import logging
import os
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Date, Integer, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from shop.clock import days_back
from shop.database import Base, Key, db, rows_changed
from shop.substances.query_text import query_words

SHOWN_FROM = 3
"""A row is shown from this many times on: what one person pasted once stays unseen."""
KEPT_DAYS = 90
MOST_SHOWN = 500
MOST_ROWS_A_DAY = 5_000
"""Different words kept of one day: more is a machine trying words, not people."""


class FailedSearch(Base):
    """What was looked for and not found, by day and nobody's name."""

    __tablename__ = "search_log"
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


# --- The buffer: a file, since a page that is only read writes no database --------------------------------

MOST_BYTES = 256 * 1024
_BUFFER, _TAKEN = "search-misses", "search-misses.taken"
MOST_WORDS = 4
MOST_LETTERS = 60
_ADDRESS = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{5}|(?:\d[\s().-]*){7}")
log = logging.getLogger(__name__)


def kept_words(text: str) -> str:
    """The folded words of a query, or "" when it may hold something private.

    Not kept are sentences, addresses of mail or pages, and numbers: a phone, an order, a date of birth.
    """
    words = query_words(text)
    kept = " ".join(words)
    if not words or len(words) > MOST_WORDS or len(kept) > MOST_LETTERS:
        return ""
    if all(word.isdigit() for word in words) or _ADDRESS.search(text) or _LONG_NUMBER.search(text):
        return ""
    return kept


def note(instance: Path, text: str, day: date) -> None:
    """Append what may be kept of `text`. A disk that cannot be written costs the note, not the page."""
    words = kept_words(text)
    if not words:
        return
    try:
        file = os.open(instance / _BUFFER, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_size < MOST_BYTES:
                os.write(file, f"{day.isoformat()}\t{words}\n".encode())
        finally:
            os.close(file)
    except OSError as trouble:
        log.warning("a failed search could not be noted: %s", trouble.strerror)


def take(instance: Path) -> list[tuple[date, str]]:
    """Day and words of every note so far. They are kept aside until `done`, should the worker be killed."""
    taken = instance / _TAKEN
    if not taken.exists():
        with suppress(FileNotFoundError), open(instance / _BUFFER, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if notes := file.read():
                handle = os.open(taken, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "wb") as aside:
                    aside.write(notes)
                file.truncate(0)
    with suppress(FileNotFoundError):
        return [found for line in taken.read_text("utf-8", "replace").splitlines() if (found := _read(line))]
    return []


def done(instance: Path) -> None:
    """Forget what was taken."""
    (instance / _TAKEN).unlink(missing_ok=True)


def _read(line: str) -> tuple[date, str] | None:
    day, _, words = line.partition("\t")
    try:
        return (date.fromisoformat(day), words) if words and words == kept_words(words) else None
    except ValueError:
        return None
