"""The facts that reviews ask: the files, with the changes of pharmacists that are in force.

The changes are read in one question, and the book they make is kept by their ids: what a change asked is
never edited, so the same ids are the same book in every process.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select

from shop.database import db
from shop.drug_review.change_models import ChangeStatus, FactChange
from shop.drug_review.fact_rules import Change, applied
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, IngredientFacts


def book() -> Book:
    """Everything on record as it counts now; one question. Raises SafetyDataRefused."""
    return book_with(reading.book(), tuple(in_force()))


def in_force() -> list[Change]:
    """The changes that count, in the order they were made; one question."""
    columns = (
        FactChange.id,
        FactChange.fact,
        FactChange.weight,
        FactChange.figure,
        FactChange.unit,
        FactChange.rested_on,
    )
    rows = db.session.execute(
        select(*columns).where(FactChange.status == ChangeStatus.IN_FORCE).order_by(FactChange.id)
    )
    return [Change(*row) for row in rows]


@lru_cache(maxsize=4)
def book_with(files: Book, changes: tuple[Change, ...]) -> Book:
    """A book with these changes, at most one a fact. Those of facts that are gone change nothing."""
    by_key = {change.key: change for change in changes}
    changed = {
        name: found
        for name, facts in files.facts.items()
        if (found := _with(facts, by_key)).facts != facts.facts
    }
    if not changed:
        return files
    return replace(files, facts={**files.facts, **changed}, files=files)


def _with(facts: IngredientFacts, changes: Mapping[str, Change]) -> IngredientFacts:
    """The facts of an ingredient as changed; the version names the newest change among them."""
    made = tuple(_one(fact, changes.get(fact.key)) for fact in facts.facts)
    newest = max((changes[fact.key].id for fact in facts.facts if fact.key in changes), default=0)
    return replace(facts, facts=made, version=f"{facts.version}+{newest}" if newest else facts.version)


def _one(fact: Fact, change: Change | None) -> Fact:
    return applied(fact, change) if change else fact
