"""What an alert rests on: while that stays the same, what a pharmacist decided about it holds. Pure.

That is the fact with its limits and its sentence, how grave it is for this patient, each medicine concerned
with strength and directions, and the answers of the patient that such a fact asks, in the box for it or among
the conditions. A refill changes none of them; another dose, a changed fact or a new answer does.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from shop.drug_review.case import said_of
from shop.drug_review.taking import Alert, Taking
from shop.patients.profile import Profile, Topic
from shop.safety.drug_facts.facts import Fact, Kind

ASKS: Mapping[Kind, tuple[Topic, ...]] = {
    Kind.MAX_DAILY: (Topic.WEIGHT, Topic.KIDNEYS),
    Kind.MAX_SINGLE: (Topic.WEIGHT, Topic.KIDNEYS),
    Kind.MIN_AGE: (Topic.WEIGHT,),
    Kind.CONDITION: (Topic.CONDITIONS,),
    Kind.KIDNEYS: (Topic.KIDNEYS,),
    Kind.PREGNANCY: (Topic.PREGNANCY,),
    Kind.BREASTFEEDING: (Topic.BREASTFEEDING,),
    Kind.ALLERGY: (Topic.ALLERGIES,),
}
"""Which answers a kind of fact looks at; the others look at none."""


_ALSO_SAID = {
    Topic.KIDNEYS: Kind.KIDNEYS,
    Topic.PREGNANCY: Kind.PREGNANCY,
    Topic.BREASTFEEDING: Kind.BREASTFEEDING,
}
"""Answers that patients also give among their conditions."""


def basis_of(alert: Alert, takings: Mapping[str, Taking], profile: Profile, *, age_known: bool = True) -> str:
    """Everything the alert rests on, as one text. `takings` by key."""
    return json.dumps(
        [
            alert.code,
            alert.verdict,
            _stated(alert.fact) if alert.fact else None,
            sorted(_medicine(takings[key]) for key in alert.about if key in takings),
            _answers(alert, profile, age_known),
        ],
        default=str,
        sort_keys=True,
    )


def _stated(fact: Fact) -> dict[str, Any]:
    """All of a fact; a field that facts have had only since needs_with is left out where it is empty, so that
    decisions about the others still hold."""
    said = asdict(fact)
    if not fact.scope.needs_with:
        del said["scope"]["needs_with"]
    return said


def _answers(alert: Alert, profile: Profile, age_known: bool) -> list[str]:
    fact = alert.fact
    if fact is None:  # of the rules without one, those about allergies rest on the words for the reaction
        return [str(profile.allergies)] if alert.rule.startswith("allergy:") else []
    topics = list(ASKS.get(fact.kind, ()))
    if fact.scope.kidneys and Topic.KIDNEYS not in topics:
        topics.append(Topic.KIDNEYS)
    if fact.scope.needs_with:
        topics.append(Topic.CONDITIONS)
    answers = [str(getattr(profile, topic.value)) for topic in topics]
    told = [said for topic in topics if topic in _ALSO_SAID for said in said_of(_ALSO_SAID[topic], profile)]
    by_age = (fact.scope.age_from, fact.scope.age_under) != (None, None)
    return [*answers, *told, *(["age unknown"] if by_age and not age_known else [])]


def _medicine(taking: Taking) -> str:
    """What it is and how it is taken, wherever it is known from: a line of an order is the item it fills."""
    parts = sorted(f"{part.ingredient} {part.amount} {part.unit}" for part in taking.parts)
    if not parts or any(part.amount is None for part in taking.parts):  # else 10 mEq would be 20 mEq
        parts.append(" ".join(taking.label.casefold().split()))
    how = " ".join(taking.directions.casefold().split())
    return json.dumps([parts, how, taking.route, taking.release, taking.unit])


Question = tuple[str, str, frozenset[str]]
"""An alert's rule, its verdict, and the hashes of its basis."""


def still_open(questions: Iterable[Question], settled: Mapping[str, frozenset[str]]) -> list[int]:
    """The places of those nobody has settled. `settled`: by rule, the hashes of what was decided before.

    What stops is never settled, advice never asked.
    """
    return [
        place
        for place, (rule, verdict, hashes) in enumerate(questions)
        if verdict == "stops" or (verdict == "needs" and not hashes & settled.get(rule, frozenset()))
    ]
