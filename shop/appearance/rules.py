"""An appearance in comparable words, and what becomes of one that a label states. Standard library only."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shop.appearance import terms
from shop.appearance.attributes import kind_of

# --- When two imprints are equal --------------------------------------------------------------------------

MOST_LETTERS = 60  # of a folded imprint; real ones have under 30
MOST_WORDS = 12
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GREEK = str.maketrans({"Β": "B", "Μ": "M"})  # capital beta and mu, which nobody types
_HIGHEST = "Z" * MOST_LETTERS


def folded(imprint: str) -> str:
    """The whole imprint in capitals and digits, nothing between them; O reads as 0, I and L as 1.

    "WPI 2265", "wpi;2265" and "WP1-2265" are all "WP12265".
    """
    return _plain(imprint).translate(_LOOK_ALIKE).replace(" ", "")[:MOST_LETTERS]


def imprint_words(imprint: str) -> frozenset[str]:
    """The words, letters apart from digits: "VGR25;Pfizer" → VGR, 25, PF1ZER. Of many, the longest."""
    found = re.findall(r"[A-Z]+|[0-9]+", _plain(imprint))
    parts = {part.translate(_LOOK_ALIKE)[:MOST_LETTERS] for part in found}
    return frozenset(sorted(parts, key=lambda part: (-len(part), part))[:MOST_WORDS])


def beginning_with(start: str) -> tuple[str, str]:
    """First and last folded imprint that begins with the folded `start`, for a range on an index."""
    return start, start + _HIGHEST


def _plain(imprint: str) -> str:
    """Capitals A–Z and digits, with one space where anything else stood."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", imprint) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", bare.upper().translate(_GREEK)).split())


# --- A whole appearance -----------------------------------------------------------------------------------

Attributes = Mapping[str, Any]
FIELDS = ("shape", "color", "color2", "size_mm", "scored", "pieces", "imprint")
"""What of an appearance is seen; the rest says where it comes from."""


@dataclass(frozen=True)
class Comparable:
    """An appearance as pills are found by it. `words` are those of the imprint, in no order."""

    imprint: str | None
    words: frozenset[str]
    shape: str | None
    color: str | None
    color2: str | None


def comparable(appearance: Attributes | None, form: str) -> Comparable | None:
    """The comparable appearance of a pill; None for what is no pill, and where nothing is on record."""
    kind = kind_of(form)
    if not appearance or kind not in ("tablet", "capsule"):
        return None
    first, second = terms.two_colors(appearance.get("color"), appearance.get("color2"))
    imprint = appearance.get("imprint")
    found = Comparable(
        imprint=None if imprint is None else folded(imprint),
        words=imprint_words(imprint or ""),
        shape="capsule" if kind == "capsule" else terms.shape_of(appearance.get("shape"))[:20] or None,
        color=terms.family(first),
        color2=terms.family(second),
    )
    return found if found != Comparable(None, frozenset(), None, None, None) else None


class Outcome(StrEnum):
    """What became of the appearance a label states for one package code."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    NOT_HERE = "no such NDC in the catalog"
    NOT_STATED = "no appearance stated"
    CONTRADICTORY = "contradictory"
    ANOTHERS = "another product’s appearance is on record"
    OLDER = "older than the label on record"


def decide(recorded: Attributes | None, stated: Attributes, replace: bool) -> Outcome:
    """What to do with a `stated` appearance where `recorded` stands; `replace` lets another maker's give way.

    One strength has one picture but several makers, so the picture names whose it is
    (`product_ndc`), and another maker's label does not change it unasked.
    """
    if recorded is None:
        return Outcome.APPLIED
    if recorded == stated:
        return Outcome.UNCHANGED
    if recorded.get("product_ndc") != stated["product_ndc"]:
        if same_appearance(recorded, stated):
            return Outcome.UNCHANGED
        return Outcome.APPLIED if replace else Outcome.ANOTHERS
    return Outcome.OLDER if edition(recorded) > edition(stated) else Outcome.APPLIED


def edition(appearance: Attributes) -> tuple[str, int]:
    """Effective date and version of the label it is from, as it sorts; ("", 0) when from no label."""
    label = appearance.get("label") or {}
    return label.get("effective_on", ""), label.get("version", 0)


def same_appearance(one: Attributes, other: Attributes) -> bool:
    """Whether two appearances show the same pill, whoever states them."""
    return all(one.get(field) == other.get(field) for field in FIELDS)
