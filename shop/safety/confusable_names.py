"""Names that are easily taken for one another: a list with its sources, and who is on it.

A name is never replaced by its look-alike; whoever shows the one may say that the other exists.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shop.substances.query_text import fold, query_words, telling_words

_FILE = Path(__file__).parent / "data" / "lookalikes.toml"
BEGUN_LETTERS = 6
"""Letters from which on the beginning of a listed name may be meant for it."""
_COMBINED = re.compile(r"[,;/+]|\band\b", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """Two names as they are written, and the list on which they stand as confused."""

    names: tuple[str, str]
    source: str


@cache
def pairs() -> tuple[Pair, ...]:
    """Every pair of the list, with its source in full."""
    said = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(Pair(tuple(one["names"]), said["sources"][one["source"]]) for one in said["pairs"])


def confusable_with(name: str) -> tuple[str, ...]:
    """Names with which the medicine called `name` has been confused, as written; none for most.

    Its salt may follow the name ("Hydroxyzine hydrochloride"). A combination is not its first ingredient.
    """
    others = _others()
    whole = others.get(fold(name).strip())
    if whole is not None or _COMBINED.search(name):
        return whole or ()
    return others.get(fold(name).partition(" ")[0], ())


def confusable_in(text: str) -> tuple[str, ...]:
    """The first listed name among the words of a query, followed by those it is confused with; or none."""
    others = _others()
    found = next((word for word in telling_words(query_words(text)) if word in others), None)
    return (_written()[found], *others[found]) if found else ()


def confusable_begun(text: str) -> tuple[str, str] | None:
    """A word of a query that only begins one listed name, and that name as written.

    Whether all that the query finds is of that name, who asks has to see.
    """
    for word in telling_words(query_words(text)):
        names = [name for name in _others() if name.startswith(word)] if len(word) >= BEGUN_LETTERS else []
        if len(names) == 1 and names[0] != word:
            return word, _written()[names[0]]
    return None


@cache
def _others() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs():
        for one, other in (pair.names, pair.names[::-1]):
            found[fold(one)] = (*found.get(fold(one), ()), other)
    return found


@cache
def _written() -> dict[str, str]:
    return {fold(name): name for pair in pairs() for name in pair.names}
