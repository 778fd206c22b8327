"""Words and codes for shapes and colors: SPL's coded terms, what labels write, and our word for each.

Data and look-ups only. The codes are those of the NCI Thesaurus subsets for SPL (shape C54454, color
C54453), as listed in the value sets "SPL Shape" and "SPL Color" of HL7's SPL implementation guide
(https://build.fhir.org/ig/HL7/fhir-spl/), read on 22 November 2026. A label's display name is never read:
the code is what FDA validates.
"""

import re

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
