"""Names of medicines the store may not carry: brands and what is in them, substances; and how names sound.

Pure: the data are files with their sources. Whether the store has something of the kind is not known here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shop.catalogue import uses
from shop.substances.query_text import fold, query_words

FILE = Path(__file__).parent / "data" / "brands.tsv"
SOURCES = {
    "r": "RxNorm, US National Library of Medicine, which is not responsible for this store and does not "
    "endorse or recommend it",
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
    for line in FILE.read_text("utf-8").splitlines():
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
