"""What was typed becomes an answer: products, or near spellings to choose from.

Asks one open searcher; which index that is, and when it is replaced, is the business of `search_index.py`.
Every order is by spelling distance, then popularity, then name. Nothing is substituted silently: a near
answer says so and lists the names it could mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Literal

import tantivy
from rapidfuzz.distance import OSA
from tantivy import Occur, Query

from shop.catalogue.search_store import schema
from shop.catalogue.search_words import edits_forgiven, package_query, query_words, telling_words

MOST_ALTERNATIVES = 6
MOST_HITS = 1000
_MOST_SPELLINGS = 500
_CODE, _CODE_START, _WHOLE, _PREFIX, _MENTIONED = 5.0, 4.0, 3.0, 2.0, 1.0
_NO_ERROR = 3
"""Score of a word without typing error. Each error takes one off: a sum of scores orders by distance."""
_SCHEMA = schema()


@dataclass(frozen=True)
class Hit:
    """A product found; `distance` is the number of typing errors forgiven over all words."""

    product_id: int
    distance: int
    exact: bool


@dataclass(frozen=True)
class SearchAnswer:
    """One page of hits, their number in all, and the spellings to offer when nothing matched exactly."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    spelling: Literal["exact", "near", "none"] = "none"
    alternatives: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Suggestion:
    """A product to offer while somebody types."""

    product_id: int
    slug: str
    name: str


@dataclass(frozen=True)
class _Spelling:
    word: str
    shown: str
    distance: int


def answer(searcher: tantivy.Searcher, text: str, limit: int, offset: int) -> SearchAnswer:
    """One page for what was typed. An exact match anywhere hides the near ones."""
    words = query_words(text)
    if not words:
        return SearchAnswer()
    telling = telling_words(words)
    for question in _exact_questions(text, words, telling):
        scores, total = _page(searcher, question, limit, offset)
        if total:
            return SearchAnswer([Hit(number, 0, True) for number, _ in scores], total, "exact")
    return _near_answer(searcher, telling, limit, offset)


def suggestions(searcher: tantivy.Searcher, prefix: str, limit: int) -> list[Suggestion]:
    """Products whose words begin as typed, one a name; with a typing error in the last word if none do."""
    words = query_words(prefix)
    if not words or limit < 1:
        return []
    begun = _all_of([_exact_word(word) for word in words])
    found = _products(searcher, begun, limit)
    if not found and edits_forgiven(words[-1]):
        last = _scored(Query.fuzzy_term_query(_SCHEMA, "words", words[-1], 1, True, True), _PREFIX)
        found = _products(searcher, _all_of([*map(_exact_word, words[:-1]), last]), limit)
    return found


def _exact_questions(text: str, words: list[str], telling: list[str]) -> Iterator[Query]:
    """The questions to try in turn: all words as typed, then without fillers and strengths."""
    as_typed = _all_of([_as_typed(word) for word in words])
    codes = package_query(text)
    if codes:
        parts = [as_typed, _scored(Query.term_set_query(_SCHEMA, "package", sorted(codes)), _CODE)]
        parts += [_scored(_beginning("package", code), _CODE_START) for code in codes]
        yield Query.disjunction_max_query(parts)
    else:
        yield as_typed
    if telling != words:
        yield _all_of([_exact_word(word) for word in telling])


def _near_answer(searcher: tantivy.Searcher, words: list[str], limit: int, offset: int) -> SearchAnswer:
    spellings = [_spellings(searcher, word) for word in words]
    question = _all_of([_near_word(word, near) for word, near in zip(words, spellings, strict=True)])
    scores, total = _page(searcher, question, limit, offset)
    if not total:
        return SearchAnswer()
    distances = [(number, _NO_ERROR * len(words) - round(score)) for number, score in scores]
    hits = [Hit(number, distance, distance == 0) for number, distance in distances]
    return SearchAnswer(hits, total, "near", _alternatives(searcher, words, spellings))


