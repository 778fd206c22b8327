"""What over-the-counter medicines hold of one ingredient when taken as their packages say. Pure.

The catalogue has no directions of them, but the reviewed entries of `otc_limits.toml` say the most that
labels allow in 24 hours. Added up it is what may come together, not what does: it never stops.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from shop.drug_review.case import RANK, Case, Fit, at_most, gravest, is_local, of_fact
from shop.drug_review.sums import figure, limit_of, mg_of
from shop.drug_review.taking import Alert, Taking, Use
from shop.prescriptions.verification.typed import Verdict
from shop.safety import otc_limits
from shop.safety.drug_facts.facts import Kind

RULE = "as_directed:"


def by_package(taking: Taking) -> bool:
    """Whether it is taken as its package directs: sold without a prescription, and nobody directed it."""
    return not taking.prescription and not taking.directions.strip()


def most_a_day(case: Case, ingredient: str, taking: Taking) -> Fraction | None:
    """The most mg of an ingredient that the package directs in 24 hours; None where no entry says so.

    Asked where nothing is on prescription: beside a prescription a pharmacist asks what is taken.
    """
    if not case.bought_only or not by_package(taking):
        return None
    for part in taking.parts:
        if case.book.name_of(part.ingredient) == ingredient:
            entry = otc_limits.limit_of(part.ingredient, taking.route)
            return Fraction(entry.in_24_hours) if entry and entry.in_24_hours else None
    return None


def alone(case: Case, taking: Taking) -> Iterator[Alert]:
    """One tablet or capsule of a package holds more than the limit for the patient's age: nobody takes less.

    One alert an ingredient. It asks at most, because it may be split.
    """
    if not by_package(taking) or taking.unit != "pill" or is_local(taking):
        return
    one = replace(taking, use=Use(Fraction(1), Fraction(1)))
    for ingredient in case.ingredients(taking):
        yield from gravest(_one_above(case, ingredient, one))


def _one_above(case: Case, ingredient: str, one: Taking) -> Iterator[Alert]:
    facts = case.book.of(ingredient)
    holds = mg_of(case, ingredient, one, Kind.MAX_DAILY)
    for fact in facts.of(Kind.MAX_DAILY, Kind.MAX_SINGLE) if facts else ():
        limit = limit_of(case, fact, (one,)) if fact.by_age and not fact.is_weekly else None
        if limit and holds and limit.fit is Fit.YES and holds > limit.mg:
            sentence = (
                f"{one.label}: one holds {figure(holds)} mg of {ingredient}, above the limit of "
                f"{figure(limit.mg)} mg. {fact.say}"
            )
            yield of_fact(fact, at_most(Verdict(fact.weight), Verdict.NEEDS), sentence, (one,))


def alerts(
    case: Case, ingredient: str, reviewed: Sequence[Taking], everyone: Sequence[Taking]
) -> Iterator[Alert]:
    """One alert where two or more bring an ingredient, one of them by its package, and up to the most that
    is directed of each comes to more than the highest limit on record."""
    if not case.bought_only:
        return
    body = [one for one in everyone if not is_local(one)]
    known = {one.key: mg_of(case, ingredient, one, Kind.MAX_DAILY) for one in body}
    directed = {one.key: known[one.key] or most_a_day(case, ingredient, one) for one in body}
    counted = [one for one in body if directed[one.key]]
    facts = case.book.of(ingredient)
    limits = [
        limit
        for fact in (facts.of(Kind.MAX_DAILY) if facts else ())
        if (limit := limit_of(case, fact, reviewed)) and limit.fit is Fit.YES
    ]
    if len(counted) < 2 or not limits or not any(by_package(one) for one in counted):
        return
    highest = max(limits, key=lambda one: (one.mg, -RANK[Verdict(one.fact.weight)]))
    total = sum((directed[one.key] or Fraction() for one in counted), Fraction())
    if total <= highest.mg or sum((mg or Fraction() for mg in known.values()), Fraction()) > highest.mg:
        return  # within it; or above it by directions alone, which is said already
    names = [one.label for one in counted]
    sentence = (
        f"{' with '.join(dict.fromkeys(names))}: taken as directed on their packages, up to "
        f"{float(total):,.0f} mg of {ingredient} a day together; the limit is {float(highest.mg):,.0f} mg. "
        f"{highest.fact.say}"
    )
    verdict = at_most(Verdict(highest.fact.weight), Verdict.NEEDS)
    found = of_fact(highest.fact, verdict, sentence, (*reviewed, *counted), sorted(set(names)))
    yield replace(found, rule=f"{RULE}{ingredient}")
