"""Review one prescription for a patient with 30 medicines, next to a floor: `make bench-review`.

In processor time. The floor looks the same pairs of ingredients up in a plain dictionary: what a review would
cost that knew only pairs, and neither classes, doses nor words.

python -m bench.review --facts FOLDER    the same over another folder of data files
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from shop.drug_review.review import review
from shop.drug_review.taking import From, Part, Person, Taking
from shop.drug_review.usage import use_of
from shop.patients.profile import Kidneys, Profile, YesNo
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book

MEDICINES = 30
ITEMS = 3
ROUNDS = 200
DIRECTIONS = ["1 tablet daily", "1 tab bid prn pain", "2 tablets every 8 hours for 10 days", "as directed"]
PROFILE = Profile(
    ("penicillin", "sulfa drugs"),
    ("high blood pressure", "asthma", "reflux", "type 2 diabetes"),
    ("vitamin d", "fish oil"),
    YesNo.NO,
    YesNo.UNKNOWN,
    Decimal(80),
    Kidneys.REDUCED,
)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench-review", description=__doc__)
    arguments.add_argument("--facts", type=Path, help="a folder of data files instead of the store's")
    chosen = arguments.parse_args()
    began = time.process_time()
    reading.DATA = chosen.facts or reading.DATA
    book = reading.book()
    loaded = time.process_time() - began
    under_review, others, person = case(book)
    review(under_review, others, person)  # what is kept after the first time
    facts = sum(len(one.facts) for one in book.facts.values())
    alerts = len(review(under_review, others, person))
    print(f"{facts:,} facts of {len(book.facts):,} ingredients, read once in {loaded * 1000:,.0f} ms.")
    print(f"{ITEMS} items beside {MEDICINES} medicines, {alerts} alerts, {ROUNDS} rounds, processor time:")
    reviewed = measured(lambda: review(under_review, others, person))
    floor = measured(lambda: pairs(book, under_review, others))
    print(f"  review  p50 {median(reviewed):7.2f} ms   p99 {worst(reviewed):7.2f} ms")
    print(f"  floor   p50 {median(floor):7.2f} ms   p99 {worst(floor):7.2f} ms")
    print(f"  review over floor: {median(reviewed) / median(floor):,.0f} times")


def case(book: Book) -> tuple[list[Taking], list[Taking], Person]:
    """As many medicines as are wanted, those with the most facts first."""
    known = sorted(book.facts, key=lambda name: (-len(book.facts[name].facts), name))
    names = list(dict.fromkeys([*known, *sorted(book.ingredients)]))
    made = [
        Taking(
            f"active-{number}",
            name,
            From.ACTIVE,
            (Part(name, Decimal(10)),),
            directions,
            use_of(directions, "pill"),
            route="oral",
            item_id=number,
        )
        for number, (name, directions) in enumerate(zip(names, itertools.cycle(DIRECTIONS), strict=False))
    ]
    items = [
        replace(one, key=f"item-{number}", known=From.DOCUMENT) for number, one in enumerate(made[:ITEMS])
    ]
    person = Person(Decimal(67), PROFILE, date(2026, 11, 29))
    return items, made[ITEMS : ITEMS + MEDICINES], person


def pairs(book: Book, under_review: list[Taking], others: list[Taking]) -> int:
    """Pairs of ingredients of which a fact names the other, by a dictionary made before."""
    known = _pairs(book)
    return sum(
        (one.parts[0].ingredient, other.parts[0].ingredient) in known
        for one, other in itertools.product(under_review, (*under_review, *others))
    )


_KEPT: dict[int, frozenset[tuple[str, str]]] = {}


def _pairs(book: Book) -> frozenset[tuple[str, str]]:
    if id(book) not in _KEPT:
        _KEPT[id(book)] = frozenset(
            (one.ingredient, other)
            for one in book.facts.values()
            for fact in one.facts
            for other in fact.others
        )
    return _KEPT[id(book)]


def measured(asked: Callable[[], object]) -> list[float]:
    """Milliseconds of processor time of each round."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        asked()
        took.append((time.process_time_ns() - began) / 1e6)
    return took


def median(took: list[float]) -> float:
    return statistics.median(took)


def worst(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]


if __name__ == "__main__":
    main()