def _spellings(searcher: tantivy.Searcher, word: str) -> list[_Spelling]:
    """Every word of the catalogue within the forgiven distance, nearest first, then the more popular."""
    forgiven = edits_forgiven(word)
    if not forgiven:
        return []
    asked = Query.fuzzy_term_query(_SCHEMA, "spelling", word, forgiven)
    found = []
    for _, address in searcher.search(asked, _MOST_SPELLINGS, count=False).hits:
        entry = searcher.doc(address)
        spelled = str(entry["spelling"][0])
        distance = OSA.distance(word, spelled)
        if 0 < distance <= forgiven:
            found.append(_Spelling(spelled, str(entry["shown"][0]), distance))
    return sorted(found, key=lambda s: s.distance)


def _alternatives(
    searcher: tantivy.Searcher, words: list[str], spellings: list[list[_Spelling]]
) -> list[str]:
    """Spellings of the whole query that find something: a word is kept where it is right as typed."""
    options = []
    for word, near in zip(words, spellings, strict=True):
        right = _finds(searcher, _exact_word(word))
        options.append([_Spelling(word, word, 0)] if right else near[:MOST_ALTERNATIVES])
    combinations = sorted(product(*options), key=lambda chosen: sum(s.distance for s in chosen))
    offered: dict[str, None] = {}
    for chosen in islice(combinations, MOST_ALTERNATIVES**2):
        if _finds(searcher, _all_of([_exact_word(s.word) for s in chosen])):
            offered[" ".join(s.shown for s in chosen)] = None
    return list(offered)[:MOST_ALTERNATIVES]


def _page(
    searcher: tantivy.Searcher, question: Query, limit: int, offset: int
) -> tuple[list[tuple[int, float]], int]:
    offset = max(0, min(offset, searcher.num_docs))
    found = searcher.search(question, max(1, min(limit, MOST_HITS)), offset=offset)
    hits = [(searcher.doc(address)["product_id"][0], score) for score, address in found.hits]
    return hits, found.count  # type: ignore[attr-defined]  # tantivy's stub forgot it


def _finds(searcher: tantivy.Searcher, question: Query) -> bool:
    return bool(searcher.search(question, 1, count=False).hits)


def _products(searcher: tantivy.Searcher, question: Query, limit: int) -> list[Suggestion]:
    """Distinct names: many makers sell one medicine, so look past the first of them."""
    by_name: dict[str, Suggestion] = {}
    for _, address in searcher.search(question, min(limit, MOST_HITS) * 10, count=False).hits:
        stored = searcher.doc(address)
        name = str(stored["name"][0])
        by_name.setdefault(name.casefold(), Suggestion(stored["product_id"][0], str(stored["slug"][0]), name))
        if len(by_name) == limit:
            break
    return list(by_name.values())


def _exact_word(word: str) -> Query:
    parts = [
        _scored(Query.term_query(_SCHEMA, "words", word), _WHOLE),
        _scored(_beginning("words", word), _PREFIX),
        _scored(Query.term_query(_SCHEMA, "summary", word), _MENTIONED),
    ]
    return Query.disjunction_max_query(parts)


def _as_typed(word: str) -> Query:
    """An imprint counts only in a query taken to the letter: WPI 2266 is not nearly WPI 2265."""
    imprint = _scored(Query.term_query(_SCHEMA, "imprint", word), _WHOLE)
    return Query.disjunction_max_query([_exact_word(word), imprint])


def _near_word(word: str, spellings: list[_Spelling]) -> Query:
    parts = [_scored(_exact_word(word), float(_NO_ERROR))]
    for distance in sorted({s.distance for s in spellings}):
        terms = [s.word for s in spellings if s.distance == distance]
        parts.append(_scored(Query.term_set_query(_SCHEMA, "words", terms), float(_NO_ERROR - distance)))
    return Query.disjunction_max_query(parts)


def _beginning(field_name: str, start: str) -> Query:
    return Query.fuzzy_term_query(_SCHEMA, field_name, start, 0, True, True)


def _scored(question: Query, score: float) -> Query:
    return Query.const_score_query(question, score)


def _all_of(questions: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, question) for question in questions])
