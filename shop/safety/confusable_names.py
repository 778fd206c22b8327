"""Names that are easily taken for one another: a list with its sources, and who is on it.

A name is never replaced by its look-alike; whoever shows the one may say that the other exists.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from shop.safety.dataset import DATA, Dataset, Entry, Fields, SafetyDataRefused, read
from shop.substances.query_text import fold, query_words, telling_words

_PAIRS = Fields(("names",), {"names": list}, {"desk": bool}, {})
BEGUN_LETTERS = 6
"""Letters from which on the beginning of a listed name may be meant for it."""
_COMBINED = re.compile(r"[,;/+]|\band\b", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """Two names as they are written, and the list on which they stand as confused.

    `desk`: one of them is a controlled substance, so that the two meet only at the pharmacist's desk.
    """

    names: tuple[str, str]
    source: str
    desk: bool = False


@cache
def pairs() -> tuple[Pair, ...]:
    """Every pair of the list, with its source in full. Raises SafetyDataRefused."""
    return tuple(map(_pair, datasets()[0].entries))


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated in its form."""
    return (read(DATA / "confusable_names.toml", _PAIRS),)


def confusable_with(name: str, desk: bool = False) -> tuple[str, ...]:
    """Names with which the medicine called `name` has been confused, as written; none for most.

    Its salt may follow the name ("Hydroxyzine hydrochloride"). A combination is not its first ingredient.
    `desk` adds controlled substances, which only a pharmacist meets.
    """
    others = _others(desk)
    words = fold(name).split()
    whole = " ".join(words)
    names = [whole] if _COMBINED.search(name) else [whole, " ".join(words[:2]), *words[:1]]
    return tuple(dict.fromkeys(other for one in names for other in others.get(one, ())))


def confusable_in(text: str) -> tuple[str, ...]:
    """The first listed name among the words of a query, followed by those it is confused with; or none.

    A name of two words ("metoprolol succinate") comes before one of its own words.
    """
    others, words = _others(), telling_words(query_words(text))
    names = [" ".join(pair) for pair in pairwise(words)] + words
    found = next((name for name in names if name in others), None)
    return (_written()[found], *others[found]) if found else ()


def confusable_begun(text: str) -> tuple[str, tuple[str, ...]] | None:
    """A word of a query that only begins listed names, and those names as written.

    Whether all that the query finds is of one of them, who asks has to see.
    """
    for word in telling_words(query_words(text)):
        names = [name for name in _others() if name.startswith(word)] if len(word) >= BEGUN_LETTERS else []
        if names and word not in names:
            return word, tuple(_written()[name] for name in names)
    return None


@cache
def _others(desk: bool = False) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs():
        if pair.desk and not desk:
            continue
        for one, other in (pair.names, pair.names[::-1]):
            found[fold(one)] = (*found.get(fold(one), ()), other)
    return found


@cache
def _written() -> dict[str, str]:
    return {fold(name): name for pair in pairs() for name in pair.names if not pair.desk}


def _pair(entry: Entry) -> Pair:
    names = entry.texts("names")
    if len(names) != 2:
        raise SafetyDataRefused(f"confusable_names.toml: {entry.name} are not two names.")
    return Pair((names[0], names[1]), entry.source, bool(entry.said.get("desk")))
