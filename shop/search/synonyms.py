"""Words customers use that the catalogue does not: foreign names, words for classes, names not sold here.

Owns the list with its sources and reading a query by it. Whether the store has what a word stands for is not
known here; whoever asks must look, and say which name was exchanged for which.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from shop.safety.controlled import asked_words
from shop.substances.query_text import QUERY_CAP, fold, query_words, telling_words

_FILE = Path(__file__).parent / "data" / "synonyms.toml"
_FROM_LETTERS = 4
"""Letters of a beginning from which a name is guessed while somebody types."""
_MOST_BEGUN = 3
_NO_KIND = frozenset(["drug", "medication", "medicine", "pill", "remedy", "something", "tablet"])


@dataclass(frozen=True)
class OtherName:
    """`said` and `other` are names of one substance. `query` is what was typed with the one for the other."""

    said: str
    other: str
    in_united_states: bool
    query: str
    source: str


@dataclass(frozen=True)
class Kind:
    """Plain words for a kind of medicine. `lists` are slugs of categories of that kind alone; `wider` of
    those that hold it among others, for a store without the former."""

    said: tuple[str, ...]
    lists: tuple[str, ...]
    wider: tuple[str, ...]
    source: str


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
    begun = {" ".join(words): one for words, one in _names().items()}
    return [begun[name] for name in sorted(begun) if name.startswith(start)][:_MOST_BEGUN]


def kind_in(text: str) -> Kind | None:
    """The kind of medicine a query asks for, when that is all it says."""
    words = [_singular(word) for word in telling_words(query_words(text))]
    bare = tuple(word for word in words if word not in _NO_KIND)
    return _kinds().get(tuple(words)) or _kinds().get(bare)


def controlled_in(text: str) -> str | None:
    """The controlled substance, or a brand of one, that a query names; its salt and strength may follow."""
    return next((word for word in telling_words(query_words(text)) if word in controlled_names()), None)


def controlled_begun(text: str) -> str | None:
    """The first name of a controlled substance that begins as typed, from four letters on."""
    start = " ".join(query_words(text))
    begun = (name for name in sorted(controlled_names()) if name.startswith(start))
    return next(begun, None) if len(start) >= _FROM_LETTERS else None


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
def kinds() -> tuple[Kind, ...]:
    """Every kind of the list, with its source in full."""
    sources = _file()["sources"]
    return tuple(
        Kind(
            tuple(one["said"]),
            tuple(one["lists"]),
            tuple(one.get("wider", ())),
            sources[one["source"]].format(one.get("topic", "")),
        )
        for one in _file()["kinds"]
    )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _names() -> dict[tuple[str, ...], OtherName]:
    return {tuple(query_words(one.said)): one for one in reversed(names())}


@cache
def _longest_name() -> int:
    return max(map(len, _names()))


@cache
def _kinds() -> dict[tuple[str, ...], Kind]:
    return {tuple(map(_singular, query_words(said))): kind for kind in kinds() for said in kind.said}


def _exchanged(text: str, name: tuple[str, ...], other: str) -> str:
    """The query with the one name for the other and the rest as typed, or 2.5 mg would become 2 and 5."""
    written = r"(?<![^\W_])" + r"[\W_]+".join(name) + r"(?![^\W_])"
    return " ".join(re.sub(written, other, fold(text[:QUERY_CAP]), count=1).split())


def _singular(word: str) -> str:
    """Near enough to find "pills" under "pill"; both sides are cut alike."""
    return word.removesuffix("s")
