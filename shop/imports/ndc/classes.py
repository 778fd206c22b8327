"""Categories from pharmacologic classes: "HMG-CoA Reductase Inhibitor [EPC]" is filed under "Statins".

Only established classes (EPC) count, and names say the class, not what it is good for. Classes that
`data/classes.toml` does not name keep their own words, in sentence case.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).parent / "data" / "classes.toml"
NAME_LENGTH = 120
_CLASS = re.compile(r"([^,\[\]][^\[\]]*?) \[EPC\]")
_ACRONYM = re.compile(r"[A-Z0-9]{2,}|.*\d.*|[A-Z]\b")
_KEPT_WHOLE = frozenset({"mTOR", "GLP-1", "T", "B", "C", "D", "E", "K", "A"})


@lru_cache(maxsize=16384)
def categories_of(classes: str) -> tuple[str, ...]:
    """Names of categories for one row's field of classes, in alphabetical order, each once."""
    names: set[str] = set()
    for found in _CLASS.finditer(classes):
        names.update(_named(found[1].strip(" ,;")))
    return tuple(sorted(names))


@lru_cache(maxsize=16384)
def established(classes: str) -> tuple[str, ...]:
    """The established classes (EPC) of one row's field, in the directory's words, each once."""
    return tuple(sorted({found[1].strip(" ,;") for found in _CLASS.finditer(classes)}))


@lru_cache(maxsize=2048)
def _named(term: str) -> tuple[str, ...]:
    known = words().get(term.lower())
    return known if known is not None else (_cleaned(term),)


@lru_cache(maxsize=1)
def words() -> dict[str, tuple[str, ...]]:
    with WORDS.open("rb") as file:
        return {term.lower(): tuple(names) for term, names in tomllib.load(file)["classes"].items()}


def _cleaned(term: str) -> str:
    first, *rest = term.split() or ["Other"]
    text = " ".join([first, *(_lowered(word) for word in rest)])
    text = text[:1].upper() + text[1:]
    last = text.rsplit(" ", 1)[-1]
    if last.isalpha() and not last.endswith(("s", "therapy", "acid", "salt", "mimetic")):
        text = f"{text[:-1]}ies" if last.endswith("y") and last[-2:-1] not in "aeiou" else f"{text}s"
    return text[:NAME_LENGTH]


def _lowered(word: str) -> str:
    return word if word in _KEPT_WHOLE or _ACRONYM.fullmatch(word) else word.lower()
