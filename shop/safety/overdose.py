"""Medicines of which more than is needed at home is a danger in itself: reviewed entries with sources.

What has no entry has no fact: that is not to say that it is harmless. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from shop.safety.dataset import DATA, Dataset, Entry, SafetyDataRefused, fields, read
from shop.safety.wording import Phrases, words

_NAME = "overdose.toml"
_LABEL = "label"
_RISKS = fields(
    "name",
    required={"basis": str},
    optional={"section": str, "quote": str},
    one_of={
        "basis": frozenset({_LABEL, "knowledge"}),
        "section": frozenset({"34088-5", "34066-1", "34071-1"}),
    },
)


@dataclass(frozen=True)
class OverdoseRisk:
    """A substance at overdose risk: the label's sentence, "" where none was read, and where it is from."""

    substance: str
    quote: str
    source: str


def overdose_risk(names: Iterable[str]) -> OverdoseRisk | None:
    """The first of these names (ingredients, or a product's own) with a substance at risk in it.

    Salts and mixtures are meant too: "amitriptyline hydrochloride". None where no fact is on record.
    """
    return next((found for name in names if (found := _risks().first(words(name)))), None)


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated. An entry from a label quotes it and names the section.

    Raises SafetyDataRefused.
    """
    found = read(DATA / _NAME, _RISKS)
    for entry in found.entries:
        quoted = bool(entry.text("section")) and bool(entry.text("quote"))
        if quoted != (entry.text("basis") == _LABEL):
            raise SafetyDataRefused(f"{_NAME}, {entry.name}: a label, and only one, is quoted by section.")
    return (found,)


@cache
def _risks() -> Phrases[OverdoseRisk]:
    return Phrases((entry.text("name"), _risk(entry)) for entry in datasets()[0].entries)


def _risk(entry: Entry) -> OverdoseRisk:
    return OverdoseRisk(entry.text("name"), entry.text("quote"), entry.source)
