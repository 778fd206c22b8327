"""Names of medicines the store may not carry: brands and what is in them, substances; and how names sound.

Pure: the data are files with their sources. Whether the store has something of the kind is not known here.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from shop.catalogue import uses
from shop.substances.query_text import edits_forgiven, fold, query_words

BRANDS = Path(__file__).parent / "data" / "brands.tsv"
SOURCES = {
    "r": "RxNorm, US National Library of Medicine",  # its terms' own sentence is on the page of search
    "n": "FDA National Drug Code Directory",
    "k": "US labels of former years",
}


@dataclass(frozen=True)
class Brand:
    """A brand as it is written, and its ingredients without salt."""

    name: str
    ingredients: tuple[str, ...]
    source: str

    @property
    def contents(self) -> str:
        """The ingredients as one says and searches them: "acetaminophen and caffeine"."""
        *others, last = self.ingredients
        return f"{', '.join(others)} and {last}" if others else last


@cache
def brands() -> Mapping[tuple[str, ...], Brand]:
    """Every brand by the words of its name."""
    found: dict[tuple[str, ...], Brand] = {}
    for line in BRANDS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, ingredients, source = line.split("\t")
            words = tuple(query_words(name))
            found.setdefault(words, Brand(name, tuple(ingredients.split("; ")), SOURCES[source]))
    return found


@cache
def substances() -> frozenset[str]:
    """Every ingredient known by name: of brands, and of the map of uses."""
    of_brands = (one for brand in brands().values() for one in brand.ingredients)
    return frozenset(" ".join(query_words(one)) for one in (*of_brands, *uses.ingredients()))


@cache
def _longest() -> int:
    return max(len(name.split()) for name in substances())


def substance_in(words: list[str]) -> str | None:
    """The first substance that words name, the longest name first."""
    for at in range(len(words)):
        for length in range(min(_longest(), len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if name in substances():
                return name
    return None


# --- How names sound --------------------------------------------------------------------------------------

_CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфхцыэ",
        "abvgdeziiklmnoprstufhcie",
        strict=True,
    )
) | {"ь": "", "ъ": "", "ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia"}
_LATIN = str.maketrans(_CYRILLIC)
_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("qu|ck|k|ch"), "c"),
    (re.compile("h"), ""),
    (re.compile("y|j"), "i"),
    (re.compile("ae|oe"), "e"),
    (re.compile("z"), "s"),
    (re.compile("w"), "v"),
    (re.compile("cs|cc(?=[ei])"), "x"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("(?<=...)(?:um|us)$"), ""),
    (re.compile("(?<=....)[aeio]+$"), ""),
)


@cache
def _sound(word: str) -> str:
    return sound_of(word)


def sound_of(word: str) -> str:
    """What a name of a medicine has in common over languages and spellings: "metformina", "metphormin" and
    "метформин" sound like metformin, "levotiroxina" and "lévothyroxine" like levothyroxine.
    """
    written = fold(word).translate(_LATIN)
    for pattern, short in _SOUNDS:
        written = pattern.sub(short, written)
    return written


@dataclass(frozen=True)
class Known:
    """One name that may be meant, by its folded spelling and its sound."""

    name: str
    sound: str


def known_words(names: Iterator[str]) -> tuple[Known, ...]:
    """Names of one word, each once, that are long enough to be told from others."""
    single = dict.fromkeys(name for name in names if len(name) >= _SHORTEST and name.isalpha())
    return tuple(Known(name, _sound(name)) for name in single)


_SHORTEST = 5


@cache
def medicine_words() -> tuple[Known, ...]:
    """Substances and brands of one word."""
    return known_words(iter((*sorted(substances()), *sorted(" ".join(words) for words in brands()))))


@cache
def medicine_names() -> frozenset[str]:
    """The same, as they are spelled."""
    return frozenset(one.name for one in medicine_words())


# --- Which known name a word is that nobody spelled so ----------------------------------------------------
# By what it sounds like, then by typing errors.


_LONG_NAME = 9
"""Letters from which on a third error is forgiven, if the first letter is right."""
_HEARD = 5
"""Letters of a sound from which on it tells one phrase from another."""
_MOST_NEAR = 8
_SAME_SOUND = 1
"""What a name of the same sound counts as, in typing errors."""


def near_names(word: str, known: Callable[[], Sequence[Known]] = medicine_words) -> list[tuple[str, int]]:
    """Known names near to a word, nearest first, each with its distance in typing errors (1 to 3).

    Two spellings of one sound are one error apart, however many letters differ.
    """
    asked = fold(word)
    if len(asked) < 3 or not asked.isalpha():
        return []
    most = edits_forgiven(asked)
    spellings, sounds = _names_and_sounds(known)
    own = sound_of(asked)
    found: dict[str, int] = {}
    for at in sounds[1].get(own, ()):
        found[spellings[at]] = min(_SAME_SOUND, OSA.distance(asked, spellings[at]) or _SAME_SOUND)
    third = len(asked) >= _LONG_NAME
    for _, distance, at in process.extract(
        asked, spellings, scorer=OSA.distance, score_cutoff=most + third, limit=_MOST_NEAR
    ):
        name = spellings[at]
        if distance <= most or name[0] == asked[0]:
            found.setdefault(name, int(distance))
    for _, distance, at in process.extract(
        own, sounds[0], scorer=OSA.distance, score_cutoff=1, limit=_MOST_NEAR
    ):
        name = spellings[at]
        if len(own) >= len("metfor"):
            found[name] = min(found.get(name, 3), int(distance) + _SAME_SOUND)
    found.pop(asked, None)
    order = {name: (distance, -JaroWinkler.similarity(asked, name), name) for name, distance in found.items()}
    return sorted(found.items(), key=lambda one: order[one[0]])[:_MOST_NEAR]


def near_phrase(text: str, phrases: Callable[[], Sequence[str]]) -> tuple[str, int] | None:
    """The phrase nearest to a text by its letters or its sound, with its distance; None if none is near."""
    most = edits_forgiven("".join(letter for letter in text if letter.isalpha()))
    if not most or len(text) < len("acnes"):
        return None
    found = process.extractOne(text, phrases(), scorer=OSA.distance, score_cutoff=most)
    if found:
        return (found[0], int(found[1])) if found[1] else None
    own = _phrase_sound(text)
    if len(own) < _HEARD:
        return None
    heard = process.extractOne(own, _phrase_sounds(phrases), scorer=OSA.distance, score_cutoff=1)
    return (phrases()[heard[2]], int(heard[1]) + _SAME_SOUND) if heard else None


def _phrase_sound(text: str) -> str:
    return " ".join(sound_of(word) for word in text.split())


@cache
def _phrase_sounds(phrases: Callable[[], Sequence[str]]) -> list[str]:
    return [_phrase_sound(one) for one in phrases()]


@cache
def _names_and_sounds(
    known: Callable[[], Sequence[Known]],
) -> tuple[list[str], tuple[list[str], dict[str, list[int]]]]:
    names = known()
    by_sound: dict[str, list[int]] = {}
    for at, one in enumerate(names):
        by_sound.setdefault(one.sound, []).append(at)
    return [one.name for one in names], ([one.sound for one in names], by_sound)


# --- What labels and prescriptions write short, and what it stands for: `data/abbreviations.toml` ---------


_SHORT_FORMS = Path(__file__).parent / "data" / "abbreviations.toml"
_MOST_WAYS = 4


@cache
def _short_forms() -> Mapping[str, Mapping[str, list[str]]]:
    said = tomllib.loads(_SHORT_FORMS.read_text("utf-8"))
    return {table: said[table] for table in ("words", "forms")}


@cache
def _long_forms() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    said = {**_short_forms()["words"], **_short_forms()["forms"]}
    return {short: tuple(tuple(fold(one).split()) for one in long) for short, long in said.items()}


def expansions(word: str) -> tuple[tuple[str, ...], ...]:
    """What a word may stand for, each in words; none for most."""
    return _long_forms().get(word, ())


def short_substances() -> Mapping[str, tuple[str, ...]]:
    """By short form of a substance or salt, the names it may stand for."""
    return {
        short: tuple(" ".join(one) for one in long)
        for short, long in _long_forms().items()
        if short not in _short_forms()["forms"]
    }


def written_out(words: Sequence[str]) -> list[list[str]]:
    """The words with short forms written out, in every way they may be meant; none without a short form."""
    if not any(expansions(word) for word in words):
        return []
    ways = product(*(expansions(word) or ((word,),) for word in words))
    return [
        [part for parts in way for part in parts] for _, way in zip(range(_MOST_WAYS), ways, strict=False)
    ]


def taken_for(words: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Short forms of substances and salts among the words, with what each stands for, which a page says."""
    return [
        (word, tuple(" ".join(one) for one in expansions(word)))
        for word in dict.fromkeys(words)
        if word not in _short_forms()["forms"] and expansions(word)
    ]
