"""How much an account may send, and when it may send again. Pure; the time, what was used and limits come in.

A file counts from the moment it is taken in, whatever becomes of it. Its processor time is reserved in full
until it was opened and is then what it took, so that files that wait cannot add up to more than the limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True)
class Use:
    """What one file, or several sent at once, took. `cpu_ms` is processor time in milliseconds."""

    at: datetime
    files: int
    size_bytes: int
    cpu_ms: int


@dataclass(frozen=True)
class Limit:
    """At most this much in any `window`; None is no limit."""

    window: timedelta
    files: int | None = None
    size_bytes: int | None = None
    cpu_ms: int | None = None


def free_at(used: Iterable[Use], wanted: Use, limits: Iterable[Limit]) -> datetime | None:
    """None where `wanted` fits into every limit, otherwise the moment from which it does.

    What alone exceeds a limit never fits: then it is the moment when everything used before has lapsed.
    """
    past = sorted(used, key=lambda use: use.at)
    moments = [
        moment
        for limit in limits
        for name in ("files", "size_bytes", "cpu_ms")
        if (moment := _free_of(past, wanted, limit, name)) is not None
    ]
    return max(moments, default=None)


def _free_of(past: list[Use], wanted: Use, limit: Limit, name: str) -> datetime | None:
    most = getattr(limit, name)
    if most is None:
        return None
    counted = [use for use in past if use.at > wanted.at - limit.window]
    over = sum(getattr(use, name) for use in counted) + getattr(wanted, name) - most
    if over <= 0:
        return None
    for use in counted:
        over -= getattr(use, name)
        if over <= 0:
            return use.at + limit.window
    return (counted[-1].at if counted else wanted.at) + limit.window


def wait_in_words(wait: timedelta) -> str:
    """ "in 5 minutes", "in 2 hours": rounded up, so that who waits that long is not refused again."""
    minutes = max(1, ceil(wait / timedelta(minutes=1)))
    if minutes < 100:
        return f"in {minutes} minute{'s' if minutes > 1 else ''}"
    hours = ceil(minutes / 60)
    return f"in {hours} hours"
