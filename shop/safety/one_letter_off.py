"""Which listed word another one misspells: one letter more, fewer, other, or two exchanged. Pure."""

from collections.abc import Iterable, Iterator

SHORTEST = 7
"""Letters; shorter words are too often one letter off each other: argine is no ergine."""


class Misspelled:
    """Listed words of at least SHORTEST letters, found by what is left of them without one letter."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._found: dict[str, set[str]] = {}
        for word in listed:
            if len(word) >= SHORTEST:
                for rest in _rests(word):
                    self._found.setdefault(rest, set()).add(word)

    def of(self, word: str) -> str | None:
        """The listed word that `word` is one letter off, the first by letters; None for one that is listed,
        short, or farther off."""
        if len(word) < SHORTEST:
            return None
        near = {one for rest in _rests(word) for one in self._found.get(rest, ())}
        return min((one for one in near if one != word and _one_off(word, one)), default=None)


def _rests(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_off(one: str, other: str) -> bool:
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b or b[1:] == a or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
