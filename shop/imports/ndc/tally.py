"""Counting where every row went, so that the report sums to the input."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from shop.imports.ndc.admission import Refused

Refusal = tuple[str, int, str, str, str]  # file, line, code, reason, more of it
Sink = Callable[[Refusal], None]
PRODUCTS, PACKAGES = "products", "packages"
SHOWN_LINES = 20


@dataclass
class Tally:
    """Rows of one file. `sink` is told every refusal; `malformed` keeps the first unreadable lines."""

    file: str
    sink: Sink | None = None
    taken_in: int = 0
    refused: Counter[Refused] = field(default_factory=Counter)
    malformed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.taken_in + self.refused.total()

    def refuse(self, line: int, code: str, why: Refused, more: str = "") -> None:
        self.refused[why] += 1
        if why is Refused.MALFORMED and len(self.malformed) < SHOWN_LINES:
            self.malformed.append((line, more))
        if self.sink:
            self.sink((self.file, line, code, why.value, more))


@dataclass
class Conflicts:
    """Rows with a blank flag although they contain a controlled substance, by substance."""

    by_substance: Counter[str] = field(default_factory=Counter)
    unexplained: tuple[frozenset[str], ...] = ()
