"""What to offer while somebody types: medicines, and brands, ingredients and categories that group them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import tantivy
from tantivy import Query

from shop.search.answers import answer
from shop.search.documents import BRAND, CATEGORY, INGREDIENT, entity_key
from shop.search.questions import (
    MENTIONED,
    PREFIX,
    SCHEMA,
    WHOLE,
    all_begun,
    all_of,
    any_of,
    beginning,
    best,
    best_of,
    by_amount,
    by_code,
    count,
    entity_named,
    named,
    scored,
    whole,
)
from shop.substances.query_text import (
    QUERY_CAP,
    edits_forgiven,
    imprint_query,
    package_query,
    parse_strength,
    query_words,
    telling_words,
)

MEDICINE, PACKAGE, IMPRINT, SPELLING = "medicine", "package", "imprint", "spelling"
_MOST_MEDICINES = 6
_MOST_OTHERS = 3
_MOST_WORDS_SPELLED = 2
_WITH_STRENGTH = 4.0
_FORM_LETTERS = 3
"""Letters from which on a word may be a form: every second medicine has a word that begins with "ta"."""


@dataclass(frozen=True)
class Suggestion:
    """One thing to offer. `kind` says which; `slug` is that of a product or a category, otherwise empty.

    `forms` is a medicine's form in the plural; `count` how many medicines a brand, an ingredient or a
    category has. SPELLING is a near name, to be looked up.
    """

    kind: str
    name: str
    slug: str = ""
    forms: str = ""
    count: int = 0


def suggestions(searcher: tantivy.Searcher, text: str) -> list[Suggestion]:
    """What begins as typed, by kind; if nothing does, medicines or names that come close."""
    words = telling_words(query_words(text))
    if not words:
        return []
    found = [*_by_code(searcher, text), *_by_imprint(searcher, query_words(text))]
    found += _products(searcher, MEDICINE, _begun(searcher, text, words), _MOST_MEDICINES)
    for kind in (BRAND, INGREDIENT, CATEGORY):
        found += islice(_entities(searcher, kind, text, words), _MOST_OTHERS)
    return found or list(_near(searcher, text, words))


def _by_code(searcher: tantivy.Searcher, text: str) -> list[Suggestion]:
    codes = package_query(text)
    return _products(searcher, PACKAGE, by_code(codes), _MOST_OTHERS) if codes else []


def _by_imprint(searcher: tantivy.Searcher, words: list[str]) -> list[Suggestion]:
    keys = {key for key in imprint_query(words) if len(key) >= _FORM_LETTERS or key.isdecimal()}
    if not keys:
        return []
    parts = [scored(any_of("imprint", keys), WHOLE)]
    joined = "".join(words)
    if len(joined) >= _FORM_LETTERS and any(letter.isdigit() for letter in joined):
        parts.append(scored(beginning("imprint", joined), PREFIX))
    return _products(searcher, IMPRINT, best_of(parts), _MOST_OTHERS)


def _begun(searcher: tantivy.Searcher, text: str, words: list[str]) -> Query:
    """The name begins so; or words of name, brand and ingredients do; or others too. One letter: the name.

    What comes in a strength that was typed stands before what does not.
    """
    parts = [scored(named(text[:QUERY_CAP]), WHOLE)]
    if _letters(words) > 1:
        parts.append(scored(all_begun(searcher, "title", words), PREFIX))
    if asked := parse_strength(text):
        strengths = [scored(by_amount(one), 0.0) for one in asked.amounts]
        parts.append(all_of([scored(all_begun(searcher, "title", asked.words), _WITH_STRENGTH), *strengths]))
    if _letters(words) >= _FORM_LETTERS:
        parts.append(scored(all_begun(searcher, "words", words), MENTIONED))
    return best_of(parts)


def _letters(words: list[str]) -> int:
    return max(map(len, words))


def _entities(searcher: tantivy.Searcher, kind: str, text: str, words: list[str]) -> Iterator[Suggestion]:
    """Brands, ingredients or categories under which something is listed."""
    parts = [scored(entity_named(kind, text[:QUERY_CAP]), WHOLE)]
    if _letters(words) > 1:
        parts.append(scored(all_begun(searcher, kind, words), PREFIX))
    for _, address in best(searcher, best_of(parts), 2 * _MOST_OTHERS):
        stored = searcher.doc(address)
        name = str(stored["name"][0])
        if listed := count(searcher, whole("of", entity_key(kind, name))):
            yield Suggestion(kind, name, str(stored["slug"][0]), count=listed)


def _near(searcher: tantivy.Searcher, text: str, words: list[str]) -> Iterator[Suggestion]:
    """One typing error in the beginning of the last word; otherwise whole names that are close."""
    if edits_forgiven(words[-1]):
        last = Query.fuzzy_term_query(SCHEMA, "title", words[-1], 1, True, True)
        begun = all_of([*(beginning("title", word) for word in words[:-1]), last])
        if found := _products(searcher, MEDICINE, scored(begun, PREFIX), _MOST_MEDICINES):
            names = dict.fromkeys(one.name for one in found)
            yield from (Suggestion(SPELLING, name) for name in names)
            return
    if len(words) > _MOST_WORDS_SPELLED:
        return
    for name in answer(searcher, text, 1, 0).alternatives:
        yield Suggestion(SPELLING, name)


def _products(searcher: tantivy.Searcher, kind: str, question: Query, limit: int) -> list[Suggestion]:
    """Distinct by what is shown: several products may have one name and form."""
    found: dict[tuple[str, str], Suggestion] = {}
    for _, address in best(searcher, question, 3 * limit):
        stored = searcher.doc(address)
        name, forms, slug = (str(stored[field][0]) for field in ("name", "forms", "slug"))
        found.setdefault((name.casefold(), forms), Suggestion(kind, name, slug, forms))
        if len(found) == limit:
            break
    return list(found.values())
