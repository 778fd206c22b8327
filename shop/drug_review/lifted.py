"""Which stops of an entry ended because another patient or other medicines were entered. Pure.

Nobody is asked what changed where the entry itself says so; a stop about a patient and a medicine that are
still entered is asked about.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Kind

ALLERGY = "allergy:"


@dataclass(frozen=True)
class Entered:
    """Whom and what is entered now: `patient_id` None for somebody not on file, `names` of ingredients as the
    book has them, with their classes."""

    patient_id: int | None = None
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, patient_id: int | None, ingredients: Iterable[str], book: Book) -> "Entered":
        """Of the ingredients of everything on the entry, as the catalogue names them."""
        known = {book.name_of(one) for one in ingredients}
        return cls(patient_id, frozenset(known).union(*(book.classes_of(one) for one in known)))


def subject_gone(rule: str, patient_id: int | None, entered: Entered, book: Book) -> bool:
    """Whether a stop's patient or all of its medicines are no longer entered.

    Somebody not on file may be the same person, and of a rule that names no medicine nobody can tell: both
    are asked about.
    """
    if patient_id is not None and entered.patient_id not in (None, patient_id):
        return True
    names = _medicines(rule, book)
    return bool(names) and not names & entered.names


def _medicines(rule: str, book: Book) -> frozenset[str]:
    """The ingredients and classes a stop is about; none where its rule doesn't say."""
    if rule.startswith(ALLERGY):
        return frozenset({book.name_of(rule.removeprefix(ALLERGY))})
    fact = _fact(rule, book)
    if fact is None:
        return frozenset()
    others = fact.others if fact.kind is Kind.INTERACTION else ()
    return frozenset({fact.ingredient, *others, *map(book.name_of, others)})


def _fact(key: str, book: Book) -> Fact | None:
    known = book.facts.get(key.partition(":")[0])
    return next((fact for fact in known.facts if fact.key == key), None) if known else None
