"""Facts of the drug utilization review in words: what each is about, and for whom it holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shop.drug_review.case import class_words
from shop.drug_review.change_models import ChangeStatus, FactChange
from shop.drug_review.fact_rules import figure_of, plain
from shop.prescriptions.verification.typed import VERDICT_WORDS, Verdict
from shop.safety.drug_facts.facts import AGES, Fact, Kind, Weight
from shop.safety.drug_facts.reading import book

KINDS = {
    Kind.MAX_DAILY: "maximum daily dose",
    Kind.MAX_SINGLE: "maximum single dose",
    Kind.FREQUENCY: "frequency",
    Kind.MIN_AGE: "minimum age",
    Kind.MAX_AGE: "older patients",
    Kind.CONDITION: "condition",
    Kind.KIDNEYS: "kidney function",
    Kind.PREGNANCY: "pregnancy",
    Kind.BREASTFEEDING: "breastfeeding",
    Kind.INTERACTION: "interaction",
    Kind.ALLERGY: "allergy",
    Kind.DO_NOT_CRUSH: "do not crush",
    Kind.TAPER: "do not stop suddenly",
}
WEIGHTS = {weight: VERDICT_WORDS[Verdict(weight)] for weight in Weight}
STATUSES = {
    ChangeStatus.WAITING: "Waiting for a second pharmacist",
    ChangeStatus.IN_FORCE: "In effect",
    ChangeStatus.PUT_BACK: "Back to the file",
    ChangeStatus.DECLINED: "Declined",
    ChangeStatus.WITHDRAWN: "Withdrawn",
    ChangeStatus.REPLACED: "Replaced by a later change",
}
FIGURES = {
    Kind.MAX_DAILY: "Most in a day",
    Kind.MAX_SINGLE: "Most at one time",
    Kind.MIN_AGE: "From this age on",
    Kind.MAX_AGE: "Applies from this age on",
    Kind.INTERACTION: "In a day without a decision",
}
RULES = {"allergy": "Allergy", "duplication": "Duplication", "as_directed": "As its package directs"}
"""Rules that are no facts, by what their code begins with."""
KIDNEYS = {"reduced": "reduced kidney function", "dialysis": "on dialysis"}


def rule_name(rule: str) -> str:
    """A rule's code in words: "duplication:statins", and a fact's "warfarin:max_daily:1"."""
    first, _, rest = rule.partition(":")
    if first in RULES:
        return f"{RULES[first]}: {rest}"
    kind = rest.partition(":")[0]
    return f"{first}: {KINDS[Kind(kind)]}" if kind in set(Kind) else rule


def for_whom(fact: Fact) -> str:
    """For whom and what it holds: "under 18 years, with reduced kidney function"; or everyone."""
    return ", ".join(_scope(fact)) or "everyone"


def _scope(fact: Fact) -> Iterator[str]:
    scope = fact.scope
    if scope.age_from is not None and fact.kind not in AGES:
        yield f"from {plain(scope.age_from)} years"
    if scope.age_under is not None:
        yield f"under {plain(scope.age_under)} years"
    if scope.kidneys:
        yield " or ".join(KIDNEYS[one] for one in scope.kidneys)
    if scope.release:
        yield f"{scope.release} release"
    if scope.route:
        yield scope.route
    if scope.prescription is not None:
        yield "on prescription" if scope.prescription else "over the counter"
    if scope.indication:
        yield scope.indication


def about(fact: Fact) -> str:
    """With what, or how often: the others a fact names, or a frequency's limits; "" for none."""
    often = [
        f"at most {most} {'time' if most == 1 and word == 'times' else word} a {per}"
        for most, word, per in (
            (fact.most_days_a_week, "day" if fact.most_days_a_week == 1 else "days", "week"),
            (fact.most_times_a_day, "times", "day"),
        )
        if most is not None
    ]
    say = condition_words if fact.kind is Kind.CONDITION else class_words
    return ", ".join((*often, *map(say, fact.others)))


def condition_words(code: str) -> str:
    """ "parkinsons_disease" is "Parkinson’s disease"."""
    known = book().conditions.get(code)
    return known.called if known else code.replace("_", " ")


def figure_name(fact: Fact) -> str:
    """What a fact's figure limits."""
    return "Most in a week" if fact.is_weekly else FIGURES[fact.kind]


def figure(fact: Fact) -> str:
    """ "3,000 mg", or "" where it has none."""
    known, unit = figure_of(fact)
    return amount(known, unit)


def amount(known: Decimal | None, unit: str) -> str:
    return "" if known is None else f"{plain(known)} {unit}"


@dataclass(frozen=True)
class Then:
    """What a file said of a fact when a change was asked."""

    say: str
    weight: str
    quote: str


def then(row: FactChange) -> Then | None:
    """None for a fact that was gone already."""
    if not row.rested_on:
        return None
    said = json.loads(row.rested_on)
    return Then(said["say"], WEIGHTS[Weight(said["weight"])], said["label"]["quote"])


def asked(row: FactChange) -> str:
    """What a change asks: "Stops, 3,000 mg"; what it leaves to the file isn't named."""
    parts = (WEIGHTS[row.weight] if row.weight else "", amount(row.figure, row.unit))
    return ", ".join(part for part in parts if part) or "what the file says"
