"""A search as the page shows it: medicines found to the letter, or names to choose from; no substitution.

Words that the catalogue lacks are explained (`meaning.py`), never replaced in silence; a name that begins as
typed wins. That asks the search index and the finder's columns, never the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shop.catalogue.list_rows import Card, cards
from shop.clock import today
from shop.paging import Page, within
from shop.safety.confusable_names import confusable_begun, confusable_in
from shop.search import current_index, log
from shop.search.answers import MOST_HITS, Hit, SearchAnswer
from shop.search.kinds import is_plain
from shop.search.left_out import left_out
from shop.search.names import taken_for
from shop.search.suggestions import SPELLING, Suggestion
from shop.search.synonyms import OtherName, other_name
from shop.storefront.finder.columns import View
from shop.storefront.finder.service import columns
from shop.storefront.meaning import (
    NOTHING,
    OtherWords,
    absent_begun,
    lists_within,
    medicines_of,
    near_words,
    other_words,
    part_apart,
    part_of,
    words_begun,
)
from shop.storefront.narrowing import Narrowing
from shop.storefront.rules import differing
from shop.substances.query_text import ASKING, package_query, query_words
from shop.web import settings

FAR = 9
"""Typing errors to a name in the catalogue where none is near."""
_BEGUN_LETTERS = 5
"""Letters from which on the beginning of a name we know is no misspelling of another."""
_SURE = 1
"""Typing errors up to which a name is meant rather than a kind among the words."""

# --- The answer as the page shows it ----------------------------------------------------------------------

MOST_LETTERS = 100
MOST_CONSIDERED = 480
"""Medicines of a search that can be narrowed and sorted: twenty pages."""
PER_PAGE = 24


@dataclass(frozen=True)
class NameChoice:
    """A name near to what was typed. `parts` are its beginning, the letters that tell it apart, its end.

    `medicine` is the product to open under that name, None when there is none.
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
    `instead` is what to say of words that are no name here; its `name` has the card `renamed`. `short` are
    short forms and what they were taken for, `brand` a brand whose generic is what was found. `beside` are
    products that have the words but are on none of the lists they were taken for. `left_out` are names of
    what was not wanted.
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
    short: tuple[tuple[str, tuple[str, ...]], ...] = ()
    brand: OtherName | None = None
    beside: frozenset[int] = frozenset()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unwanted:
    """What a query does not want, as `said`; `products` have it. `rest` is what it asks for, if anything."""

    rest: str
    said: tuple[str, ...]
    products: frozenset[int]


def unwanted(query: str) -> Unwanted | None:
    """What a query leaves out ("pain without aspirin"); None if nothing, or where a name is called so."""
    found = left_out(query)
    if found is None or (found.literal and current_index.search(query, 1).spelling == "exact"):
        return None
    answers = (current_index.search(name, MOST_HITS) for name in found.names)
    hits = (hit.product_id for answer in answers if answer.spelling == "exact" for hit in answer.hits)
    return Unwanted(found.rest, found.said, frozenset(hits))


def look_up(narrowing: Narrowing, noted: bool = True) -> Found:
    """What `narrowing.query` finds, narrowed and sorted. A search without results is logged if it may be."""
    without = unwanted(narrowing.query)
    query = without.rest if without else narrowing.query
    answer, instead = read(query)
    if without:
        answer = _without(answer, without)
    if noted and answer.available and not answer.total and not instead.carried:
        log.note(settings().instance, query, today())
    ids = [hit.product_id for hit in answer.hits]
    view = columns().view(narrowing.chosen, ids)
    number = within(narrowing.page, PER_PAGE, view.total)
    shown = view.page(narrowing.sort, number, PER_PAGE)
    alike = _lookalikes(query, answer) if number == 1 and not instead.code else {}
    firsts = [*alike.values(), *answer.firsts, instead.product_id]
    by_id = {card.product_id: card for card in cards(dict.fromkeys([*shown, *filter(None, firsts)]))}
    page = Page([by_id[one] for one in shown if one in by_id], number, PER_PAGE, view.total)
    pair = _names(query, [(name, first) for name, first in alike.items()], by_id)
    near = zip(answer.alternatives, answer.firsts, strict=True)
    choices = _names(query, [(name.lower(), first) for name, first in near], by_id)
    renamed = _renamed(instead, by_id.get(instead.product_id or 0))
    plain = answer.spelling == "exact" and not instead.code
    short = _short(query, page.rows) if plain else ()
    brand = _brand_of(query, page.rows) if plain else None
    listed = set(medicines_of(instead.lists)) if instead.code == "lists" else None
    beside = frozenset() if listed is None else frozenset(set(shown) - listed)
    return Found(
        answer.spelling,
        choices,
        page,
        view,
        answer.total,
        pair,
        answer.apart,
        instead,
        renamed,
        short,
        brand,
        beside,
        without.said if without else (),
    )


def _without(answer: SearchAnswer, without: Unwanted) -> SearchAnswer:
    hits = [hit for hit in answer.hits if hit.product_id not in without.products]
    firsts = [None if one in without.products else one for one in answer.firsts]
    return replace(answer, hits=hits, total=len(hits), firsts=firsts)


