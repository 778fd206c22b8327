"""Filed misspellings that join their medicine: "metformin hydrochoride" is no brand, "ursadiol" no substance.

The words are a reviewed list, `data/spellings.toml`; nothing is corrected by likeness, because a brand often
resembles its substance.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).parent / "data" / "spellings.toml"
_WORD = re.compile(r"[a-z0-9]+")
_GLUED = re.compile(r"\b([a-z]{5,})(\d+(?:\.\d+)?) ?(mg|mcg|g|ml)\b")


@lru_cache(maxsize=1)
def corrections() -> dict[str, str]:
    """By misspelled word, the right one; lower case."""
    with WORDS.open("rb") as file:
        return dict(tomllib.load(file)["words"])


def spelled(text: str) -> str:
    """A lower-case text with its known misspellings put right, and a glued strength parted from the name."""
    words = corrections()
    text = _GLUED.sub(r"\1 \2 \3", text)
    return _WORD.sub(lambda word: words.get(word.group(), word.group()), text)
