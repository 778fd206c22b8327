"""When a job is tried again, when it counts as old, which refusals of a mail are final. Pure."""

from datetime import timedelta
from enum import StrEnum

LONGEST_WAIT = timedelta(hours=6)
MOST_LOST = 10
"""A job whose worker ended this many times in a row is given up: it may be what ends them."""
HEALED_OVER = timedelta(minutes=1)
HEALED_AGAIN_AFTER = timedelta(hours=1)


class Lane(StrEnum):
    """Jobs of one lane never wait for those of another: each has threads of its own in every worker."""

    MONEY = "money"
    MAIL = "mail"
    DOCUMENTS = "documents"
    DEFAULT = "default"


OLD_AFTER = {
    Lane.MONEY: timedelta(minutes=15),
    Lane.DOCUMENTS: timedelta(minutes=30),
    Lane.MAIL: timedelta(hours=1),
    Lane.DEFAULT: timedelta(hours=6),
}
"""How long after it was due an unfinished job is worth an alarm."""


def retry_delay(attempts: int, chance: float) -> timedelta:
    """The wait after the given number of failed attempts: doubling from 2 s, at most six hours, without end.

    `chance`, from 0 to 1, picks a moment in the second half of the wait, so that jobs which failed together
    do not come back together.
    """
    longest = min(2.0 ** min(attempts, 32), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=longest * (0.5 + chance / 2))


def lost_delay(lost: int) -> timedelta:
    """The wait after a job's worker ended for the `lost`-th time in a row: none at first, then doubling."""
    return timedelta(seconds=0 if lost <= 1 else 2 ** (lost - 1))


def refused_for_good(code: int, text: str) -> bool:
    """Whether an SMTP answer to a recipient says that there is no such mailbox, now or later.

    5xx is permanent (RFC 5321, 4.2.1), but x.7.y is about policy (RFC 3463): relaying denied, a blocked
    sender. The owner can put that right, so it is tried again.
    """
    enhanced = text.split(maxsplit=1)[0] if text.split() else ""
    return code in (550, 551, 553) and not enhanced.startswith("5.7.")
