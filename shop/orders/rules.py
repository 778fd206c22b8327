"""What an order is called, what its timeline shows, how often its mail is sent again. Pure, in codes."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

LETTERS = "23456789ACDEFGHJKMNPQRTUVWXYZ"  # without 0 O, 1 I L, 8-like B, 5-like S


def new_number() -> str:
    """Such as "F-7K3M-92QX": one of 29^8, about half a trillion: it cannot be guessed."""
    text = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"F-{text[:4]}-{text[4:]}"


def number_of(text: str) -> str | None:
    """The order's number that somebody typed: "f 7k3m 92qx" and "7K3M92QX" are F-7K3M-92QX; None for none."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    plain = plain[1:] if len(plain) == 9 and plain[0] == "F" else plain
    good = len(plain) == 8 and all(sign in LETTERS for sign in plain)
    return f"F-{plain[:4]}-{plain[4:]}" if good else None


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
    "packed": ("ship", "arrive"),
    "shipped": ("travel",),
}


def timeline(status: str, happened: Mapping[str, datetime]) -> list[Entry]:
    """The entries of an order in `status`; `happened` says when each step of `states` was last taken.

    What was packed and unpacked is as if it had not been packed.
    """
    known = {code: at for code, at in happened.items() if code != "unpacked"}
    unpacked, packed = happened.get("unpacked"), happened.get("packed")
    if status != "packed" and unpacked and packed and unpacked >= packed:
        del known["packed"]
    done = [Entry(code, "done", at) for code, at in sorted(known.items(), key=lambda step: step[1])]
    ahead = AHEAD.get(status, ())
    return done + [Entry(code, "next" if place else "now") for place, code in enumerate(ahead)]


RESENT_EVERY = timedelta(minutes=5)
RESENT_A_DAY = 5


def resend_from(before: Sequence[datetime], at: datetime) -> datetime | None:
    """When a mail may be sent again, None for now: five minutes apart, five within a day."""
    day = sorted(one for one in before if one > at - timedelta(days=1))
    waits = [day[-1] + RESENT_EVERY] if day else []
    if len(day) >= RESENT_A_DAY:
        waits.append(day[-RESENT_A_DAY] + timedelta(days=1))
    later = [one for one in waits if one > at]
    return max(later, default=None)


def mark_of(lines: Iterable[tuple[int, int]], goes: Sequence[str]) -> str:
    """16 hex digits that stand for what an order holds, as (line, units), and where and how it `goes`.

    A page that is sent back with it shows what the person who packed had in front of them.
    """
    text = repr((sorted(lines), list(goes)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
