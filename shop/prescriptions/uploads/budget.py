"""An account's upload budget: charged before a file is kept, settled when the worker has opened it.

The rule stands in `budget_rules`, its limits in the settings. A charge locks the account's row, so requests
that come at once are counted one after another; on SQLite the write transaction does that.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shop.database import db
from shop.errors import Busy
from shop.prescriptions.document_models import UploadAllowance, UploadUse
from shop.prescriptions.uploads.budget_rules import Limit, Use, free_at, wait_in_words
from shop.web import settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEGABYTE = 1024**2


class OverBudget(Busy):
    """More files, bytes or processor time than one account has; nothing of the request was kept."""

    status = 429
    code = "upload_over_budget"

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            "You’ve reached your account’s upload limit for now.",
            f"You can send files again {wait_in_words(wait)}. If it’s urgent, call us.",
            max(1, int(wait.total_seconds()) + 1),
        )


def ensure(user_id: int, size_bytes: int, at: datetime) -> None:
    """Raise OverBudget where one more file of `size_bytes` cannot fit. Only looks: `charge` decides."""
    _refuse_over(user_id, Use(at, 1, size_bytes, _reserved_ms()), at)


def charge(user_id: int, files: Sequence[tuple[int, bool]], at: datetime) -> list[int]:
    """Count files, given as (bytes, whether it will be opened); the ids of their uses. Raises OverBudget.

    Inside the caller's transaction. All of them are counted, or none.
    """
    _lock(user_id)
    opened = sum(will_open for _, will_open in files)
    _refuse_over(user_id, Use(at, len(files), sum(size for size, _ in files), opened * _reserved_ms()), at)
    db.session.execute(delete(UploadUse).where(UploadUse.user_id == user_id, UploadUse.at <= at - DAY))
    uses = [
        UploadUse(user_id=user_id, at=at, size_bytes=size, cpu_ms=_reserved_ms() if will_open else 0)
        for size, will_open in files
    ]
    db.session.add_all(uses)
    db.session.flush()
    return [use.id for use in uses]


def settle(use_id: int, cpu_ms: int) -> None:
    """Replace what was reserved by the time that opening the file took. Twice is harmless."""
    db.session.execute(update(UploadUse).where(UploadUse.id == use_id).values(cpu_ms=cpu_ms))


def _reserved_ms() -> int:
    """Processor time that a file counts with until it was opened: the most it can take."""
    return settings().upload_cpu_seconds_per_file * 1000


def _lock(user_id: int) -> None:
    """Make the account's row where there is none, and hold it until the transaction ends."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(UploadAllowance).values(user_id=user_id)
    db.session.execute(row.on_conflict_do_update(index_elements=["user_id"], set_={"user_id": user_id}))


def _refuse_over(user_id: int, wanted: Use, at: datetime) -> None:
    rows = db.session.execute(
        select(UploadUse.at, func.count(), func.sum(UploadUse.size_bytes), func.sum(UploadUse.cpu_ms))
        .where(UploadUse.user_id == user_id, UploadUse.at > at - DAY)
        .group_by(UploadUse.at)
    )
    again = free_at([Use(*row) for row in rows], wanted, limits())
    if again is not None:
        raise OverBudget(again - at)


def limits() -> tuple[Limit, Limit]:
    """What one account may use, by the settings."""
    config = settings()
    return (
        Limit(HOUR, config.upload_files_per_hour, None, config.upload_cpu_seconds_per_hour * 1000),
        Limit(
            DAY,
            config.upload_files_per_day,
            config.upload_mb_per_day * MEGABYTE,
            config.upload_cpu_seconds_per_day * 1000,
        ),
    )
