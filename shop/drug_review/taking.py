"""What the review is given: the patient, and each thing they take or are about to. Pure shapes.

Who reads them from the database stands in `reading`, who holds them against the facts in `review`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from shop.patients.profile import Profile
from shop.safety.drug_facts.facts import Fact


class From(StrEnum):
    """Where a taking is known from."""

    DOCUMENT = "document"  # the prescription being entered or looked at
    BASKET = "basket"  # a line of the basket or order under review
    ACTIVE = "active"  # another approved item of the patient that still stands
    TRANSFERRED = "transferred"  # an approved item that another pharmacy fills now
    RECENT = "recent"  # sent in recent orders, and by its directions not used up
    ELSEWHERE = "elsewhere"  # told by the patient, in their words


@dataclass(frozen=True)
class Part:
    """An ingredient of a medicine, without its salt, and how much of it one unit holds.

    `unit` is "mg" of one pill, mL or gram; `amount` None where the strength cannot be read.
    """

    ingredient: str
    amount: Decimal | None = None
    unit: str = "mg"


@dataclass(frozen=True)
class Use:
    """What directions make of it: units at one time and in 24 hours, None where not read; `days_a_week` 7
    unless said. `most_a_day` counts "as needed" at its most, on a day on which it is taken.

    `for_days` is how long the directions say it is taken, `phased` that they change in between ("then 1
    daily"): another strength in the same document can then follow. `times_a_day` is how often on a day on
    which it is taken, `weekdays` the letters of the days of the week that are named ("ace": Mo, We, Fr), ""
    where none are. `usage.use_of` makes it of directions.
    """

    at_once: Fraction | None = None
    most_a_day: Fraction | None = None
    days_a_week: int = 7
    for_days: int | None = None
    phased: bool = False
    times_a_day: Fraction | None = None
    weekdays: str = ""

    def on(self, weekday: str) -> bool:
        """Whether it may be taken on this day of the week."""
        return not self.weekdays or weekday in self.weekdays

    @property
    def in_a_week(self) -> "Use":
        """The same with what a week brings in place of a day, for a limit of a week."""
        most = None if self.most_a_day is None else self.most_a_day * self.days_a_week
        return replace(self, most_a_day=most, weekdays="")


@dataclass(frozen=True)
class Taking:
    """One medicine of the patient. `key` names it in alerts: "item-0", "line-12", "elsewhere-1".

    `parts` are empty where the words were not recognized (then nothing can be compared, and the review says
    so); `classes` are those that words named without an ingredient ("a blood thinner"). `indication` is what
    it is prescribed for, "" where nobody said. `release` is "extended" or "immediate", `unit` "pill", "mL" or
    "g"; `item_id` is the approved item it is dispensed on, so that a refill is not a duplicate of itself.
    """

    key: str
    label: str
    known: From
    parts: tuple[Part, ...]
    directions: str = ""
    use: Use = Use()
    quantity: int | None = None
    days_supply: int | None = None
    form: str = ""
    route: str = ""
    release: str = "immediate"
    unit: str = "pill"
    prescription: bool = True
    item_id: int | None = None
    variant_id: int | None = None
    classes: tuple[str, ...] = ()
    indication: str = ""

    @property
    def unrecognized(self) -> bool:
        return not self.parts and not self.classes


@dataclass(frozen=True)
class Person:
    """The patient as the review knows them: `age` in years with decimals (None: nobody knows), the profile
    with its answers, and the day it is asked. `perhaps` are the keys of what others of the account may take
    as well: nobody said for whom it is."""

    age: Decimal | None
    profile: Profile
    today: date
    perhaps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Alert:
    """One answer of the review.

    `rule` names it for counting: a fact's key, or the name of a general rule ("no_dose_limit:lisinopril");
    one rule can answer several times, of several pairs. `code` tells those apart whatever the order of items:
    a decision is recorded under it. `verdict` is of `verification.typed.Verdict`. `about` are keys of the
    takings it concerns, the one under review first. `fact` holds the label's sentence, None for a general
    rule. `outcomes` are the codes that settle a "needs", with their words; `beside` the ingredients or codes
    that the fact met in this patient. `unsure`: it rests on something that nobody knows or has on record.
    """

    rule: str
    verdict: str
    sentence: str
    do: str
    about: tuple[str, ...]
    fact: Fact | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def code(self) -> str:
        """The rule, and what it was held against: "simvastatin:interaction:1|clarithromycin"."""
        return "|".join((self.rule, *self.beside))
