"""The review itself: every taking under review against the patient and everything else they take. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shop.drug_review import allergies, doses, duplication, handling, interactions, patient_rules, unknowns
from shop.drug_review.case import RANK, Case
from shop.drug_review.known_names import matching, taking_of
from shop.drug_review.over_the_counter import known_only, without_repeats
from shop.drug_review.taking import Alert, From, Person, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.matching import Matching


def review(
    under_review: Sequence[Taking], others: Sequence[Taking], person: Person, book: Book | None = None
) -> list[Alert]:
    """The alerts of what is about to be given, beside what the patient takes already.

    Those that stop first, then those that need a decision, then advice; what passed is not said, but what
    has no fact on record is ("no dose limit on record"). Of what anybody may buy nothing more than advice
    rests on what is not known (`over_the_counter.py`). Medicines of the patient's profile count, whether or
    not `others` has them. `book` is the store's own where none is given.

    Raises:
        SafetyDataRefused: a file of facts cannot be relied on.
    """
    if not under_review:
        return []
    book = book or reading.book()
    reads = matching(book)
    case = Case(tuple(under_review), (*others, *_told(others, person, reads)), person, book, reads)
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
    if case.bought_only:
        found = [known_only(alert, case.person) for alert in without_repeats(found)]
    return _each_once(sorted(found, key=lambda alert: RANK[Verdict(alert.verdict)]))


def _told(others: Sequence[Taking], person: Person, reads: Matching) -> list[Taking]:
    """The medicines of the profile that nobody has put among the others."""
    there = {one.label for one in others if one.known is From.ELSEWHERE}
    words = enumerate(person.profile.medicines or ())
    return [taking_of(f"told-{number}", said, reads) for number, said in words if said not in there]


def _each_once(alerts: Iterable[Alert]) -> list[Alert]:
    """What one fact says of two strengths of a medicine is one alert about both; what two ingredients of a
    medicine say in the same words (sulfamethoxazole and trimethoprim, of one label) is the first one's."""
    found: dict[str, Alert] = {}
    said: dict[tuple[str, tuple[str, ...]], str] = {}
    for alert in alerts:
        if said.setdefault((alert.sentence, alert.about), alert.code) != alert.code:
            continue
        known = found.setdefault(alert.code, alert)
        if known is not alert:
            found[alert.code] = replace(known, about=tuple(dict.fromkeys((*known.about, *alert.about))))
    return list(found.values())
