"""A file in which web processes note failed searches, since a page that is only read writes no database.

One line a search: day, tab, words. Readable by its owner only, and never larger than `MOST_BYTES`: beyond
that searches are no longer noted until the worker has taken the file away.
"""

import fcntl
import logging
import os
import re
from contextlib import suppress
from datetime import date
from pathlib import Path

from shop.substances.query_text import query_words

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
