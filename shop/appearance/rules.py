"""An appearance in comparable words, and what becomes of one that a label states. Standard library only."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    first, second = two_colors(appearance.get("color"), appearance.get("color2"))
    imprint = appearance.get("imprint")
    found = Comparable(
        imprint=None if imprint is None else folded(imprint),
        words=imprint_words(imprint or ""),
        shape="capsule" if kind == "capsule" else shape_of(appearance.get("shape"))[:20] or None,
        color=family(first),
        color2=family(second),
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


# --- Words and codes for shapes and colors ----------------------------------------------------------------
# SPL's coded terms, what labels write, and our word for each. The codes are those of the NCI Thesaurus
# subsets for SPL (shape C54454, color C54453), as listed in the value sets "SPL Shape" and "SPL Color" of
# HL7's SPL implementation guide (https://build.fhir.org/ig/HL7/fhir-spl/), read on 22 November 2026. A
# label's display name is never read: the code is what FDA validates.


NCI_THESAURUS = "2.16.840.1.113883.3.26.1.1"

SHAPE_CODES = {
    "C48335": "bullet",
    "C48336": "capsule",
    "C48337": "clover",
    "C48338": "diamond",
    "C48339": "double circle",
    "C48340": "freeform",
    "C48341": "gear",
    "C48342": "heptagon",
    "C48343": "hexagon",
    "C48344": "octagon",
    "C48345": "oval",
    "C48346": "pentagon",
    "C48347": "rectangle",
    "C48348": "round",
    "C48349": "semi-circle",
    "C48350": "square",
    "C48351": "tear",
    "C48352": "trapezoid",
    "C48353": "triangle",
}
COLOR_CODES = {
    "C48323": "black",
    "C48324": "gray",
    "C48325": "white",
    "C48326": "red",
    "C48327": "purple",
    "C48328": "pink",
    "C48329": "green",
    "C48330": "yellow",
    "C48331": "orange",
    "C48332": "brown",
    "C48333": "blue",
    "C48334": "turquoise",
}
SHAPE_ADJECTIVES = {
    "round": "round",
    "oval": "oval",
    "square": "square",
    "rectangle": "rectangular",
    "triangle": "triangular",
    "pentagon": "five-sided",
    "hexagon": "six-sided",
    "heptagon": "seven-sided",
    "octagon": "eight-sided",
    "semi-circle": "half-round",
    "freeform": "irregular",
}
_SHAPE_WORDS = {
    "circle": "round",
    "circular": "round",
    "oblong": "capsule",
    "elliptical": "oval",
    "teardrop": "tear",
    "semicircle": "semi-circle",
    "semi": "semi-circle",
    "double": "double circle",
}
_COLOR_WORDS = {
    "off-white": ("off-white", "offwhite", "off white", "cream", "ivory", "beige", "eggshell"),
    "gray": ("gray", "grey", "silver"),
    "teal": ("turquoise", "teal", "aqua", "cyan"),
    "purple": ("purple", "violet", "lavender", "lilac", "mauve"),
    "pink": ("pink", "rose", "salmon"),
    "orange": ("orange", "peach", "apricot"),
    "yellow": ("yellow", "gold"),
    "brown": ("brown", "tan", "caramel"),
    "red": ("red", "maroon", "burgundy"),
    "green": ("green", "olive"),
    "blue": ("blue",),
    "black": ("black",),
    "white": ("white",),
    "clear": ("clear", "colourless", "colorless", "transparent"),
}


def shape_of(recorded: str | None) -> str:
    """The recorded shape in our word: "HEXAGON (6 SIDED)" → "hexagon"; "" when not on record."""
    word = re.sub(r"[\s(,].*", "", (recorded or "").lower().strip())
    return _SHAPE_WORDS.get(word, word)


def color_class(recorded: str | None) -> str | None:
    """The one of a few colors a recorded one is drawn in ("LIGHT BLUE" → "blue"); None when unknown."""
    words = (recorded or "").lower()
    for suffix, names in _COLOR_WORDS.items():
        if any(re.search(rf"\b{name}\b", words) for name in names):
            return suffix
    return None


def two_colors(color: str | None, color2: str | None) -> tuple[str, str | None]:
    """First and second color; a record may hold both in one field, as SPL exports do: "RED;WHITE"."""
    first, *rest = re.split(r"\s*[;/]\s*|\s+and\s+", color or "")
    return first, color2 or (rest[0] if rest else None)


FAMILIES = {"off-white": "white"}
"""Classes one cannot tell from another in one's hand, and the one both are looked for under."""


def family(recorded: str | None) -> str | None:
    """The color under which a recorded one is looked for; None for an unknown word."""
    found = color_class(recorded)
    return FAMILIES.get(found, found) if found else None


# --- What a form is drawn as ------------------------------------------------------------------------------

_LIQUIDS = ("solution", "syrup", "suspension", "elixir", "liquid", "drops", "oil", "concentrate", "injection")
_CREAMS = ("cream", "ointment", "gel", "lotion", "paste")
_SOLIDS = ("tablet", "pill", "caplet", "lozenge")


def kind_of(form: str) -> str:
    """What a form is drawn as: tablet, capsule, bottle, tube or pack."""
    words = form.lower()
    if "capsule" in words:
        return "capsule"
    if not words or any(word in words for word in _SOLIDS):
        return "tablet"
    if any(word in words for word in _LIQUIDS):
        return "bottle"
    return "tube" if any(re.search(rf"\b{word}", words) for word in _CREAMS) else "pack"
