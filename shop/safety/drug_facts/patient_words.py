"""How patients write medicines and allergies: misspellings, everyday names, and what is in no medicine."""

from collections.abc import Mapping
from functools import cache

from shop.safety.dataset import DATA, Dataset, SafetyDataRefused, fields, read

FILE = "patient_words.toml"
ALLERGENS = "common_allergens.toml"
_WORD = fields("word", required={"name": str})
_ALLERGEN = fields("allergen", required={"also": list})


@cache
def patient_words() -> Mapping[str, str]:
    """By word in lower case, the name of the medicine, brand or class it means. Raises SafetyDataRefused."""
    return {entry.name: entry.text("name") for entry in dataset().entries}


def dataset() -> Dataset:
    """The list, validated.

    Raises:
        SafetyDataRefused: the file cannot be relied on, or a word in it is not in lower case.
    """
    found = read(DATA / FILE, _WORD)
    for entry in found.entries:
        if entry.name != entry.name.casefold():
            raise SafetyDataRefused(f"{FILE} ({entry.name}): write words in lower case.")
    return found


@cache
def common_allergens() -> Mapping[str, str]:
    """By word, the allergen it means: those that are in no medicine on record. Raises SafetyDataRefused."""
    entries = read(DATA / ALLERGENS, _ALLERGEN).entries
    return {word: entry.name for entry in entries for word in (entry.name, *entry.texts("also"))}
