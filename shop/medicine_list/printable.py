"""Which signs of a text can be printed with the fonts at hand. Pure.

The fonts have Latin, Greek and Cyrillic letters. What they lack is named as missing: an empty box in a
medicine's or a person's name would look like a letter.
"""

import unicodedata
from collections.abc import Container

MISSING = "[?]"
"""Stands for signs that cannot be printed; the page says so where it occurs."""


def printable(text: str, known: Container[int]) -> str:
    """The text in one line with composed letters; each run of signs that no font knows becomes MISSING.

    `known` has the code points of the fonts. Signs without a shape (controls, writing directions) go.
    """
    said = ""
    for sign in unicodedata.normalize("NFC", " ".join(text.split())):
        if unicodedata.category(sign) in ("Cc", "Cf"):
            continue
        if ord(sign) in known:
            said += sign
        elif not said.endswith(MISSING):
            said += MISSING
    return said


class Printed:
    """`printable` for all texts of one document; `missing` once a sign of any of them was."""

    def __init__(self, known: Container[int]) -> None:
        self._known = known
        self.missing = False

    def __call__(self, text: str) -> str:
        shown = printable(text, self._known)
        self.missing = self.missing or MISSING in shown
        return shown
