"""What happened to an order, what happens now and what comes next. Pure, in codes; templates have words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["done", "now", "next"]


@dataclass(frozen=True)
class Entry:
    """One step. `at` is when it happened, and None for what has not."""

    code: str
    kind: Kind
    at: datetime | None = None


AHEAD: dict[str, tuple[str, ...]] = {
    # what happens now, then what comes next
    "awaiting_payment": ("pay", "pack", "arrive"),
    "placed": ("pack", "arrive"),
    "shipped": ("travel",),
}


def timeline(status: str, happened: Mapping[str, datetime]) -> list[Entry]:
    """The entries of an order in `status`; `happened` says when each step of `states` was taken."""
    done = [Entry(code, "done", at) for code, at in sorted(happened.items(), key=lambda step: step[1])]
    ahead = AHEAD.get(status, ())
    return done + [Entry(code, "next" if place else "now") for place, code in enumerate(ahead)]
