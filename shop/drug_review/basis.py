"""What an alert rests on: while that stays the same, what a pharmacist decided about it holds. Pure.

That is the fact with its limits and its sentence, each medicine concerned with strength and directions, and
the answers of the patient that such a fact asks. A refill changes none of them; another dose, a changed fact
or an answer that is new does.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from shop.drug_review.taking import Alert, Taking
from shop.patients.profile import Profile, Topic
from shop.safety.drug_facts.facts import Kind

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


def basis_of(alert: Alert, takings: Mapping[str, Taking], profile: Profile) -> str:
    """Everything the alert rests on, as one text. `takings` by key."""
    asked = ASKS.get(alert.fact.kind, ()) if alert.fact else ()
    return json.dumps(
        [
            alert.code,
            asdict(alert.fact) if alert.fact else None,
            sorted(_medicine(takings[key]) for key in alert.about if key in takings),
            [str(getattr(profile, topic.value)) for topic in asked],
        ],
        default=str,
        sort_keys=True,
    )


def _medicine(taking: Taking) -> str:
    """What it is and how it is taken, wherever it is known from: a line of an order is the item it fills."""
    parts = sorted(f"{part.ingredient} {part.amount} {part.unit}" for part in taking.parts)
    what = parts or [" ".join(taking.label.casefold().split())]
    how = " ".join(taking.directions.casefold().split())
    return json.dumps([what, how, taking.route, taking.release, taking.unit])


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
