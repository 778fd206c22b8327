"""Everything on record of drugs together: facts by ingredient, classes with their members, conditions. Pure.

`reading` makes it of the data files; rules and tests are given one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from shop.safety.drug_facts.facts import IngredientFacts, Kind
from shop.substances.names import moiety

MOST_KEPT = 10_000
"""Names whose reading is kept: more than a catalogue has, and an end for what anybody types."""


@dataclass(frozen=True)
class DrugClass:
    """A class that labels name. `also` are other words for it, `members` ingredients without their salts.

    `duplication` is the verdict of two members for one patient ("needs", "advice"), "" where two are usual.
    """

    name: str
    members: frozenset[str]
    also: tuple[str, ...] = ()
    duplication: str = ""


@dataclass(frozen=True)
class Condition:
    """A disease state that facts name by `code`; `also` are the words of labels and of patients for it,
    `name` what it is called where that isn't the code's own words."""

    code: str
    also: tuple[str, ...]
    name: str = ""

    @property
    def called(self) -> str:
        """ "Parkinson’s disease", "kidney stones"."""
        return self.name or self.code.replace("_", " ")


@dataclass(frozen=True, eq=False)
class Book:
    """What rules ask. Classes and conditions by their name and code.

    `files` is the book of the files where this one has the same facts with other weights or figures: names
    mean the same in both.
    """

    facts: Mapping[str, IngredientFacts] = field(default_factory=dict)
    classes: Mapping[str, DrugClass] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    files: "Book | None" = None

    def name_of(self, ingredient: str) -> str:
        """The name under which an ingredient is on record: "lithium carbonate" is lithium.

        The longest beginning that is known; without one, the name without its salt.
        """
        known = self._kept.get(ingredient)
        if known is None:
            known = self._name_of(ingredient)
            if len(self._kept) < MOST_KEPT:
                self._kept[ingredient] = known
        return known

    def _name_of(self, ingredient: str) -> str:
        words = " ".join(ingredient.casefold().split())
        parts = words.split()
        for length in range(len(parts), 0, -1):
            begins = " ".join(parts[:length])
            if begins in self.named:
                return begins
        return moiety(words) if words else ""

    def of(self, ingredient: str) -> IngredientFacts | None:
        """What is on record of an ingredient; None where it has no file."""
        return self.facts.get(self.name_of(ingredient))

    def classes_of(self, ingredient: str) -> frozenset[str]:
        """The classes it belongs to, by the classes' members and by its own file."""
        return self._classes_of.get(self.name_of(ingredient), frozenset())

    @cached_property
    def _kept(self) -> dict[str, str]:
        return {}

    @cached_property
    def ingredients(self) -> frozenset[str]:
        """Every ingredient with a file or a class."""
        members = (one.members for one in self.classes.values())
        return frozenset(self.facts).union(*members)

    @cached_property
    def named(self) -> frozenset[str]:
        """Ingredients on record, and partners that facts name: "insulin glargine" is their "insulin"."""
        partners = {
            other
            for facts in self.facts.values()
            for fact in facts.of(Kind.INTERACTION)
            for other in fact.others
        }
        return self.ingredients | (partners - self.classes.keys())

    @cached_property
    def strangers(self) -> frozenset[str]:
        """Names in interactions and allergies that are neither a class nor an ingredient on record.

        Food, dyes, rare medicines - or a slip of the pen: the report lists them, to be read.
        """
        named = {
            other
            for facts in self.facts.values()
            for fact in facts.of(Kind.INTERACTION, Kind.ALLERGY)
            for other in fact.others
        }
        return frozenset(named - self.ingredients - self.classes.keys())

    @cached_property
    def _classes_of(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for one in self.classes.values():
            for member in one.members:
                found.setdefault(member, set()).add(one.name)
        for name, facts in self.facts.items():
            found.setdefault(name, set()).update(facts.classes)
        return {name: frozenset(classes) for name, classes in found.items()}
