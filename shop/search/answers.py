"""What was typed becomes an answer: products, or near spellings to choose from.

Asks one open searcher; which index that is, and when it is replaced, is the business of `current_index`.
Every order is by spelling distance, then popularity, then name; of what is found to the letter, names that
begin as typed come first. Nothing is substituted silently: a near answer lists the names it could mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Literal

import tantivy
from rapidfuzz.distance import OSA
from tantivy import Query

from shop.search.questions import (
    SCHEMA,
    all_of,
    any_of,
    as_code,
    best_of,
    by_strength,
    by_word,
    by_words,
    finds,
    is_known,
    may_begin,
    names_first,
    scored,
)
from shop.substances.query_text import edits_forgiven, parse_strength, query_words, telling_words

MOST_ALTERNATIVES = 6
MOST_HITS = 2000
_MOST_SPELLINGS = 200
_CHOICES_A_WORD = {1: MOST_ALTERNATIVES, 2: 4, 3: 2, 4: 2}
"""Near words tried for each misspelt one, by how many are misspelt; of more, only the nearest."""
_MOST_TRIED = 16
_MOST_ALL_SPELLED = 4
"""Words up to which those that are right as typed are doubted too, if nothing else finds anything."""
_NO_ERROR = 3
"""Score of a word without typing error. Each error takes one off: a sum of scores orders by distance."""
_ROUNDING = 0.001


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found; `distance` is the number of typing errors forgiven over all words."""

    product_id: int
    distance: int
    exact: bool


@dataclass(frozen=True)
class SearchAnswer:
    """One page of hits, their number in all, and the spellings to offer when nothing matched exactly.

    When nothing has all the words, `apart` are those that find something alone. `available` is False when
    there was no index to ask.
    """

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    spelling: Literal["exact", "near", "none"] = "none"
    alternatives: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    available: bool = True


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
    begun = zip(words, may_begin(searcher, words), strict=True)
    known = {word: is_known(searcher, word, may) for word, may in begun}
    for question in _exact_questions(searcher, text, words, telling, known):
        scores, total = _page(searcher, question, limit, offset)
        if total:
            return SearchAnswer([Hit(number, 0, True) for number, _ in scores], total, "exact")
    return _near_answer(searcher, telling, known, limit, offset)


def _exact_questions(
    searcher: tantivy.Searcher, text: str, words: list[str], telling: list[str], known: dict[str, bool]
) -> Iterator[Query]:
    """The questions to try in turn: a strength of something; package code, imprint or all words as typed;
    then without fillers.
    """
    coded = as_code(text, words)
    asked = parse_strength(text)
    if asked and all(known.get(word) for word in asked.words):
        yield best_of([by_strength(searcher, asked, text), *coded])
    named = [by_words(searcher, words)] if all(known[word] for word in words) else []
    if named or coded:
        yield names_first(searcher, best_of([*named, *coded]), text, words)
    if telling != words and all(known[word] for word in telling):
        yield names_first(searcher, by_words(searcher, telling), text, telling)


# --- Near spellings ---


def _near_answer(
    searcher: tantivy.Searcher, words: list[str], known: dict[str, bool], limit: int, offset: int
) -> SearchAnswer:
    """A word that is right as typed is kept, unless that finds nothing: "chlorde" begins some other name."""
    unknown = [word for word in words if not known[word]]
    near: dict[str, list[_Spelling]] = {}
    forgiven = 2 if len(unknown) <= _MOST_ALL_SPELLED else 1  # two errors in each of eight words is no name
    for doubted in (unknown, words if len(words) <= _MOST_ALL_SPELLED else []):
        fresh = {word: _spellings(searcher, word, forgiven) for word in doubted if word not in near}
        near |= fresh
        if fresh and all(known[word] or near[word] for word in words):
            found = _near_page(searcher, words, near, limit, offset)
            if found.total:
                return found
    return SearchAnswer(apart=_apart(words, known, near))


def _near_page(
    searcher: tantivy.Searcher, words: list[str], near: dict[str, list[_Spelling]], limit: int, offset: int
) -> SearchAnswer:
    begun = zip(words, may_begin(searcher, words), strict=True)
    question = all_of([_near_word(word, may, near.get(word, [])) for word, may in begun])
    scores, total = _page(searcher, question, limit, offset)
    if not total:
        return SearchAnswer()
    distances = [(number, _NO_ERROR * len(words) - int(score + _ROUNDING)) for number, score in scores]
    hits = [Hit(number, distance, distance == 0) for number, distance in distances]
    return SearchAnswer(hits, total, "near", _alternatives(searcher, words, near))


def _spellings(searcher: tantivy.Searcher, word: str, most: int) -> list[_Spelling]:
    """Every word of the catalogue within the forgiven distance, nearest first, then the more popular."""
    forgiven = min(edits_forgiven(word), most)
    if not forgiven:
        return []
    asked = Query.fuzzy_term_query(SCHEMA, "spelling", word, forgiven)
    found = []
    for _, address in searcher.search(asked, _MOST_SPELLINGS, count=False).hits:
        entry = searcher.doc(address)
        spelled = str(entry["spelling"][0])
        distance = OSA.distance(word, spelled)
        if 0 < distance <= forgiven:
            found.append(_Spelling(spelled, str(entry["shown"][0]), distance))
    return sorted(found, key=lambda s: s.distance)


def _alternatives(
    searcher: tantivy.Searcher, words: list[str], near: dict[str, list[_Spelling]]
) -> list[str]:
    """Spellings of the whole query that find something: a word is kept where it is right as typed."""
    choices = _CHOICES_A_WORD.get(sum(map(bool, near.values())), 1)
    options = []
    for word in words:
        right = [_Spelling(word, word, 0)] if is_known(searcher, word, len(word) > 1) else []
        options.append(right or near.get(word, [])[:choices])
    combinations = sorted(product(*options), key=lambda chosen: sum(s.distance for s in chosen))
    offered: dict[str, None] = {}
    for chosen in islice(combinations, _MOST_TRIED):
        if finds(searcher, all_of([by_word(s.word, s.distance == 0) for s in chosen])):
            offered[" ".join(s.shown for s in chosen)] = None
    return list(offered)[:MOST_ALTERNATIVES]


def _apart(words: list[str], known: dict[str, bool], near: dict[str, list[_Spelling]]) -> list[str]:
    """The words that find something by themselves, each as it should be written."""
    right = [word if known[word] else near[word][0].shown if near.get(word) else "" for word in words]
    return [word for word in dict.fromkeys(right) if len(word) > 1] if len(words) > 1 else []


def _near_word(word: str, begun: bool, spellings: list[_Spelling]) -> Query:
    parts = [scored(by_word(word, begun), float(_NO_ERROR))]
    for distance in sorted({s.distance for s in spellings}):
        terms = [s.word for s in spellings if s.distance == distance]
        parts.append(scored(any_of("words", terms), float(_NO_ERROR - distance)))
    return best_of(parts)


def _page(
    searcher: tantivy.Searcher, question: Query, limit: int, offset: int
) -> tuple[list[tuple[int, float]], int]:
    offset = max(0, min(offset, searcher.num_docs))
    limit = max(1, min(limit, MOST_HITS))
    found = searcher.search(question, limit, offset=offset, weight_by_field="weight")
    numbers = searcher.fast_field_values("product_id", [address for _, address in found.hits])
    hits = [(int(number or 0), score) for number, (score, _) in zip(numbers, found.hits, strict=True)]
    return hits, found.count  # type: ignore[attr-defined]  # tantivy's stub forgot it
