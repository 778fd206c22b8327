"""A file in which web processes note failed searches, since a page that is only read writes no database.

One line a search: day, tab, words. Readable by its owner only, and never larger than `MOST_BYTES`: beyond
that searches are no longer noted until the worker has taken the file away.
"""

import fcntl
import logging
import os
from contextlib import suppress
from datetime import date
from pathlib import Path

from shop.search.log.rules import kept_words

MOST_BYTES = 256 * 1024
_SPOOL, _TAKEN = "search-misses", "search-misses.taken"
log = logging.getLogger(__name__)


def note(instance: Path, text: str, day: date) -> None:
    """Append what may be kept of `text`. A disk that cannot be written costs the note, not the page."""
    words = kept_words(text)
    if not words:
        return
    try:
        file = os.open(instance / _SPOOL, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        with suppress(FileNotFoundError), open(instance / _SPOOL, "r+b") as file:
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
