"""A fact of an ingredient: what may not be, for whom, and the label's sentence it rests on. Pure.

One file an ingredient in `data/drug_facts/`, read by `reading`; `docs/drug-review.md` explains the fields.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a fact is about."""

    MAX_DAILY = "max_daily"  # the most of the ingredient in 24 hours, or in the week of its unit
    MAX_SINGLE = "max_single"  # the most at one time
    FREQUENCY = "frequency"  # how often at most, where more often has killed (methotrexate)
    MIN_AGE = "min_age"  # younger than `age_from`: not established, or contraindicated
    MAX_AGE = "max_age"  # from `age_from` on: what the label asks to weigh
    CONDITION = "condition"  # a disease state it is contraindicated or warned about in
    KIDNEYS = "kidneys"  # reduced kidney function
    PREGNANCY = "pregnancy"
    BREASTFEEDING = "breastfeeding"
    INTERACTION = "interaction"
    ALLERGY = "allergy"  # allergens beside the ingredient itself (penicillins for amoxicillin)
    DO_NOT_CRUSH = "do_not_crush"  # neither crush, chew nor split
    TAPER = "taper"  # must not stop suddenly


LIMITS = frozenset({Kind.MAX_DAILY, Kind.MAX_SINGLE})
AGES = frozenset({Kind.MIN_AGE, Kind.MAX_AGE})


class Weight(StrEnum):
    """What an alert of the fact does: `stops` cannot be approved as entered, `needs` a coded decision."""

    STOPS = "stops"
    NEEDS = "needs"
    ADVICE = "advice"


@dataclass(frozen=True)
class LabelSentence:
    """Where a fact is from: a label's set id, its effective date (None: the stored copy states none), the
    section's LOINC code, and the sentence, word for word.

    A label that is at hand only as a document without set id, or as an excerpt of one, is named by `document`
    (what it is and how old) and `file`, where it can be read.
    """

    set_id: str
    effective: date | None
    section: str
    quote: str
    document: str = ""
    file: str = ""


@dataclass(frozen=True)
class Scope:
    """For whom and what a fact holds; an empty field holds for all.

    Ages are in years: from `age_from`, under `age_under`. `release` is "extended" or "immediate". `kidneys`
    are codes of the patient's profile ("reduced", "dialysis"). `indication` is in the label's words: a limit
    for one indication only is never what stops another. `needs_with` are codes of conditions that the label
    excepts: with one of them a decision is asked where the fact would stop.
    """

    age_from: Decimal | None = None
    age_under: Decimal | None = None
    kidneys: tuple[str, ...] = ()
    release: str = ""
    route: str = ""
    prescription: bool | None = None
    indication: str = ""
    needs_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One fact of `ingredient`.

    `key` names it for good: "simvastatin:interaction:1" - a decision is recorded under it. `weight` is what
    an alert does, `say` the sentence for the pharmacist, `do` what helps (may be empty). `amount` with `unit`
    ("mg", "mg/kg", "g", "mg/week") is a dose limit; an interaction with an amount is only advice up to so
    much in a day.
    `others` are ingredients and classes (interaction), allergens (allergy), or condition codes (condition);
    `most_days_a_week` and `most_times_a_day` are a frequency's limits, at least one of them.
    """

    key: str
    ingredient: str
    kind: Kind
    weight: Weight
    say: str
    do: str
    label: LabelSentence
    scope: Scope = Scope()
    amount: Decimal | None = None
    unit: str = ""
    others: tuple[str, ...] = ()
    most_days_a_week: int | None = None
    most_times_a_day: int | None = None

    @property
    def said(self) -> str:
        """Our words and the label's."""
        return f"{self.say} {self.label.quote}"

    @property
    def by_age(self) -> bool:
        """Whether it holds for some ages only."""
        scope = self.scope
        return self.kind in AGES or scope.age_from is not None or scope.age_under is not None

    @property
    def is_weekly(self) -> bool:
        """Whether its amount is a week's: of a medicine that is not taken every day."""
        return self.unit.endswith("/week")


@dataclass(frozen=True)
class IngredientFacts:
    """All that is on record of an ingredient: its file's version, and when it was last read against labels.

    `classes` are names of `data/drug_classes.toml`.
    """

    ingredient: str
    version: str
    reviewed: date
    classes: tuple[str, ...]
    facts: tuple[Fact, ...]

    def of(self, *kinds: Kind) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.kind in kinds)
