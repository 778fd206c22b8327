"""What a pharmacist may change about a fact of the files, and whether that is tighter or looser. Pure.

Two things change: the weight, and the one figure of a limit. What a fact is about, for whom it holds and the
label's sentence stay the file's; new facts come from files only.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shop.drug_review.sums import limit_mg
from shop.safety.drug_facts.facts import AGES, LIMITS, Fact, Kind, Weight

GRAVITY = {Weight.ADVICE: 0, Weight.NEEDS: 1, Weight.STOPS: 2}
YEARS = "years"
PLACES = 6
"""Decimals of a figure that are kept."""
MOST = {YEARS: Decimal(130)}
MOST_OF_UNIT = Decimal(999_999)


class Way(StrEnum):
    """Where a change leads: looser is whatever lets anything through that was asked or stopped before."""

    SAME = "same"
    TIGHTER = "tighter"
    LOOSER = "looser"


@dataclass(frozen=True)
class Change:
    """A change in force: `weight` and `figure` are None where the file's count. `unit` is the figure's.

    `rested_on` is `fingerprint` of the file's fact when it was made.
    """

    id: int
    key: str
    weight: Weight | None
    figure: Decimal | None
    unit: str
    rested_on: str


def figure_of(fact: Fact) -> tuple[Decimal | None, str]:
    """The figure that may be changed, and its unit: an amount, or an age in years. (None, "") without one."""
    if fact.kind in AGES:
        return fact.scope.age_from, YEARS
    if fact.kind in LIMITS or fact.kind is Kind.INTERACTION:
        return fact.amount, fact.unit
    return None, ""


def may_change(fact: Fact) -> bool:
    """Whether a change has an effect: what must not stop suddenly is told, whatever its weight."""
    return fact.kind is not Kind.TAPER


def with_values(fact: Fact, weight: Weight | None, figure: Decimal | None) -> Fact:
    """The fact with another weight and figure; None leaves what it has. A changed figure is said.

    The label's sentence still states the old one: who reads both must know why they differ.
    """
    known, unit = figure_of(fact)
    changed = replace(fact, weight=weight or fact.weight)
    if figure is None or known is None or figure == known:
        return changed
    said = f"{fact.say} Set to {plain(figure)} {unit} by this pharmacy; on file it is {plain(known)} {unit}."
    short = Decimal(plain(figure).replace(",", ""))  # as a file writes it, "18" and not "18.000000"
    if fact.kind in AGES:
        return replace(changed, say=said, scope=replace(fact.scope, age_from=short))
    return replace(changed, say=said, amount=short)


def compare(before: Fact, after: Fact, beside: Iterable[Fact] = ()) -> Way:
    """Whether a change of a fact is tighter or looser; one that is both is looser.

    Tighter: a heavier weight, a lower maximum, a higher minimum age, a lower age from which it is weighed.
    `beside` are the ingredient's other facts: a maximum that falls below a lighter one is looser, because
    what is above both goes by the highest.
    """
    ways = {_by_weight(before, after), _by_figure(before, after)} - {Way.SAME}
    if not ways:
        return Way.SAME
    tighter = ways == {Way.TIGHTER} and not any(_overtakes(one, before, after) for one in beside)
    return Way.TIGHTER if tighter else Way.LOOSER


def _by_weight(before: Fact, after: Fact) -> Way:
    return _way(GRAVITY[after.weight] - GRAVITY[before.weight])


def _by_figure(before: Fact, after: Fact) -> Way:
    (old, old_unit), (new, new_unit) = figure_of(before), figure_of(after)
    if (old, old_unit) == (new, new_unit):
        return Way.SAME
    if old is None or new is None or old_unit != new_unit:
        return Way.LOOSER  # nobody can tell
    return _way(new - old if before.kind is Kind.MIN_AGE else old - new)


def _way(up: Decimal | int) -> Way:
    return Way.SAME if up == 0 else Way.TIGHTER if up > 0 else Way.LOOSER


def _overtakes(other: Fact, before: Fact, after: Fact) -> bool:
    """Whether another, lighter maximum becomes the higher one of the two, or may for some patients."""
    if (
        before.kind not in LIMITS
        or other.kind is not before.kind
        or other.key == before.key
        or GRAVITY[other.weight] >= GRAVITY[before.weight]
        or before.amount == after.amount
    ):
        return False
    kilogram = Decimal(1)
    old, new, theirs = (limit_mg(one, kilogram) for one in (before, after, other))
    if old is None or new is None or theirs is None:
        return True
    by_weight = {one.unit.endswith("/kg") for one in (before, other)}
    return len(by_weight) > 1 or new < theirs <= old


def fingerprint(fact: Fact) -> str:
    """Everything a file says of a fact, as one text; what it leaves out isn't in it."""
    return json.dumps(_stated(asdict(fact)), default=str, sort_keys=True, ensure_ascii=False)


def _stated(said: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: _stated(value) if isinstance(value, dict) else value for name, value in said.items()}
    return {name: value for name, value in found.items() if value not in (None, "", (), {})}


def applied(fact: Fact, change: Change) -> Fact:
    """The fact as a change in force leaves it.

    Where the file's fact is no longer what the change rests on, only what is tighter than the file holds.
    """
    _, unit = figure_of(fact)
    weight, figure = change.weight, change.figure if change.unit == unit else None
    if is_stale(fact, change):
        if weight and _by_weight(fact, with_values(fact, weight, None)) is not Way.TIGHTER:
            weight = None
        if figure is not None and _by_figure(fact, with_values(fact, None, figure)) is not Way.TIGHTER:
            figure = None
    return with_values(fact, weight, figure)


def is_stale(fact: Fact | None, change: Change) -> bool:
    """Whether the file's fact is gone, or another than the one a change rests on."""
    return fact is None or fingerprint(fact) != change.rested_on


def figure_problem(fact: Fact, figure: Decimal) -> str:
    """Why a figure can't be this fact's; "" where it can."""
    _, unit = figure_of(fact)
    most = MOST.get(unit, MOST_OF_UNIT)
    if not 0 < figure <= most:
        return f"Enter a figure above 0 and up to {most:,}."
    if figure != round(figure, PLACES):
        return f"Enter at most {PLACES} decimals."
    under = fact.scope.age_under
    if fact.kind in AGES and under is not None and figure >= under:
        return f"Enter an age under {plain(under)}: this fact ends there."
    return ""


def plain(figure: Decimal) -> str:
    """ "3,000", "0.25"."""
    text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
