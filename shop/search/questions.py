"""The parts of which questions to the index are made, and reading what it answers."""

from collections.abc import Iterable

import tantivy
from tantivy import Occur, Query

from shop.search.documents import ALONE, STARTED, entity_key, lead, schema
from shop.search.names import expansions, taken_for, written_out
from shop.substances.query_text import Amount, StrengthQuery, imprint_query, package_query

CODE, CODE_START, WHOLE, PREFIX, MENTIONED = 5.0, 4.0, 3.0, 2.0, 1.0
SAID, SAID_ALONE, SAID_WHOLLY = 2.0, 3.0, 5.0
"""Added when the name begins as typed, once more when it is no combination, and when it is what was typed.

So far apart, `place_weight` lifts none of these to the next, nor what only has the words to the first of
them: the words count 24 at most, and what begins as typed loses 1 where the last word is not at its end.
"""
IMPRINT_BEGUN = 3
"""Characters from which on the beginning of an imprint is enough, a digit among them."""
SCHEMA = schema()


def whole(field: str, word: str) -> Query:
    return Query.term_query(SCHEMA, field, word)


def beginning(field: str, start: str) -> Query:
    return Query.fuzzy_term_query(SCHEMA, field, start, 0, True, True)


def named(name: str, mark: str = "") -> Query:
    """Products whose name begins so; with `ALONE` those of one ingredient."""
    key = lead(name)
    return whole("start", mark + key) if len(key) <= STARTED else beginning("lead", mark + key)


def entity_named(kind: str, name: str) -> Query:
    """Brands, ingredients or categories whose name begins so."""
    key = entity_key(kind, name)
    short = len(key) <= len(kind) + 1 + STARTED
    return whole("start", key) if short else beginning("entity", key)


def any_of(field: str, words: Iterable[str]) -> Query:
    return Query.term_set_query(SCHEMA, field, sorted(words))


def scored(question: Query, score: float) -> Query:
    return Query.const_score_query(question, score)


def best_of(questions: list[Query]) -> Query:
    return Query.disjunction_max_query(questions)


def all_of(questions: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, question) for question in questions])


def may_begin(searcher: tantivy.Searcher, words: list[str]) -> list[bool]:
    """Which of the words count as beginnings too: the last, where one is still typing, and every word but a
    single letter that is no whole word of the catalogue.
    """
    last = len(words) - 1
    return [
        at == last or (len(word) > 1 and not searcher.doc_freq("words", word))
        for at, word in enumerate(words)
    ]


def by_words(searcher: tantivy.Searcher, words: list[str]) -> Query:
    """Products in which each word stands, or is begun, or is mentioned, or what it stands short for. A single
    letter begins a name.
    """
    if len(words) == 1 and len(words[0]) == 1:
        return best_of([scored(whole("words", words[0]), WHOLE), scored(whole("start", words[0]), PREFIX)])
    begun = may_begin(searcher, words)
    return all_of([by_word(word, may) for word, may in zip(words, begun, strict=True)])


def names_first(searcher: tantivy.Searcher, question: Query, text: str, words: list[str]) -> Query:
    """What `question` finds, and first of it the names that are what was typed, or begin with the most of it.

    Of "metformin tablets" no name has more than the first word.
    """
    said = _said(searcher, text, words)
    if len(said) < 2:
        return question
    return _first(question, scored(named(said), SAID), scored(named(said, ALONE), SAID_ALONE), _wholly(said))


def _said(searcher: tantivy.Searcher, text: str, words: list[str]) -> str:
    """The most of a query that begins a name, as typed or with short forms written out; or its first word."""
    keys = [lead(text), *_beginnings(words)]
    longer = [key for way in written_out(words) for key in _beginnings(way)]
    keys = [*longer, *keys] if taken_for(words[:1]) else [*keys, *longer]
    begun = (key for key in dict.fromkeys(keys) if searcher.terms_with_prefix("lead", key, limit=1))
    return next(begun, words[0])


def _beginnings(words: list[str]) -> list[str]:
    return ["-".join(words[:many]) for many in range(len(words), 0, -1)]


