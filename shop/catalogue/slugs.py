"""What the address of a medicine, an ingredient or a category is made of. Pure."""

import re

SLUG_LENGTH = 160
_WORD = re.compile(r"[a-z0-9]+")


def slug_of(text: str, length: int = SLUG_LENGTH) -> str:
    """Lower-case ASCII words joined by hyphens, cut at a word."""
    found = _WORD.findall(text.lower())
    while len(found) > 1 and len("-".join(found)) > length:
        found.pop()
    return "-".join(found)[:length] or "medicine"
