"""Rx numbers: how a prescription's medicine is named on the phone, on a box and in a search. Pure.

An Rx number is the prescription's id, seven digits or more, and the medicine's line: "0000123-1".
"""

import re
from typing import NamedTuple

DIGITS = 7
LONGEST = 40  # characters of what is read
_WRITTEN = re.compile(r"(?:rx|no\.?|nr\.?|#|№|:|\s)*0*(\d{1,18})\s*(?:[-‐‑–—./]\s*(\d{1,4}))?", re.IGNORECASE)


class RxNumber(NamedTuple):
    """`line` is None for the whole prescription."""

    prescription_id: int
    line: int | None = None


def rx_number(prescription_id: int, line: int | None = None) -> str:
    """Such as "0000123-1"; without a line "0000123"."""
    number = f"{prescription_id:0{DIGITS}d}"
    return number if line is None else f"{number}-{line}"


def parse(text: str) -> RxNumber | None:
    """What somebody wrote as an Rx number, with or without "Rx", "#", spaces, zeros and line; else None."""
    plain = text.strip()
    if len(plain) > LONGEST or not (found := _WRITTEN.fullmatch(plain)) or not found[0].isprintable():
        return None
    if not all(digits.isascii() for digits in found.groups("")):
        return None
    prescription_id, line = int(found[1]), int(found[2]) if found[2] else None
    return RxNumber(prescription_id, line) if prescription_id and line != 0 else None
