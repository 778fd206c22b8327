"""Words customers use that the catalogue does not: foreign names, words for classes, names not sold here.

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
from shop.search.spelling import near_phrase
from shop.substances.query_text import QUERY_CAP, fold, query_words, telling_words

_FILE = Path(__file__).parent / "data" / "synonyms.toml"
_FROM_LETTERS = 4
"""Letters of a beginning from which a name is guessed while somebody types."""
_MOST_BEGUN = 3
_KIND_LETTERS = 3
_NO_KIND = frozenset(
    [
        *(
            "best",
            "cream",
            "cure",
            "drop",
            "drug",
            "gel",
            "good",
            "help",
            "lotion",
            "med",
            "medication",
            "medicine",
        ),
        *(
            "meds",
            "my",
            "ointment",
            "otc",
            "pill",
            "remedy",
            "shampoo",
            "something",
            "spray",
            "syrup",
            "tablet",
        ),
        *(
            "treatment",
            "what",
            "contra",
            "crema",
            "de",
            "el",
            "la",
            "lo",
            "los",
            "las",
            "medicamento",
            "medicina",
        ),
        *("para", "pastilla", "pomada", "remedio", "tratamiento"),
    ]
)
"""Words beside a kind that do not change which it is; in the singular as `_singular` makes it."""


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
    ordered = _ordered()
    at = bisect_left(ordered, start, key=lambda one: one[0])
    return [one for name, one in ordered[at : at + _MOST_BEGUN] if name.startswith(start)]


def kinds_begun(text: str) -> list[tuple[str, Kind]]:
    """Plain words for kinds that begin as typed, each with its kind, from three letters on."""
    start = " ".join(query_words(text))
    if len(start) < _KIND_LETTERS:
        return []
    at = bisect_left(said_kinds(), start)
    begun = [said for said in said_kinds()[at : at + _MOST_BEGUN] if said.startswith(start)]
    found = ((said, kind_in(said)) for said in begun)
    return [(said, kind) for said, kind in found if kind]


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


@cache
def said_kinds() -> tuple[str, ...]:
    """All plain words for kinds, folded, in alphabetical order."""
    return tuple(sorted({" ".join(query_words(said)) for kind in kinds() for said in kind.said}))


def kind_near(text: str) -> tuple[str, int] | None:
    """The plain words for a kind that were meant by a misspelling, and how many typing errors it has."""
    bare = [word for word in telling_words(query_words(text)) if _singular(word) not in _NO_KIND]
    return near_phrase(" ".join(bare), said_kinds)


def kind_in(text: str) -> Kind | None:
    """The kind of medicine a query asks for, when that is all it says."""
    every = [_singular(word) for word in query_words(text)]
    words = [_singular(word) for word in telling_words(query_words(text))]
    bare = tuple(word for word in words if word not in _NO_KIND)
    ways = (tuple(every), tuple(words), bare)
    return next((found for way in ways if (found := _kinds().get(way))), None)


def controlled_in(text: str) -> str | None:
    """The controlled substance, or a brand of one, that a query names; its salt and strength may follow."""
    return next((word for word in telling_words(query_words(text)) if word in controlled_names()), None)


def controlled_begun(text: str) -> str | None:
    """The first name of a controlled substance that begins as typed, from four letters on."""
    start = " ".join(query_words(text))
    begun = (name for name in sorted(controlled_names()) if name.startswith(start))
    return next(begun, None) if len(start) >= _FROM_LETTERS else None


@cache
def all_words() -> tuple[Known, ...]:
    """Every name of one word that means a medicine, carried or not: substances, brands, names from elsewhere,
    controlled substances.
    """
    others = (" ".join(words) for words in _names())
    return known_words(
        iter((*sorted(substances()), *sorted(others), *sorted(controlled_names()), *mailable.names()))
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
def kinds() -> tuple[Kind, ...]:
    """Every kind: what medicines are for, the kinds of the list, then classes that people know by name."""
    sources = _file()["sources"]
    of_uses = [Kind((one.name, *one.said), (one.slug,), (), one.source) for one in uses.uses().values()]
    of_list = [
        Kind(
            tuple(one["said"]),
            tuple(one["lists"]),
            tuple(one.get("wider", ())),
            sources[one["source"]].format(one.get("topic", "")),
        )
        for one in _file()["kinds"]
    ]
    of_classes = [
        Kind(_called(name), (slug_of_class(name),), (), sources["classes"]) for name in uses.plain_classes()
    ]
    return (*of_uses, *of_list, *of_classes)


def _called(name: str) -> tuple[str, ...]:
    """A class as it is asked for: "Serotonin reuptake inhibitors (SSRIs)" with and without what is short."""
    bare, _, short = name.partition(" (")
    return (name, bare, *([short.removesuffix(")")] if short else []))


def slug_of_class(name: str) -> str:
    """The address of a class's list: its words in lower case."""
    return "-".join(re.findall("[a-z0-9]+", name.lower()))


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


@cache
def _kinds() -> dict[tuple[str, ...], Kind]:
    found: dict[tuple[str, ...], Kind] = {}
    for kind in kinds():
        for words in dict.fromkeys(tuple(map(_singular, query_words(said))) for said in kind.said):
            found[words] = _both(found[words], kind) if words in found else kind
    return found


def _both(one: Kind, other: Kind) -> Kind:
    """What words mean that stand for two: the lists of both, the first's before the other's."""
    lists = tuple(dict.fromkeys((*one.lists, *other.lists)))
    return replace(one, lists=lists, wider=tuple(dict.fromkeys((*one.wider, *other.wider))))


def _exchanged(text: str, name: tuple[str, ...], other: str) -> str:
    """The query with the one name for the other and the rest as typed, or 2.5 mg would become 2 and 5."""
    written = r"(?<![^\W_])" + r"[\W_]+".join(name) + r"(?![^\W_])"
    return " ".join(re.sub(written, other, fold(text[:QUERY_CAP]), count=1).split())


def _singular(word: str) -> str:
    """Near enough to find "pills" under "pill"; both sides are cut alike."""
    return word.removesuffix("s")