def by_strength(searcher: tantivy.Searcher, asked: StrengthQuery, text: str) -> Query:
    """Products in which each word stands and that come in each amount; first what is called so, then what
    begins with the words and is no combination, each by how far it comes in just that.
    """
    found = all_of([by_words(searcher, asked.words), *map(by_amount, asked.amounts)])
    said = _said(searcher, "-".join(asked.words), asked.words)
    return _first(found, scored(named(said, ALONE), SAID_ALONE), _wholly(lead(text)))


def _wholly(name: str) -> Query:
    return scored(whole("lead", name), SAID_WHOLLY)


def _first(question: Query, *better: Query) -> Query:
    """What a question finds, with more score for what is better; side by side, which is the quickest."""
    return Query.boolean_query([(Occur.Must, question), *((Occur.Should, one) for one in better)])


def by_amount(amount: Amount) -> Query:
    """Finds products with this strength; one that is not all of it, or is only in the words, counts less."""
    parts = [scored(whole("plain", amount.key), WHOLE), scored(whole("strength", amount.key), PREFIX)]
    if amount.written:
        parts.append(scored(any_of("words", amount.written), PREFIX))
    return best_of(parts)


def by_word(word: str, begun: bool = True) -> Query:
    """Finds a word as a whole in names, less strongly in summaries, and as what its abbreviation expands to.

    With `begun`, words that start with it are found too.
    """
    parts = [scored(whole("words", word), WHOLE), scored(whole("summary", word), MENTIONED)]
    if begun:
        parts.append(scored(beginning("words", word), PREFIX))
    for long in expansions(word):
        parts.append(all_of([scored(whole("words", one), WHOLE / len(long)) for one in long]))
    return best_of(parts)


def all_begun(searcher: tantivy.Searcher, field: str, words: list[str]) -> Query:
    """What has in `field` a word that begins with each of `words`; all but the last may be whole already."""
    *before, last = words
    right = [
        whole(field, word) if len(word) == 1 or searcher.doc_freq(field, word) else beginning(field, word)
        for word in before
    ]
    return all_of([*right, beginning(field, last)])


def by_code(codes: set[str]) -> Query:
    """Products with one of these package codes, or one that begins so."""
    begun = [scored(beginning("package", code), CODE_START) for code in codes]
    return best_of([scored(any_of("package", codes), CODE), *begun])


def by_imprint(words: list[str], shortest: int = 1) -> Query | None:
    """Products with an imprint of these words, or one that begins with them written as one: of "PD 155 20"
    people read out "PD155". It counts as all its words do; None where they are no imprint.

    To the letter: WPI 2266 is not nearly WPI 2265. Keys of letters that are shorter than `shortest` ask for
    none.
    """
    keys = {key for key in imprint_query(words) if len(key) >= shortest or key.isdecimal()}
    if not keys:
        return None
    parts = [scored(any_of("imprint", keys), WHOLE * len(words))]
    joined = "".join(words)
    if len(joined) >= IMPRINT_BEGUN and any(map(str.isdigit, joined)):
        parts.append(scored(beginning("imprint", joined), PREFIX * len(words)))
    return best_of(parts)


def as_code(text: str, words: list[str]) -> list[Query]:
    """What the query finds when it is a package code or an imprint."""
    codes = package_query(text)
    found = [by_code(codes) if codes else None, by_imprint(words)]
    return [question for question in found if question is not None]


def is_known(searcher: tantivy.Searcher, word: str, begun: bool = True) -> bool:
    """Whether `by_word` may find anything: looks into the lists of words only, deleted ones included."""
    if searcher.doc_freq("words", word) or searcher.doc_freq("summary", word):
        return True
    if any(all(searcher.doc_freq("words", one) for one in long) for long in expansions(word)):
        return True
    return begun and bool(searcher.terms_with_prefix("words", word, limit=1))


def finds(searcher: tantivy.Searcher, question: Query) -> bool:
    return bool(searcher.search(question, 1, count=False).hits)


def count(searcher: tantivy.Searcher, question: Query) -> int:
    return int(searcher.search(question, 1).count)  # type: ignore[attr-defined]  # the stub forgot it


def best(searcher: tantivy.Searcher, question: Query, limit: int) -> list[tuple[float, tantivy.DocAddress]]:
    """Score and address of the best, by score, then popularity, then name."""
    return searcher.search(question, limit, count=False, weight_by_field="weight").hits
