"""How long rows are kept that only served a moment: declared by the room, bounded by a setting in days.

Rows go in small batches, each a transaction of its own, so that nobody waits behind the removal of a year.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, delete

from shop.database import db, rows_changed, transaction

BATCH_ROWS = 500
MOST_BATCHES = 20
"""In one turn of one kind: 10,000 rows an hour are 240,000 a day."""

Remove = Callable[[datetime, int], int]


_kept: dict[str, tuple[str, Remove]] = {}


def kept_for(setting: str) -> Callable[[Remove], Remove]:
    """Register a function that removes rows older than a time, at most so many, and returns how many.

    `setting` is the attribute of Settings that says for how many days they are kept.
    """

    def register(remove: Remove) -> Remove:
        _kept[remove.__name__] = setting, remove
        return remove

    return register


def remove_rows(table: type[Any], old: Select[int]) -> int:
    """Remove the rows whose ids `old` selects; how many.

    The ids are read first: PostgreSQL may ask a LIMIT beneath a DELETE anew for every row, and remove more.
    """
    return rows_changed(delete(table).where(table.id.in_(list(db.session.scalars(old)))))


def remove_old(at: datetime) -> dict[str, int]:
    """Remove what is older than its setting says; how many rows of each kind went."""
    settings = current_app.extensions["settings"]
    removed = {}
    for kind, (setting, remove) in _kept.items():
        removed[kind] = _in_batches(remove, at - timedelta(days=getattr(settings, setting)))
    return removed


def _in_batches(remove: Remove, before: datetime) -> int:
    total = 0
    for _ in range(MOST_BATCHES):
        with transaction():
            count = remove(before, BATCH_ROWS)
        total += count
        if count < BATCH_ROWS:
            break
    return total
