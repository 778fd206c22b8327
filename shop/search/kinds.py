"""Plain words for kinds of medicine: what they are for, and classes that people know by name. Pure.

Which lists a store has of a kind is not known here; whoever asks must look.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from shop.catalogue import uses
from shop.search.names import near_phrase, substances
from shop.substances.query_text import ASKING, query_words, telling_words

_DATA = tomllib.loads((Path(__file__).parent / "data" / "kinds.toml").read_text("utf-8"))
_KIND_LETTERS = 3
_MOST_BEGUN = 3
_JOINED_LETTERS = 6
"""Letters from which on words may be written as one, or one as several: "eyedrops", "tooth ache"."""
_WITHIN_LETTERS = 4
"""Letters of a kind's words from which on they mean it within a sentence."""
_LINKS = frozenset(_DATA["links"])
"""Words between others that change no kind: "dolor en la rodilla" is "dolor de rodilla"."""
_HURTS = frozenset(_DATA["hurts"])
PLAIN = frozenset(_DATA["plain"])
"""Words that mean no medicine, and are no misspelling of one."""
_IRREGULAR = {"feet": "foot", "teeth": "tooth"}


@dataclass(frozen=True)
class Kind:
    """Plain words for a kind of medicine. `lists` are slugs of categories of that kind alone; `wider` of
    those that hold it among others, for a store without the former. `is_class` says that the words name
    medicines, not what they are for.
    """

    said: tuple[str, ...]
    lists: tuple[str, ...]
    wider: tuple[str, ...]
    source: str
    is_class: bool = True

    @property
    def medicines(self) -> str:
        """The medicines of this kind within a sentence."""
        name = self.said[0].lower()
        return name if self.is_class else f"medicines for {name}"


def kind_in(text: str) -> Kind | None:
    """The kind of medicine a query asks for, when that is all it says."""
    words = [_singular(word) for word in query_words(text)]
    telling = [_singular(word) for word in telling_words(query_words(text))]
    bare = [word for word in telling if word not in _beside()]
    ways = (words, telling, bare, *_of_pain(bare))
    return next((found for way in ways if (found := _meant(way))), None)


def kind_within(text: str) -> Kind | None:
    """The kind that the most words in a row name, of a query that says more; none of an emergency: of "bad
    chest pain" nobody means pain relievers.
    """
    if is_emergency(text):
        return None
    words = [_singular(word) for word in query_words(text)]
    for many in range(len(words) - 1, 0, -1):
        for at in range(len(words) - many + 1):
            some = words[at : at + many]
            told = "".join(word for word in some if word not in _beside())
            if len(told) >= _WITHIN_LETTERS and (found := _kinds().get(tuple(some))):
                return found
    return None


def is_emergency(text: str) -> bool:
    """Whether a query names what may need help at once, such as chest pain."""
    words = _unlinked([_singular(word) for word in query_words(text)])
    return any(words[at : at + len(one)] == one for one in _emergencies() for at in range(len(words)))


def kinds_begun(text: str) -> list[tuple[str, Kind]]:
    """Plain words for kinds that begin as typed, each with its kind, from three letters on."""
    start = " ".join(query_words(text))
    if len(start) < _KIND_LETTERS:
        return []
    at = bisect_left(said_kinds(), start)
    begun = [said for said in said_kinds()[at : at + _MOST_BEGUN] if said.startswith(start)]
    found = ((said, kind_in(said)) for said in begun)
    return [(said, kind) for said, kind in found if kind]


def is_plain(text: str) -> bool:
    """Whether all words of a query are plain ones, which are not to be guessed at: "snoring"."""
    return PLAIN.issuperset(telling_words(query_words(text)) or [""])


def kind_near(text: str) -> tuple[str, int] | None:
    """The plain words for a kind that were meant by a misspelling, and how many typing errors it has."""
    bare = [word for word in telling_words(query_words(text)) if _singular(word) not in _beside()]
    return None if PLAIN.issuperset(bare) else near_phrase(" ".join(bare), said_kinds)


