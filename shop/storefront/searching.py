"""A search as the page shows it: medicines found to the letter, or names to choose from; no substitution."""

from dataclasses import dataclass

from shop.catalogue import search
from shop.catalogue.lists import PER_PAGE, ListedMedicine, medicines
from shop.paging import Page
from shop.storefront.rules import differing

MOST_LETTERS = 100


@dataclass(frozen=True)
class NameChoice:
    """A name near to what was typed. `parts` are its beginning, the letters that tell it apart, its end.

    `medicine` is the first product of that name, None when the word is a condition or an ingredient.
    """

    name: str
    parts: tuple[str, str, str]
    medicine: ListedMedicine | None


@dataclass(frozen=True)
class Found:
    """The answer. `spelling` is "exact", "near" (then `choices` has the names) or "none"."""

    spelling: str
    choices: list[NameChoice]
    page: Page[ListedMedicine]


def look_up(query: str, number: int) -> Found:
    """Page `number` (from 1) of what `query` finds."""
    answer = search.search(query, PER_PAGE, (number - 1) * PER_PAGE)
    entries = medicines(hit.product_id for hit in answer.hits)
    page = Page(entries, number, PER_PAGE, answer.total)
    return Found(answer.spelling, _choices(query, answer.alternatives, entries), page)


def _choices(query: str, names: list[str], entries: list[ListedMedicine]) -> list[NameChoice]:
    """Among several names, what tells them apart from each other; of a single one, from what was typed."""
    by_name = {entry.name.casefold(): entry for entry in reversed(entries)}
    shown = [name.lower() for name in names]
    return [
        NameChoice(name, differing(name, [n for n in shown if n != name] or [query]), by_name.get(name))
        for name in shown
    ]
