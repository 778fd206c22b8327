"""What the review has on record, and which rules cause alert fatigue: often shown, mostly overridden."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from shop import clock
from shop.catalogue.models import Ingredient, Product, product_ingredient
from shop.database import db
from shop.drug_review import outcomes
from shop.drug_review.models import ReviewAlert
from shop.drug_review.states import LIFTED_WORDS, Lifted
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Kind

PERIOD_DAYS = 90
OUTCOME_WORDS: Mapping[str, str] = {
    **outcomes.WORDS,
    **{code.value: words for code, words in LIFTED_WORDS.items()},
}


@dataclass(frozen=True)
class RuleCount:
    """One rule's alerts: cases in which it was shown, by outcome. `acted` are those after which a pharmacist
    did something, `overridden` those let pass as they were, `lifted` those that a change ended."""

    rule: str
    verdict: Verdict
    shown: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    fact: Fact | None = None

    @property
    def acted(self) -> int:
        return sum(count for code, count in self.outcomes.items() if code in outcomes.ACTED)

    @property
    def lifted(self) -> int:
        return sum(count for code, count in self.outcomes.items() if code in set(Lifted))

    @property
    def overridden(self) -> int:
        return sum(self.outcomes.values()) - self.acted - self.lifted

    @property
    def share(self) -> int:
        """Overridden of shown, in percent."""
        return round(100 * self.overridden / self.shown)


def rules_shown(at: datetime, book: Book) -> list[RuleCount]:
    """Every rule that was shown in the last 90 days, those overridden in the greatest share first. One
    question."""
    first = clock.days_back(clock.business_date(at), PERIOD_DAYS)
    rows = db.session.execute(
        select(ReviewAlert.rule, ReviewAlert.verdict, ReviewAlert.outcome, func.count())
        .where(ReviewAlert.shown_at >= clock.day_start(first))
        .group_by(ReviewAlert.rule, ReviewAlert.verdict, ReviewAlert.outcome)
    )
    shown: Counter[tuple[str, Verdict]] = Counter()
    by_outcome: dict[tuple[str, Verdict], dict[str, int]] = {}
    for rule, verdict, outcome, count in rows:
        shown[rule, verdict] += count
        if outcome:
            by_outcome.setdefault((rule, verdict), {})[outcome] = count
    facts = {fact.key: fact for one in book.facts.values() for fact in one.facts}
    found = [
        RuleCount(rule, verdict, count, by_outcome.get((rule, verdict), {}), facts.get(rule))
        for (rule, verdict), count in shown.items()
    ]
    return sorted(found, key=lambda one: (-one.share, -one.shown, one.rule))


@dataclass(frozen=True)
class Coverage:
    """What is on record of the ingredients of listed medicines: by name the facts of each kind, and those of
    which there is nothing. `facts` counts all on record, of whatever ingredient."""

    facts: Mapping[Kind, int]
    covered: Mapping[str, Mapping[Kind, int]]
    without: tuple[str, ...]


def coverage(book: Book) -> Coverage:
    """Of every ingredient of a listed medicine. One question."""
    named = db.session.scalars(
        select(Ingredient.name)
        .join(product_ingredient, product_ingredient.c.ingredient_id == Ingredient.id)
        .join(Product, Product.id == product_ingredient.c.product_id)
        .where(Product.listed_at.is_not(None))
        .distinct()
    )
    names = sorted({book.name_of(name) for name in named})
    everything = _kinds(fact for one in book.facts.values() for fact in one.facts)
    covered = {name: _kinds(book.facts[name].facts) for name in names if name in book.facts}
    return Coverage(everything, covered, tuple(name for name in names if name not in book.facts))


def _kinds(facts: Iterable[Fact]) -> dict[Kind, int]:
    counted = Counter(fact.kind for fact in facts)
    return {kind: counted[kind] for kind in Kind if counted[kind]}
