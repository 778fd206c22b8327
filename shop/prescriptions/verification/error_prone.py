"""Abbreviations and figures in directions that have been misread: what was meant is confirmed. Pure.

The Joint Commission's official "Do Not Use" list of abbreviations, and two that the Institute for Safe
Medication Practices lists beside them, from general knowledge; a pharmacist reviews them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SOURCE = "Joint Commission and ISMP lists of error-prone abbreviations"


@dataclass(frozen=True)
class ErrorProne:
    """What stands there, as it was written, and the way to write it."""

    code: str
    written: str
    instead: str


_SIGNS = (
    ("qod", re.compile(r"(?<![A-Za-z])q\.? ?o\.? ?d\.?(?![A-Za-z])", re.IGNORECASE), "every other day"),
    ("qd", re.compile(r"(?<![A-Za-z])q\.? ?d\.?(?![A-Za-z])", re.IGNORECASE), "daily"),
    (
        "od",
        re.compile(r"(?<![A-Za-z.])(?<![qQ] )(?<![qQ]\. )o\.? ?d\.?(?![A-Za-z])", re.IGNORECASE),
        "daily, or right eye",
    ),
    ("tiw", re.compile(r"(?<![A-Za-z])t\.? ?i\.? ?w\.?(?![A-Za-z])", re.IGNORECASE), "3 times a week"),
    ("iu", re.compile(r"(?<![A-Za-z])I\.?U\.?(?![A-Za-z])|(?<=\d)iu(?![a-z])"), "international units"),
    ("u", re.compile(r"(?<![A-Za-z.])[Uu](?![A-Za-z])"), "units"),
    (
        "ms",
        re.compile(r"(?<![A-Za-z])(?:MSO4|MgSO4|MS)(?![A-Za-z\d])"),
        "morphine or magnesium sulfate in full",
    ),
    ("trailing_zero", re.compile(r"(?<![\d.,])\d+\.0+(?![\d])"), "the figure without “.0”"),
    ("no_leading_zero", re.compile(r"(?<![\w.])\.\d+"), "a zero before the point"),
)


def error_prone(directions: str) -> Iterator[ErrorProne]:
    """Each kind that stands in the directions, once, as it is first written."""
    for code, sign, instead in _SIGNS:
        if found := sign.search(directions):
            yield ErrorProne(code, found[0].strip(), instead)
