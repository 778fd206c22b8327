"""Names customers use that the catalogue does not: foreign names, brands, names not sold here.

Owns the list with its sources and reading a query by it. Whether the store has what a word stands for is not
known here; whoever asks must look, and say which name was exchanged for which.
"""

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from shop.catalogue import uses
from shop.safety import mailable
from shop.safety.controlled import asked_words
from shop.search.names import Brand, Known, brands, known_words, substances
from shop.substances.query_text import QUERY_CAP, fold, query_words, telling_words

_FILE = Path(__file__).parent / "data" / "synonyms.toml"
_FROM_LETTERS = 4
"""Letters of a beginning from which a name is guessed while somebody types."""
_MOST_BEGUN = 3


@dataclass(frozen=True)
class OtherName:
    """`said` and `other` are names of one substance, or `said` is a brand of `other`. `query` is what was
    typed with the one for the other.
    """

    said: str
    other: str
    in_united_states: bool
    query: str
    source: str
    is_brand: bool = False
    ingredients: tuple[str, ...] = ()


def other_name(text: str) -> OtherName | None:
    """The first name in a query that has another, elsewhere or in the United States."""
    words = query_words(text)
    for at in range(len(words)):
        for length in range(min(_longest_name(), len(words) - at), 0, -1):
            name = tuple(words[at : at + length])
            if found := _names().get(name):
                return replace(found, query=_exchanged(text, name, found.other))
    return None


def names_begun(text: str) -> list[OtherName]:
    """Names that begin as typed and have another, in alphabetical order."""
    start = " ".join(query_words(text))
    if len(start) < _FROM_LETTERS:
        return []
    ordered = _ordered()
    at = bisect_left(ordered, start, key=lambda one: one[0])
    return [one for name, one in ordered[at : at + _MOST_BEGUN] if name.startswith(start)]


def substances_begun(text: str) -> list[str]:
    """Substances we know for a use, carried or not, that begin as typed, from four letters on."""
    start = " ".join(query_words(text))
    ordered = _with_use()
    at = bisect_left(ordered, start)
    most = _MOST_BEGUN if len(start) >= _FROM_LETTERS else 0
    return [name for name in ordered[at : at + most] if name.startswith(start)]


@cache
def _with_use() -> tuple[str, ...]:
    return tuple(sorted(" ".join(query_words(name)) for name in uses.ingredients()))


def controlled_in(text: str) -> str | None:
    """The controlled substance, or a brand of one, that a query names; its salt and strength may follow."""
    return next((word for word in telling_words(query_words(text)) if word in controlled_names()), None)


def controlled_begun(text: str) -> str | None:
    """The first name of a controlled substance that begins as typed, from four letters on."""
    start = " ".join(query_words(text))
    begun = (name for name in sorted(controlled_names()) if name.startswith(start))
    return next(begun, None) if len(start) >= _FROM_LETTERS else None


def elsewhere_in(words: list[str]) -> str | None:
    """The first ingredient the words name that is sold abroad but appears on no US label."""
    for length in (2, 1):
        for at in range(len(words) - length + 1):
            if (name := " ".join(words[at : at + length])) in _elsewhere():
                return name
    return None


@cache
def _elsewhere() -> frozenset[str]:
    return frozenset(" ".join(query_words(one)) for one in _file()["elsewhere"]["names"])


@cache
def all_words() -> tuple[Known, ...]:
    """Every name of one word that means a medicine, carried or not: substances, brands, names from elsewhere,
    controlled substances.
    """
    others = (" ".join(words) for words in _names())
    return known_words(
        iter(
            (
                *sorted(substances()),
                *sorted(others),
                *sorted(_elsewhere()),
                *sorted(controlled_names()),
                *mailable.names(),
            )
        )
    )


@cache
def controlled_names() -> frozenset[str]:
    """Names of controlled substances, and their brands, as they are asked for: lower case, without salt."""
    return asked_words()


@cache
def names() -> tuple[OtherName, ...]:
    """Every name of the list with its other, both ways; a pair's first is the one used elsewhere."""
    found = []
    for one in _file()["names"]:
        there, here = one["elsewhere"], one["united_states"]
        source = _file()["sources"][one["source"]]
        found += [OtherName(there, here, True, here, source), OtherName(here, there, False, there, source)]
    return tuple(found)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _names() -> dict[tuple[str, ...], OtherName]:
    """By its words, every name that has another. A name from elsewhere comes before a brand of that name."""
    found = {words: _of_brand(brand) for words, brand in brands().items()}
    return found | {tuple(query_words(one.said)): one for one in reversed(names())}


def _of_brand(brand: Brand) -> OtherName:
    contents = brand.contents
    return OtherName(brand.name, contents, True, contents, brand.source, True, brand.ingredients)


@cache
def _ordered() -> tuple[tuple[str, OtherName], ...]:
    return tuple(sorted(((" ".join(words), one) for words, one in _names().items()), key=lambda one: one[0]))


@cache
def _longest_name() -> int:
    return max(map(len, _names()))


def _exchanged(text: str, name: tuple[str, ...], other: str) -> str:
    """The query with the one name for the other and the rest as typed, or 2.5 mg would become 2 and 5."""
    written = r"(?<![^\W_])" + r"[\W_]+".join(name) + r"(?![^\W_])"
    return " ".join(re.sub(written, other, fold(text[:QUERY_CAP]), count=1).split())
