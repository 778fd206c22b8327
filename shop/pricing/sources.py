"""What an acquisition price is said to come from, and which of two sources is the newer. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

_SURVEY = "CMS National Average Drug Acquisition Cost (NADAC), "
_READ = re.compile(re.escape(_SURVEY) + r"(weekly file|price history) of (\d{4}-\d{2}-\d{2})")


class Kind(IntEnum):
    """Of two files of one day, the larger has the last word."""

    OTHER = 0
    HISTORY = 1
    WEEKLY = 2


_NAMES = {Kind.HISTORY: "price history", Kind.WEEKLY: "weekly file"}


@dataclass(frozen=True, order=True)
class Source:
    """A survey file and the last day it knows of. Sources sort from the oldest to the newest."""

    on: date
    kind: Kind

    @property
    def text(self) -> str:
        """What is stored, and shown to customers."""
        return f"{_SURVEY}{_NAMES[self.kind]} of {self.on.isoformat()}"


def read_source(text: str, effective_on: date) -> Source:
    """The source behind a stored text. Of one that no import wrote, the price's own first day is the date."""
    found = _READ.fullmatch(text)
    if found is None:
        return Source(effective_on, Kind.OTHER)
    kind = next(kind for kind, name in _NAMES.items() if name == found[1])
    return Source(date.fromisoformat(found[2]), kind)