def read(query: str) -> tuple[SearchAnswer, OtherWords]:
    """What a query finds, and what to say of its words: results and suggestions both follow this.

    A near spelling in the catalogue is left out where another name is meant that comes nearer.
    """
    instead = other_words(query)
    answer = current_index.search(query, MOST_CONSIDERED)
    exact = answer.spelling == "exact"
    if not (instead.code or exact) and is_plain(query):
        return replace(SearchAnswer(), available=answer.available), NOTHING
    if not instead.code and answer.available and not exact:
        begun = words_begun(query) if len(query) >= _BEGUN_LETTERS else NOTHING
        instead = absent_begun(query) or begun
        if not answer.hits or not ASKING.isdisjoint(query_words(query)):
            instead = instead or part_of(query)
        distance = answer.hits[0].distance if answer.hits else FAR
        instead = instead or (lists_within(query) if distance > _SURE else NOTHING)
        instead = instead or (part_apart(answer.apart) if answer.apart else NOTHING)
        instead = instead or near_words(query, distance)
        if not (instead or answer.hits or answer.apart) and package_query(query):
            instead = OtherWords(absent=f"a package with the code {query}")
    if not instead.code:
        return answer, instead
    if instead.code == "lists":
        return _of_lists(answer, instead), instead
    if instead.of_kind and exact:
        return answer, instead
    if instead.part:
        return replace(current_index.search(instead.part, MOST_CONSIDERED), apart=answer.apart), instead
    if instead.name and instead.carried:
        return replace(
            current_index.search(instead.name.query, MOST_CONSIDERED), alternatives=[], firsts=[]
        ), instead
    return SearchAnswer(), instead


def while_typing(text: str, offered: Sequence[Suggestion]) -> OtherWords:
    """What to say of words that may not be typed to their end, beside what suggestions have for them."""
    instead = other_words(text)
    if instead.code or any(one.kind != SPELLING for one in offered):
        return instead
    begun = words_begun(text)
    return begun if begun.code else read(text)[1]


def _of_lists(answer: SearchAnswer, instead: OtherWords) -> SearchAnswer:
    """The medicines on the lists, then those that have the words themselves."""
    found = {number: Hit(number, 0, True) for number in medicines_of(instead.lists)}
    literal = answer.hits if answer.spelling == "exact" else []
    hits = list((found | {hit.product_id: hit for hit in literal if hit.product_id not in found}).values())
    hits = hits[:MOST_CONSIDERED]
    return SearchAnswer(hits, len(hits), "exact") if hits else SearchAnswer()


def _short(query: str, rows: Sequence[Card]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Short forms in the query that the names found write out, each with what it was taken for."""
    named = {word for row in rows for word in query_words(f"{row.name} {row.brand or ''}")}
    return tuple((short, long) for short, long in taken_for(query_words(query)) if short not in named)


def _brand_of(query: str, rows: Sequence[Card]) -> OtherName | None:
    """The brand that was typed, when what stands first is not called so."""
    name = other_name(query)
    if name is None or not name.is_brand or not rows:
        return None
    called = query_words(rows[0].name)[: len(query_words(name.said))] == query_words(name.said)
    return None if called else name


def _renamed(instead: OtherWords, first: Card | None) -> NameChoice | None:
    """The other name, with the first medicine under it unless that is a mixture of it."""
    if instead.name is None or not instead.carried:
        return None
    name = instead.name.other
    return NameChoice(name, (name, "", ""), first)


def _lookalikes(query: str, answer: SearchAnswer) -> dict[str, int | None]:
    """The name that was typed and those it has been confused with, each with the first product it finds."""
    if answer.spelling != "exact":
        return {}
    firsts: dict[str, int | None] = {}
    for name in confusable_in(query) or _begun(query, answer.total):
        other = answer if not firsts else current_index.search(name, 1)  # the first is what was typed
        firsts[name.lower()] = other.hits[0].product_id if other.spelling == "exact" else None
    return firsts


def _begun(query: str, total: int) -> tuple[str, ...]:
    """The same for the beginning of a name, if with the whole of it no less is found: then all is of it."""
    word, names = confusable_begun(query) or ("", ())
    for name in names:
        in_full = " ".join(name if one == word else one for one in query_words(query))
        found = current_index.search(in_full, 1)
        if found.spelling == "exact" and found.total >= total:
            return confusable_in(name)
    return ()


def _names(query: str, names: Sequence[tuple[str, int | None]], by_id: dict[int, Card]) -> list[NameChoice]:
    """Each name with what tells it apart from the others, and the medicine to open under it."""
    every = [name for name, _ in names]
    return [NameChoice(name, _told_apart(name, every, query), by_id.get(first or 0)) for name, first in names]


def _told_apart(name: str, names: list[str], query: str) -> tuple[str, str, str]:
    """Among several names, what tells them apart from each other; of a single one, from what was typed."""
    return differing(name, [n for n in names if n != name] or [query])
