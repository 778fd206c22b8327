"""What a review asks of a basket or an order without anything on prescription. Pure.

What stops it or makes it wait is known: pairs, duplicates, sums, an allergy, a condition, a pregnancy. What
is not known is advice: the package carries its directions, and whoever buys reads them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shop.drug_review.as_directed import RULE
from shop.drug_review.taking import Alert, Person
from shop.prescriptions.verification.typed import Verdict


def known_only(alert: Alert, person: Person) -> Alert:
    """The alert as it counts there: advice where nobody knows that it holds.

    What is about an age isn't known to hold either, where others of the account may take it: many households
    have a child.
    """
    of_age = alert.fact is not None and alert.fact.by_age and not alert.rule.startswith(RULE)
    open_ = of_age and not person.perhaps.isdisjoint(alert.about)
    if not alert.unsure and not open_:
        return alert
    return replace(alert, verdict=Verdict.ADVICE, outcomes={}, unsure=True)


def without_repeats(alerts: Sequence[Alert]) -> list[Alert]:
    """Without the duplicates of ingredients whose sums are said of the same medicines."""
    summed = {
        alert.rule.removeprefix(RULE): set(alert.about) for alert in alerts if alert.rule.startswith(RULE)
    }
    return [alert for alert in alerts if not _is_summed(alert, summed)]


def _is_summed(alert: Alert, summed: Mapping[str, set[str]]) -> bool:
    kind, _, names = alert.rule.partition(":")
    return kind == "duplication" and all(
        set(alert.about) <= summed.get(name, set()) for name in names.split("+")
    )
