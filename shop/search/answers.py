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

from shop.search.names import medicine_names, near_names, written_out
from shop.search.questions import (
    SCHEMA,
    all_of,
    any_of,
    as_code,
    beginning,
    best,
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
from shop.substances.query_text import (
    StrengthQuery,
    edits_forgiven,
    parse_strength,
    query_words,
    telling_words,
)

MOST_ALTERNATIVES = 6
MOST_HITS = 2000
_MOST_SPELLINGS = 200
_CHOICES_A_WORD = {1: MOST_ALTERNATIVES, 2: 4, 3: 2, 4: 2}
"""Near words tried for each misspelled one, by how many are misspelled; of more, only the nearest."""
_MOST_TRIED = 16
_MOST_ALL_SPELLED = 4
"""Words up to which those that are right as typed are doubted too, if nothing else finds anything."""
_UNFINISHED = 4
"""Letters from which on an error is forgiven in a name that is not typed to its end, and …"""
_GUESSED = 2
"""… what such a guess counts as, in typing errors."""
_MOST_NAMED = 2
"""Words up to which names are put first, and looked for by their sound, among near spellings."""
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

    `firsts` are the products to open under each of `alternatives`. When nothing has all the words, `apart`
    are those that find something alone. `available` is False when there was no index to ask.
    """

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    spelling: Literal["exact", "near", "none"] = "none"
    alternatives: list[str] = field(default_factory=list)
    firsts: list[int | None] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    available: bool = True


@dataclass(frozen=True)
class _Offer:
    """A spelling of the whole query that finds something; `question` has its names first."""

    shown: str
    distance: int
    question: Query


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
    for question in _exact_questions(searcher, text, words):
        scores, total = _page(searcher, question, limit, offset)
        if total:
            return SearchAnswer([Hit(number, 0, True) for number, _ in scores], total, "exact")
    return _near_answer(searcher, telling_words(words), limit, offset)


def exact_question(searcher: tantivy.Searcher, text: str) -> Query | None:
    """What finds the medicines of `answer` when they are exact, codes and imprints aside; None otherwise."""
    words = query_words(text)
    questions = _exact_questions(searcher, text, words, coded=False) if words else iter(())
    return next((question for question in questions if finds(searcher, question)), None)


def _known(searcher: tantivy.Searcher, words: list[str]) -> dict[str, bool]:
    begun = zip(words, may_begin(searcher, words), strict=True)
    return {word: is_known(searcher, word, may) for word, may in begun}


def _exact_questions(
    searcher: tantivy.Searcher, text: str, words: list[str], coded: bool = True
) -> Iterator[Query]:
    """The questions to try in turn: a strength of something; package code, imprint or all words as typed;
    then without fillers.
    """
    codes = as_code(text, words) if coded else []
    known, telling = _known(searcher, words), telling_words(words)
    asked = parse_strength(text) or _short_strength(words)
    if asked and all(known.get(word) or is_known(searcher, word) for word in asked.words):
        yield best_of([by_strength(searcher, asked, text), *codes])
    named = [by_words(searcher, words)] if all(known[word] for word in words) else []
    if named or codes:
        yield names_first(searcher, best_of([*named, *codes]), text, words)
    if telling != words and all(known[word] for word in telling):
        yield names_first(searcher, by_words(searcher, telling), text, telling)


def _short_strength(words: list[str]) -> StrengthQuery | None:
    """A strength of what is written short: "asa 81"."""
    return next(filter(None, (parse_strength(" ".join(way)) for way in written_out(words))), None)


# --- Near spellings ---


def _near_answer(searcher: tantivy.Searcher, words: list[str], limit: int, offset: int) -> SearchAnswer:
    """A word that is right as typed is kept, unless that finds nothing: "chlorde" begins some other name."""
    known = _known(searcher, words)
    unknown = [word for word in words if not known[word]]
    near: dict[str, list[_Spelling]] = {}
    forgiven = 2 if len(unknown) <= _MOST_ALL_SPELLED else 1  # two errors in each of eight words is no name
    heard = len(words) <= _MOST_NAMED
    for doubted in (unknown, words if len(words) <= _MOST_ALL_SPELLED else []):
        fresh = {word: _spellings(searcher, word, forgiven, heard) for word in doubted if word not in near}
        near |= fresh
        if fresh and all(known[word] or near[word] for word in words):
            found = _near_page(searcher, words, near, limit, offset)
            if found.total:
                return found
    found = _unfinished(searcher, words, limit, offset)
    return found if found.total else SearchAnswer(apart=_apart(words, known, near))


def _near_page(
    searcher: tantivy.Searcher, words: list[str], near: dict[str, list[_Spelling]], limit: int, offset: int
) -> SearchAnswer:
    """What each offered spelling finds, its names first, one spelling after the other; then the rest."""
    begun = zip(words, may_begin(searcher, words), strict=True)
    question = all_of([_near_word(word, may, near.get(word, [])) for word, may in begun])
    offers = _offers(searcher, words, near)
    wanted = offset + limit
    hits: dict[int, Hit] = {}
    firsts: list[int | None] = []
    for offer in offers:
        scores, _ = _page(searcher, offer.question, wanted, 0)
        for number, _ in scores:
            hits.setdefault(number, Hit(number, offer.distance, False))
        firsts.append(scores[0][0] if scores else None)
    scores, total = _page(searcher, question, max(1, wanted), 0)
    for number, score in scores:
        distance = _NO_ERROR * len(words) - int(score + _ROUNDING)
        hits.setdefault(number, Hit(number, distance, distance == 0))
    page = list(islice(hits.values(), offset, wanted))
    names = [offer.shown for offer in offers]
    return SearchAnswer(page, max(total, len(hits)), "near", names, firsts) if hits else SearchAnswer()


def _unfinished(searcher: tantivy.Searcher, words: list[str], limit: int, offset: int) -> SearchAnswer:
    """Names that begin as typed but for one error in the last word: of what is not typed to its end."""
    *before, last = words
    if not edits_forgiven(last) or len(last) < _UNFINISHED:
        return SearchAnswer()
    near = Query.fuzzy_term_query(SCHEMA, "title", last, 1, True, True)
    question = all_of([*(beginning("title", word) for word in before), near])
    scores, total = _page(searcher, scored(question, 1.0), limit, offset)
    firsts: dict[str, int] = {}
    for _, address in best(searcher, scored(question, 1.0), 3 * MOST_ALTERNATIVES):
        document = searcher.doc(address)
        number = searcher.fast_field_values("product_id", [address])[0]
        firsts.setdefault(str(document["name"][0]), int(number or 0))
    names = dict(islice(firsts.items(), MOST_ALTERNATIVES))
    hits = [Hit(number, _GUESSED, False) for number, _ in scores]
    return SearchAnswer(hits, total, "near", list(names), list(names.values()))


def _spellings(searcher: tantivy.Searcher, word: str, most: int, heard: bool) -> list[_Spelling]:
    """Every word of the catalogue within the forgiven distance, nearest first, then known medicines, then the
    more popular; and names of medicines that sound so, as in other languages.
    """
    forgiven = min(edits_forgiven(word), most)
    if not forgiven:
        return []
    asked = Query.fuzzy_term_query(SCHEMA, "spelling", word, forgiven)
    found: dict[str, _Spelling] = {}
    for _, address in searcher.search(asked, _MOST_SPELLINGS, count=False).hits:
        entry = searcher.doc(address)
        spelled = str(entry["spelling"][0])
        distance = OSA.distance(word, spelled)
        if 0 < distance <= forgiven:
            found[spelled] = _Spelling(spelled, str(entry["shown"][0]), distance)
    for name, distance in near_names(word) if heard else ():
        read = found.get(name)
        if (read is None or distance < read.distance) and searcher.doc_freq("words", name):
            found[name] = _Spelling(name, read.shown if read else name, min(distance, _NO_ERROR - 1))
    medicines = medicine_names()
    return sorted(found.values(), key=lambda s: (s.distance, s.word not in medicines))


def _offers(searcher: tantivy.Searcher, words: list[str], near: dict[str, list[_Spelling]]) -> list[_Offer]:
    """Spellings of the whole query that find something: a word is kept where it is right as typed."""
    choices = _CHOICES_A_WORD.get(sum(map(bool, near.values())), 1)
    options = []
    for word in words:
        right = [_Spelling(word, word, 0)] if is_known(searcher, word, len(word) > 1) else []
        options.append(right or near.get(word, [])[:choices])
    combinations = sorted(product(*options), key=lambda chosen: sum(s.distance for s in chosen))
    offered: dict[str, _Offer] = {}
    for chosen in islice(combinations, _MOST_TRIED):
        question = all_of([by_word(s.word, s.distance == 0) for s in chosen])
        shown, spelled = " ".join(s.shown for s in chosen), [s.word for s in chosen]
        if len(offered) == MOST_ALTERNATIVES:
            break
        if shown not in offered and finds(searcher, question):
            few = len(words) <= _MOST_NAMED
            first = names_first(searcher, question, " ".join(spelled), spelled) if few else question
            offered[shown] = _Offer(shown, sum(s.distance for s in chosen), first)
    return list(offered.values())


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
