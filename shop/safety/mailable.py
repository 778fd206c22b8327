"""What an entry of the not-by-mail list means: which substances and which forms. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Exclusion:
    """An entry of the not-by-mail list: a substance ("" any) in a form that has this word ("" any)."""

    id: int
    ingredient: str
    form: str
    reason: str


def is_substance(name: str, excluded: str) -> bool:
    """Whether an ingredient's name is the excluded substance or a kind of it: "insulin" is "Insulin lispro".

    Only whole words count: "ether" is not "Etheric oil", "alcohol" not "Benzyl alcohol".
    """
    found, wanted = _words(name), _words(excluded)
    return bool(wanted) and found[: len(wanted)] == wanted


def is_form(form: str, word: str) -> bool:
    """Whether a form has this word, or these words in a row: "aerosol" stands in "metered aerosol"."""
    found, wanted = _words(form), _words(word)
    return bool(wanted) and any(
        found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1)
    )


def _words(text: str) -> Sequence[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()
