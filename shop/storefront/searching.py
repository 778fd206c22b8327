"""A search as the page shows it: medicines found to the letter, or names to choose from; no substitution.

Words that the catalogue lacks are explained, never replaced; a name that begins as typed wins. That
asks the search index and the finder's columns, never the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shop import search
from shop.catalogue.list_rows import Card, cards
from shop.clock import today
from shop.paging import Page, within
from shop.safety.confusable_names import confusable_begun, confusable_in
from shop.search import log
from shop.search.answers import SearchAnswer
from shop.search.suggestions import SPELLING
from shop.search.synonyms import (
    Kind,
    OtherName,
    controlled_begun,
    controlled_in,
    kind_in,
    names_begun,
    other_name,
)
from shop.storefront.finder.columns import Choice, Chosen, View
from shop.storefront.finder.service import columns
from shop.storefront.narrowing import MOST_IN_FULL, Narrowing
from shop.storefront.rules import differing
from shop.substances.query_text import query_words
from shop.web import settings

# --- Words the catalogue does not have: another name, lists of a class, or “not sold” ---------------------


@dataclass(frozen=True)
class OtherWords:
    """At most one of: other names of what was asked for, with the first product of the first of them; lists
    of a kind; the name of a controlled substance. `source` is where names and kinds are from."""

    names: tuple[OtherName, ...] = ()
    product_id: int | None = None
    lists: tuple[Choice, ...] = ()
    controlled: str = ""
    source: str = ""

    @property
    def lead_on(self) -> bool:
        """Whether the search has something to offer after all."""
        return bool(self.names or self.lists)

    @property
    def name(self) -> OtherName | None:
        return self.names[0] if self.names else None


def other_words(query: str) -> OtherWords:
    """What to answer when the words name nothing in the catalogue; nothing where they do.

    Mentions do not count as names: a summary may well mention morphine.
    """
    controlled, name, kind = controlled_in(query), other_name(query), kind_in(query)
    if not (controlled or name or kind) or _is_named(query):
        return OtherWords()
    if controlled:
        return OtherWords(controlled=controlled)
    if name and _is_named(name.query):
        return OtherWords((name,), _first(name.query), source=name.source)
    lists = lists_of(kind) if kind else ()
    return OtherWords(lists=lists, source=kind.source) if kind and lists else OtherWords()


def while_typing(text: str) -> OtherWords:
    """The same for what may not be typed to its end; several names may begin so."""
    said = other_words(text)
    if said != OtherWords():
        return said
    if begun := tuple(one for one in names_begun(text) if _is_named(one.other)):
        return OtherWords(begun)
    return OtherWords(controlled=controlled_begun(text) or "")


def lists_of(kind: Kind) -> tuple[Choice, ...]:
    """The lists of this kind that have something on them, in the order of the kind."""
    found = {choice.key: choice for choice in columns().view(Chosen()).choices("category", MOST_IN_FULL)[0]}
    lists = tuple(found[slug] for slug in kind.lists if slug in found)
    return lists or tuple(found[slug] for slug in kind.wider if slug in found)


def _is_named(text: str) -> bool:
    """Whether a name in the catalogue begins exactly so."""
    return any(one.kind != SPELLING for one in search.suggest(text))


def _first(name: str) -> int | None:
    return next(iter(search.matching(name, 1)), None)


# --- The answer as the page shows it ----------------------------------------------------------------------

MOST_LETTERS = 100
MOST_CONSIDERED = 480
"""Medicines of a search that can be narrowed and sorted: twenty pages."""
PER_PAGE = 24


@dataclass(frozen=True)
class NameChoice:
    """A name near to what was typed. `parts` are its beginning, the letters that tell it apart, its end.

    `medicine` is the first product of that name, None when the word is a condition or an ingredient.
    """

    name: str
    parts: tuple[str, str, str]
    medicine: Card | None


@dataclass(frozen=True)
class Found:
    """The answer. `spelling` is "exact", "near" (then `choices` has the names) or "none".

    `lookalikes` has the name that was typed and those it has been confused with; `apart` the words that find
    something alone when nothing has all of them. `total` is how many medicines match, of which the nearest
    `MOST_CONSIDERED` are in `view`, to be narrowed and sorted; `page` is of what is left of them.
    `instead` is what to say of words that are no name here; its `name` has the card `renamed`.
    """

    spelling: str
    choices: list[NameChoice]
    page: Page[Card]
    view: View
    total: int
    lookalikes: list[NameChoice] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    instead: OtherWords = field(default_factory=OtherWords)
    renamed: NameChoice | None = None


def look_up(narrowing: Narrowing, noted: bool = True) -> Found:
    """What `narrowing.query` finds, narrowed and sorted. A search without results is logged if it may be."""
    query = narrowing.query
    answer = search.search(query, MOST_CONSIDERED)
    instead = other_words(query)
    if noted and answer.available and not answer.total and not instead.lead_on:
        log.note(settings().instance, query, today())
    if instead.name or instead.controlled or (instead.lists and answer.spelling == "near"):
        answer = SearchAnswer()  # a near spelling would be another medicine than the one that is meant
    view = columns().view(narrowing.chosen, [hit.product_id for hit in answer.hits])
    number = within(narrowing.page, PER_PAGE, view.total)
    ids = view.page(narrowing.sort, number, PER_PAGE)
    alike = _lookalikes(query, answer) if number == 1 else {}
    found = cards(dict.fromkeys([*ids, *filter(None, [*alike.values(), instead.product_id])]))
    by_id = {card.product_id: card for card in found}
    page = Page([by_id[one] for one in ids if one in by_id], number, PER_PAGE, view.total)
    pair = [
        NameChoice(name, _told_apart(name, list(alike), query), by_id.get(first or 0))
        for name, first in alike.items()
    ]
    choices = _choices(query, answer.alternatives, page.rows)
    renamed = _renamed(instead, by_id.get(instead.product_id or 0))
    return Found(answer.spelling, choices, page, view, answer.total, pair, answer.apart, instead, renamed)


def _renamed(instead: OtherWords, first: Card | None) -> NameChoice | None:
    """The other name, with the first medicine under it unless that is a brand or a mixture."""
    if instead.name is None:
        return None
    name = instead.name.other
    called_so = first and first.name.casefold().startswith(name.casefold())
    return NameChoice(name, (name, "", ""), first if called_so else None)


def _lookalikes(query: str, answer: SearchAnswer) -> dict[str, int | None]:
    """The name that was typed and those it has been confused with, each with the first product it finds."""
    if answer.spelling != "exact":
        return {}
    firsts = {}
    for name in confusable_in(query) or _begun(query, answer.total):
        other = search.search(name, 1)
        firsts[name.lower()] = other.hits[0].product_id if other.spelling == "exact" else None
    return firsts


def _begun(query: str, total: int) -> tuple[str, ...]:
    """The same for the beginning of a name, if with the whole of it no less is found: then all is of it."""
    word, names = confusable_begun(query) or ("", ())
    for name in names:
        in_full = " ".join(name if one == word else one for one in query_words(query))
        found = search.search(in_full, 1)
        if found.spelling == "exact" and found.total >= total:
            return confusable_in(name)
    return ()


def _choices(query: str, names: list[str], entries: Sequence[Card]) -> list[NameChoice]:
    by_name = {entry.name.casefold(): entry for entry in reversed(entries)}
    shown = [name.lower() for name in names]
    return [NameChoice(name, _told_apart(name, shown, query), by_name.get(name)) for name in shown]


def _told_apart(name: str, names: list[str], query: str) -> tuple[str, str, str]:
    """Among several names, what tells them apart from each other; of a single one, from what was typed."""
    return differing(name, [n for n in names if n != name] or [query])
