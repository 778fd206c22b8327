"""Kits name their contents in one text; every part of it counts for duplication, allergy, limits and classes.

The directory states no substance for a kit (1,673 rows of 2019), only a generic name: "Norethindrone, ethinyl
estradiol, and ferrous fumarate". Pure.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from shop.substances.names import canonical, moiety, spelled, words

_BETWEEN = re.compile(r"\s*(?:[,;/+&]|\band\b|\bwith\b|\bplus\b)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_SHARE = re.compile(r"\b\d+(?:\.\d+)?\s?(?:%|mg\b|mcg\b|g\b|ml\b)", re.IGNORECASE)
_OTHER_WORDS = {
    "hcl": "hydrochloride",
    "hci": "hydrochloride",  # read from a scan
    "hbr": "hydrobromide",
    "ethyl alcohol": "alcohol",
    "apap": "acetaminophen",
    "povidone iodine": "povidone-iodine",
    "povidone-lodine": "povidone-iodine",
    "camohor": "camphor",
}
_NOT_SUBSTANCES = words(
    "kit kits usp nsaid tablet tablets capsule capsules solution cream gel lotion shampoo pack daytime "
    "nighttime sterile convenience"
)


class KnownSubstances:
    """Names a part is recognized by: whole as filed elsewhere, or without its salt."""

    def __init__(self, names: Collection[str]) -> None:
        self.whole = {canonical(name) for name in names}
        self.without_salt: dict[str, str] = {}
        for name in sorted(self.whole):
            self.without_salt.setdefault(moiety(name), name)

    def find(self, part: str) -> str | None:
        """The canonical name of one part of a kit, or None. A name without its salt stays without it."""
        name = canonical(part)
        if name in self.whole:
            return name
        return moiety(name) if moiety(name) in self.without_salt else None


def parts(generic: str, known: KnownSubstances) -> tuple[str, ...]:
    """The ingredients a kit's generic name lists, in its order, each once.

    A name of which no part is known is its own one ingredient, as filed. Of one that is known in part, the
    rest stays as it was written: what nobody recognizes must not vanish.
    """
    return _parts(generic, known)


@lru_cache(maxsize=4096)
def _parts(generic: str, known: KnownSubstances) -> tuple[str, ...]:
    whole = known.find(_plain(generic))
    if whole:
        return (whole,)
    texts = [text for text in map(_plain, _BETWEEN.split(_BRACKETS.sub(" ", generic))) if text]
    found = [_listed(text.split(), known) for text in texts]
    if not any(found):
        return (generic,)
    named = [name for names, text in zip(found, texts, strict=True) for name in names or [text]]
    return tuple(dict.fromkeys(named))


def _listed(words: list[str], known: KnownSubstances) -> list[str]:
    """The substances of "acetaminophen phenylephrine hydrochloride"; none unless all words belong to some."""
    if not words:
        return []
    for length in range(len(words), 0, -1):
        name = known.find(" ".join(words[:length]))
        rest = words[length:]
        if name and (not rest or (more := _listed(rest, known))):
            return [name, *(more if rest else [])]
    return []


def _plain(text: str) -> str:
    """Lower case, spelled right, without strengths and without words that name no substance."""
    text = spelled(" ".join(_SHARE.sub(" ", text.lower()).split()).strip(" .-"))
    text = " ".join(_OTHER_WORDS.get(word, word) for word in text.split() if word not in _NOT_SUBSTANCES)
    return _OTHER_WORDS.get(text, text)