@cache
def said_kinds() -> tuple[str, ...]:
    """All plain words for kinds, folded, in alphabetical order."""
    return tuple(sorted({" ".join(query_words(said)) for kind in kinds() for said in kind.said}))


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind: what medicines are for, the kinds of the list, then classes that people know by name but
    for those that are called as a substance is.
    """
    of_uses = [
        Kind((one.name, *one.said), (one.slug,), (), one.source, one.is_class) for one in uses.uses().values()
    ]
    of_list = [
        Kind(
            tuple(one["said"]),
            tuple(one["lists"]),
            tuple(one.get("wider", ())),
            _DATA["sources"][one["source"]].format(one.get("topic", "")),
        )
        for one in _DATA["kinds"]
    ]
    of_classes = [
        Kind(_called(name), (slug_of_class(name),), (), _DATA["sources"]["classes"])
        for name in uses.plain_classes()
        if " ".join(query_words(name)) not in substances()
    ]
    return (*of_uses, *of_list, *of_classes)


def _called(name: str) -> tuple[str, ...]:
    """A class as it is asked for: "Serotonin reuptake inhibitors (SSRIs)" with and without what is short."""
    bare, _, short = name.partition(" (")
    return (name, bare, *([short.removesuffix(")")] if short else []))


def slug_of_class(name: str) -> str:
    """The address of a class's list: its words in lower case."""
    return "-".join(re.findall("[a-z0-9]+", name.lower()))


def _meant(words: list[str]) -> Kind | None:
    found = _kinds().get(tuple(words)) or _kinds().get(_unlinked(words))
    joined = "".join(words)
    return found or (_joined().get(joined) if len(joined) >= _JOINED_LETTERS else None)


def _of_pain(words: list[str]) -> Iterator[list[str]]:
    """ "my knees hurt" as "knee pain", "me duele la rodilla" as "dolor de rodilla"."""
    part = [word for word in words if word not in _HURTS | _LINKS]
    if part and len(part) < len(words):
        yield [*part, "pain"]
        yield [*part, "ache"]
        yield ["sore", *part]
        yield ["dolor", *part]


@cache
def _kinds() -> Mapping[tuple[str, ...], Kind]:
    found: dict[tuple[str, ...], Kind] = {}
    for kind in kinds():
        for words in dict.fromkeys(tuple(map(_singular, query_words(said))) for said in kind.said):
            found[words] = _both(found[words], kind) if words in found else kind
    for words, kind in list(found.items()):
        if not _beside().issuperset(words):  # of "the pill", "pill" is left, which may be any
            found.setdefault(_unlinked(words), kind)
    return found


@cache
def _joined() -> Mapping[str, Kind]:
    found: dict[str, Kind] = {}
    for words, kind in _kinds().items():
        found.setdefault("".join(words), kind)
    return found


def _both(one: Kind, other: Kind) -> Kind:
    """What words mean that stand for two: the lists of both, the first's before the other's."""
    lists = tuple(dict.fromkeys((*one.lists, *other.lists)))
    return replace(one, lists=lists, wider=tuple(dict.fromkeys((*one.wider, *other.wider))))


@cache
def _emergencies() -> tuple[tuple[str, ...], ...]:
    return tuple(_unlinked([_singular(word) for word in query_words(one)]) for one in _DATA["emergencies"])


@cache
def _beside() -> frozenset[str]:
    """Words beside a kind that do not change which it is, as `_singular` makes them."""
    return frozenset(_singular(word) for word in (*_DATA["beside"], *ASKING, *_LINKS))


def _unlinked(words: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _LINKS) or tuple(words)


def _singular(word: str) -> str:
    """Near enough to find "pills" under "pill"; both sides are cut alike."""
    return _IRREGULAR.get(word, word).removesuffix("s")
