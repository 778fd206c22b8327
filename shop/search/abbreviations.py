"""What labels and prescriptions write short, and what it stands for: `data/abbreviations.toml`. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path

from shop.substances.query_text import fold

_FILE = Path(__file__).parent / "data" / "abbreviations.toml"
_MOST = 4


@cache
def _file() -> Mapping[str, Mapping[str, list[str]]]:
    said = tomllib.loads(_FILE.read_text("utf-8"))
    return {table: said[table] for table in ("words", "forms")}


@cache
def _words() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    said = {**_file()["words"], **_file()["forms"]}
    return {short: tuple(tuple(fold(one).split()) for one in long) for short, long in said.items()}


def expansions(word: str) -> tuple[tuple[str, ...], ...]:
    """What a word may stand for, each in words; none for most."""
    return _words().get(word, ())


def short_substances() -> Mapping[str, tuple[str, ...]]:
    """By short form of a substance or salt, the names it may stand for."""
    return {
        short: tuple(" ".join(one) for one in long)
        for short, long in _words().items()
        if short not in _file()["forms"]
    }


def written_out(words: Sequence[str]) -> list[list[str]]:
    """The words with short forms written out, in every way they may be meant; none without a short form."""
    if not any(expansions(word) for word in words):
        return []
    ways = product(*(expansions(word) or ((word,),) for word in words))
    return [[part for parts in way for part in parts] for _, way in zip(range(_MOST), ways, strict=False)]


def taken_for(words: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Short forms of substances and salts among the words, with what each stands for, which a page says."""
    return [
        (word, tuple(" ".join(one) for one in expansions(word)))
        for word in dict.fromkeys(words)
        if word not in _file()["forms"] and expansions(word)
    ]
