"""What an entry of the not-by-mail list means: which substances and which forms;
and the entries that come with the store."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


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


_FILE = Path(__file__).parent / "data" / "not_by_mail.toml"


@dataclass(frozen=True)
class Entry:
    """What is written into the list: lower case, single spaces; "" stands for every substance or form."""

    ingredient: str
    form: str
    reason: str
    source: str


def file_entries() -> list[Entry]:
    """The entries that come with the store, in the file's order."""
    said = tomllib.loads(_FILE.read_text("utf-8"))
    return [
        Entry(one.get("ingredient", ""), one.get("form", ""), said["reasons"][one["why"]], one["source"])
        for one in said["exclusions"]
    ]
