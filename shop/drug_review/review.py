"""The review itself: every taking under review against the patient and everything else they take. Pure."""

from collections.abc import Sequence

from shop.drug_review import allergies, doses, duplication, handling, interactions, patient_rules, unknowns
from shop.drug_review.case import RANK, Case
from shop.drug_review.known_names import matching
from shop.drug_review.taking import Alert, Person, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book


def review(
    under_review: Sequence[Taking], others: Sequence[Taking], person: Person, book: Book | None = None
) -> list[Alert]:
    """The alerts of what is about to be given, beside what the patient takes already.

    Those that stop first, then those that need a decision, then advice; what passed is not said, but what
    has no fact on record is ("no dose limit on record"). `book` is the store's own where none is given.

    Raises:
        SafetyDataRefused: a file of facts cannot be relied on.
    """
    if not under_review:
        return []
    book = book or reading.book()
    case = Case(tuple(under_review), tuple(others), person, book, matching(book))
    pairs = interactions.alerts(case)
    found = [
        *doses.alerts(case),
        *pairs,
        *allergies.alerts(case),
        *patient_rules.alerts(case),
        *duplication.alerts(case, pairs),
        *handling.alerts(case),
        *unknowns.alerts(case),
    ]
    return sorted(found, key=lambda alert: RANK[Verdict(alert.verdict)])
