"""What a review asks of a basket or an order without anything on prescription. Pure.

What stops it or makes it wait is known: pairs, duplicates, sums, an allergy, a condition, a pregnancy. What
is not known is advice: the package carries its directions, and whoever buys reads them.
"""

from collections.abc import Sequence
from dataclasses import replace

from shop.drug_review.as_directed import RULE
from shop.drug_review.taking import Alert, Person
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.facts import AGES


def known_only(alert: Alert, person: Person) -> Alert:
    """The alert as it counts there: advice where nobody knows that it holds.

    What is about an age isn't known to hold either, where others of the account may take it: many households
    have a child.
    """
    open_ = alert.fact is not None and alert.fact.kind in AGES and not person.perhaps.isdisjoint(alert.about)
    if not alert.unsure and not open_:
        return alert
    return replace(alert, verdict=Verdict.ADVICE, outcomes={}, unsure=True)


def without_repeats(alerts: Sequence[Alert]) -> list[Alert]:
    """Without the duplicates of an ingredient whose sum is said of the same medicines."""
    summed = [
        (alert.rule.removeprefix(RULE), set(alert.about)) for alert in alerts if alert.rule.startswith(RULE)
    ]
    return [
        alert
        for alert in alerts
        if not any(
            alert.rule == f"duplication:{name}" and set(alert.about) <= about for name, about in summed
        )
    ]
