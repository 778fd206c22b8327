"""Names as words: what two spellings of a substance share, and where one name stands in another. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

Words = tuple[str, ...]
Meaning = TypeVar("Meaning")
_PLAIN = re.compile(r"[a-z0-9]+")
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "Δ": "delta", "ω": "omega"}


@lru_cache(maxsize=8192)
def words(text: str) -> Words:
    """Lower-case runs of letters and digits: "γ-Hydroxybutyric acid" is gamma, hydroxybutyric, acid."""
    if text.isascii():
        return tuple(_PLAIN.findall(text.lower().replace("'", "")))
    for letter, name in _GREEK.items():
        if letter in text:
            text = text.replace(letter, f" {name} ")
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in plain if not unicodedata.combining(c) and c not in "'’′")
    return tuple("".join(c if c.isalnum() else " " for c in kept).split())


class Phrases(Generic[Meaning]):
    """Names looked for as whole words in a text: "ether" is not in "etheric oil"."""

    def __init__(self, named: Iterable[tuple[str, Meaning]]) -> None:
        self._by_first: dict[str, list[tuple[Words, Meaning]]] = {}
        for name, meaning in named:
            if phrase := words(name):
                self._by_first.setdefault(phrase[0], []).append((phrase, meaning))
        for found in self._by_first.values():
            found.sort(key=lambda one: -len(one[0]))

    def spans(self, text: Sequence[str]) -> Iterator[tuple[int, int, Meaning]]:
        """Where names stand, from left to right and never over each other; of several, the longest."""
        at = 0
        while at < len(text):
            found = self._at(text, at) if text[at] in self._by_first else None
            if found is None:
                at += 1
                continue
            yield at, at + found[0], found[1]
            at += found[0]

    def first(self, text: Sequence[str]) -> Meaning | None:
        """What the first name in the text means, or None."""
        return next((meaning for _start, _end, meaning in self.spans(text)), None)

    def starting(self, text: Sequence[str]) -> Meaning | None:
        """What the name means with which the text begins, or None."""
        found = self._at(text, 0) if text else None
        return found[1] if found else None

    def _at(self, text: Sequence[str], at: int) -> tuple[int, Meaning] | None:
        for phrase, meaning in self._by_first.get(text[at], ()):
            if tuple(text[at : at + len(phrase)]) == phrase:
                return len(phrase), meaning
        return None
