"""Which substances the law controls, decided over every row of the directory, never by one row's flag.

A blank flag does not mean "not controlled": labelers forget it. So a substance flagged where it stands alone
is controlled everywhere, with all its salts. A flagged combination says nothing of its harmless parts (the
acetaminophen beside oxycodone): it is put down to those parts that are controlled by themselves, and where
there is none, to those that no unflagged row contains. `data/controlled.toml` names the exceptions,
with reasons.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from shop.substances.names import moiety

EXCEPTIONS = Path(__file__).parents[1] / "data" / "controlled.toml"


@dataclass(frozen=True)
class Exceptions:
    """Reviewed by hand: substances that are controlled whatever the flags say, and flags that are slips."""

    always: frozenset[str]
    slips: frozenset[str]


@dataclass
class Evidence:
    """What the rows say. `observe` takes every row, also excluded ones."""

    flagged_alone: Counter[str] = field(default_factory=Counter)
    blank_alone: Counter[str] = field(default_factory=Counter)
    flagged_together: Counter[frozenset[str]] = field(default_factory=Counter)
    in_blank_rows: set[str] = field(default_factory=set)

    def observe(self, substances: Iterable[str], schedule: str) -> None:
        """One row: its substances and its schedule, "" when blank."""
        parts = frozenset(moiety(name) for name in substances)
        if not schedule:
            self.in_blank_rows |= parts
        if len(parts) == 1:
            (self.flagged_alone if schedule else self.blank_alone)[next(iter(parts))] += 1
        elif parts and schedule:
            self.flagged_together[parts] += 1


@dataclass(frozen=True)
class Decision:
    """`substances` are controlled, without salts; `unexplained` are flagged mixtures of harmless parts."""

    substances: frozenset[str]
    unexplained: tuple[frozenset[str], ...]

    def controls(self, names: Iterable[str]) -> str | None:
        """The first controlled substance among `names`, or None."""
        return next((part for part in map(moiety, names) if part in self.substances), None)

    def named_in(self, text: str) -> str | None:
        """The controlled substance that a free text names, for rows that state no substance."""
        words = f" {moiety(text)} "
        return next((part for part in sorted(self.substances) if f" {part} " in words), None)


def decide(evidence: Evidence, exceptions: Exceptions) -> Decision:
    """Which substances are controlled."""
    alone = set(evidence.flagged_alone) - exceptions.slips
    found = alone | exceptions.always
    suspects: set[str] = set()
    unexplained = []
    for parts in evidence.flagged_together:
        if parts & found:
            continue
        only_flagged = parts - evidence.in_blank_rows - exceptions.slips
        suspects |= only_flagged
        if not only_flagged:
            unexplained.append(parts)
    return Decision(frozenset(found | suspects), tuple(sorted(unexplained, key=sorted)))


def reviewed_exceptions(path: Path = EXCEPTIONS) -> Exceptions:
    with path.open("rb") as file:
        data = tomllib.load(file)
    return Exceptions(_names(data["always"]), _names(data["slips"]))


def _names(entries: Collection[dict[str, str]]) -> frozenset[str]:
    return frozenset(entry["substance"] for entry in entries)
