"""What a query does not want: "pain reliever without aspirin", "aspirin-free", "sin aspirina". Pure.

Read so only where what is unwanted is a name or a group of names we know; "without a prescription" says
nothing of what is in a medicine.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shop.search.names import near_names, substances, taken_for
from shop.search.synonyms import controlled_names, other_name
from shop.substances.query_text import ASKING, asked, query_words

_DATA = tomllib.loads((Path(__file__).parent / "data" / "left_out.toml").read_text("utf-8"))
_WORD = re.compile(r"[^\W_]+")
_LONGEST_NAME = 3
_ALONE = ASKING | frozenset(_DATA["alone"])
"""Words that ask for nothing where a name is left out."""
_SPELLED = 6
"""Letters from which on a name behind "without" may have one typing error, or be Spanish: "sin aspirina"."""


@dataclass(frozen=True)
class LeftOut:
    """`rest` is the query without it, "" where that asks for nothing; `said` what is unwanted, as typed;
    `names` what must not be in it. `literal`: names of medicines are written so too.
    """

    rest: str
    said: tuple[str, ...]
    names: tuple[str, ...]
    literal: bool


def left_out(query: str) -> LeftOut | None:
    """What a query leaves out, None if nothing."""
    text = asked(query)
    if _first_words().isdisjoint(_WORD.findall(text)):
        return None
    spans = [found.span() for found in _WORD.finditer(text)]
    words = [text[start:end] for start, end in spans]
    cut: set[int] = set()
    said: list[str] = []
    literal = True
    for start, end, name, is_literal in _unwanted(words):
        cut.update(range(start, end))
        said.append(name)
        literal = literal and is_literal
    if not said:
        return None
    kept = [at for at in range(len(words)) if at not in cut]
    rest = "" if {words[at] for at in kept} <= _ALONE else _joined(text, spans, kept)
    names = [one for name in said for one in _meant(name, rest)]
    return LeftOut(rest, tuple(dict.fromkeys(said)), tuple(dict.fromkeys(names)), literal)


def _joined(text: str, spans: Sequence[tuple[int, int]], kept: Sequence[int]) -> str:
    """The words that are left, with what stood between neighbors: "0.5 mg" stays so."""
    parts = []
    for before, at in zip([None, *kept], kept, strict=False):
        gap = text[spans[before][1] : spans[at][0]] if before is not None and before + 1 == at else " "
        parts.append(gap + text[slice(*spans[at])])
    return "".join(parts).strip()


def _unwanted(words: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
    """First word, the one after the last, and the name, of everything that is not wanted."""
    at = 0
    while at < len(words):
        length, is_literal = _marker(words, at)
        if length and (found := _names_from(words, at + length)):
            for end, name in found:
                yield at, end, name, is_literal
                at = end
        elif (one := _name_at(words, at)) and _is_free(words[one[0] : one[0] + 2]):
            yield at, one[0] + 1, one[1], True
            at = one[0] + 1
        else:
            at += 1


def _is_free(words: Sequence[str]) -> bool:
    """Whether "free" stands here, and is not said of something else: "aspirin free shipping"."""
    return words[:1] == _DATA["free"] and words[-1] not in _DATA["free_of_charge"]


def _marker(words: Sequence[str], at: int) -> tuple[int, bool]:
    """How many words from here on say "without", and whether names have them too; 0 for none."""
    for length in (3, 2, 1):
        text = " ".join(words[at : at + length])
        if text in _DATA["literal"] or text in _DATA["before"]:
            return length, text in _DATA["literal"]
    return 0, False


def _names_from(words: Sequence[str], at: int) -> list[tuple[int, str]]:
    """Names from here on, with "or" between them, each with the place after it."""
    found: list[tuple[int, str]] = []
    while True:
        while at < len(words) and words[at] in _DATA["skipped"]:
            at += 1
        one = _spelled_at(words, at)
        if one is None:
            return found
        found.append(one)
        at = one[0]
        if (more := _name_at(words, at)) and more[1] in _other(one[1]):  # "not Bayer aspirin"
            found.append(more)
            at = more[0]
        if at >= len(words) or words[at] not in _DATA["and"]:
            return found
        at += 1


def _name_at(words: Sequence[str], at: int) -> tuple[int, str] | None:
    """The longest name that begins here, and the place after it."""
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        name = " ".join(words[at : at + length])
        if name in _groups() or name in substances() or name in controlled_names() or _other(name):
            return at + length, name
    return None


def _spelled_at(words: Sequence[str], at: int) -> tuple[int, str] | None:
    """The same, or a word that is nearly one."""
    word = words[at] if at < len(words) else ""
    near = near_names(word) if len(word) >= _SPELLED else []
    return _name_at(words, at) or next(((at + 1, name) for name, errors in near if errors <= 1), None)


def _other(name: str) -> tuple[str, ...]:
    """Other names of a name: of a brand its ingredients, of a short form what it stands for."""
    words = query_words(name)
    found = other_name(name)
    if found and query_words(found.said) == words:
        return found.ingredients or (found.other,)
    return tuple(" ".join(long) for short, long in taken_for(words) if short == name)


def _meant(name: str, rest: str) -> list[str]:
    """What must not be in it. "ibuprofen not Advil" does not want the brand."""
    others = [one for one in _other(name) if one.lower() not in rest]
    return [name, *_groups().get(name, ()), *others]


@cache
def _first_words() -> frozenset[str]:
    return frozenset(one.split()[0] for one in (*_DATA["before"], *_DATA["literal"], *_DATA["free"]))


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    return {said: tuple(one["ingredients"]) for one in _DATA["groups"] for said in one["said"]}
