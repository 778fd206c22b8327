"""Tall-man letters: "hydralazine" is written hydrALAZINE where somebody picks, checks or labels a medicine.

The lists are the FDA's and ISMP's (`data/tall_man.toml`). Pages for customers write names as everybody does.
"""

import re
from functools import cache, lru_cache

from shop.safety.dataset import DATA, Dataset, SafetyDataRefused, fields, read

_WORD = re.compile(r"[A-Za-z]+")


@lru_cache(maxsize=4096)
def tall_man(text: str) -> str:
    """`text` with each listed name in it in tall-man letters; everything else as it was.

    "Hydralazine hydrochloride tablet 25 mg" is "hydrALAZINE hydrochloride tablet 25 mg".
    """
    return _WORD.sub(lambda word: names().get(word[0].casefold(), word[0]), text)


@cache
def names() -> dict[str, str]:
    """Every listed name by its lower case. Raises SafetyDataRefused."""
    listed = [entry.text("name") for entry in datasets()[0].entries]
    for name in listed:
        if not _WORD.fullmatch(name) or name in (name.lower(), name.capitalize(), name.upper()):
            raise SafetyDataRefused(f"tall_man.toml: “{name}” is not a name with tall letters.")
    return {name.casefold(): name for name in listed}


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated in its form."""
    return (read(DATA / "tall_man.toml", fields("name")),)
