"""Other names under which a patient may tell of a medicine: brands, and names used elsewhere."""

from collections.abc import Mapping
from functools import cache

from shop.catalogue.uses import uses
from shop.drug_review.taking import From, Part, Taking
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.matching import Matching
from shop.safety.drug_facts.patient_words import common_allergens, patient_words
from shop.search.names import brands, short_substances, substances
from shop.search.synonyms import names
from shop.substances.names import words as word_set

EVERYDAY = word_set(
    "being cardinal dynamic endure flavored genesis healthy junior medical mom muse north pinpoint positive "
    "pot preferred propel scrub seven short sojourn sound southern tabloid tart today total vit"
)
"""Brands and abbreviations that are everyday words, too: in a patient’s sentence they name no medicine
("preferred" is omeprazole, "medical" oxygen)."""


@cache
def other_names() -> Mapping[str, tuple[str, ...]]:
    """By name in lower case, the ingredients it means; substances without facts mean themselves."""
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in substances()}
    found |= short_substances()
    uses_said = {word.casefold() for use in uses().values() for word in (use.name, *use.said)}
    found |= {
        name: brand.ingredients
        for brand in brands().values()
        if (name := brand.name.casefold()) not in uses_said  # "Migraine" is a brand, too
    }
    found |= {one.said.casefold(): (one.other,) for one in names() if one.in_united_states}
    found = {name: parts for name, parts in found.items() if name not in EVERYDAY}
    return found | {word: found.get(name, (name,)) for word, name in patient_words().items()}


@cache
def _store_matching() -> Matching:
    return Matching(reading.book(), other_names(), common_allergens())


def matching(book: Book | None = None) -> Matching:
    """How words are read by a book; by the store's own, where none is given, with all other names."""
    if book is None or (book.files or book) is reading.book():
        return _store_matching()
    return Matching(book, {})


def taking_of(key: str, words: str, reads: Matching | None = None) -> Taking:
    """A medicine from elsewhere, in the patient's words: its ingredients and classes, as far as recognized.

    Strength and directions are not read out of free text: how much is taken stays unknown.
    """
    meant = (reads or matching()).medicine(words)
    return Taking(
        key,
        words,
        From.ELSEWHERE,
        tuple(Part(name) for name in sorted(meant.ingredients)),
        classes=tuple(sorted(meant.classes)),
    )
