"""Imprints as they are compared: what a person reads off a tablet against what a label states.

A person does not know on which side to begin, where a label puts its semicolons, or an O from a 0.
So an imprint is compared as a whole without its gaps, and word by word in any order. Standard library only.
"""

import re
import unicodedata

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


def words(imprint: str) -> frozenset[str]:
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
