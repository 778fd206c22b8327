"""What is on record of drugs, as a table: facts by kind, and which kinds each ingredient has. Pure."""

from collections import Counter
from collections.abc import Iterator

from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Kind

COLUMNS = {
    Kind.MAX_DAILY: "day",
    Kind.MAX_SINGLE: "once",
    Kind.FREQUENCY: "often",
    Kind.MIN_AGE: "age",
    Kind.MAX_AGE: "old",
    Kind.CONDITION: "cond",
    Kind.KIDNEYS: "kidn",
    Kind.PREGNANCY: "preg",
    Kind.BREASTFEEDING: "milk",
    Kind.INTERACTION: "inter",
    Kind.ALLERGY: "aller",
    Kind.DO_NOT_CRUSH: "whole",
    Kind.TAPER: "taper",
}
WIDTH = 26


def lines(book: Book) -> Iterator[str]:
    """The table, a line each: how many facts of each kind an ingredient has, "-" for none."""
    counted = Counter(fact.kind for one in book.facts.values() for fact in one.facts)
    weights = Counter(fact.weight.value for one in book.facts.values() for fact in one.facts)
    dated = sum(fact.label.effective is not None for one in book.facts.values() for fact in one.facts)
    total = sum(counted.values())
    said = ", ".join(f"{weights[weight]:,} {weight}" for weight in ("stops", "needs", "advice"))
    yield f"{total:,} facts of {len(book.facts):,} ingredients ({said}); {dated:,} state their label’s date."
    yield f"{len(book.classes):,} classes, {len(book.conditions):,} conditions."
    yield ""
    yield f"{'':<{WIDTH}}" + "".join(f"{column:>7}" for column in COLUMNS.values())
    yield f"{'all':<{WIDTH}}" + "".join(f"{counted[kind]:>7,}" for kind in COLUMNS)
    for name, facts in sorted(book.facts.items()):
        own = Counter(fact.kind for fact in facts.facts)
        yield f"{name[: WIDTH - 1]:<{WIDTH}}" + "".join(f"{own[kind] or '-':>7}" for kind in COLUMNS)
    yield ""
    yield "Named by interactions and allergies, and neither a class nor an ingredient on record (any slips?):"
    yield f"  {', '.join(sorted(book.strangers)) or 'none'}"
