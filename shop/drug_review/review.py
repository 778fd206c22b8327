"""The review itself: every taking under review against the patient and everything else they take. Pure."""

from collections.abc import Sequence

from shop.drug_review.taking import Alert, Person, Taking


def review(under_review: Sequence[Taking], others: Sequence[Taking], person: Person) -> list[Alert]:
    """The alerts of what is about to be given, beside what the patient takes already.

    Those that stop first, then those that need a decision, then advice; what passed is not said, but what
    has no fact on record is ("no dose limit on record").
    """
    return []
