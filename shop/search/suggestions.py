"""What to offer while somebody types: medicines, and brands, ingredients and categories that group them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import tantivy
from tantivy import Query

from shop.search.answers import answer, exact_question
from shop.search.documents import BRAND, CATEGORY, INGREDIENT, entity_key
from shop.search.questions import (
    PREFIX,
    SCHEMA,
    WHOLE,
    all_begun,
    best,
    best_of,
    by_code,
    by_imprint,
    count,
    entity_named,
    finds,
    named,
    scored,
    whole,
)
from shop.substances.query_text import (
    QUERY_CAP,
    package_query,
    query_words,
    telling_words,
)

MEDICINE, PACKAGE, IMPRINT, SPELLING = "medicine", "package", "imprint", "spelling"
_MOST_MEDICINES = 6
_MOST_OTHERS = 3
_MOST_WORDS_SPELLED = 2
_STORED = ("name", "forms", "slug", "strengths", "unit")
_FORM_LETTERS = 3
"""Letters from which on a word may be a form: every second medicine has a word that begins with "ta"."""


@dataclass(frozen=True)
class Suggestion:
    """One thing to offer. `kind` says which; `slug` is that of a product or a category, otherwise empty.

    `forms` is a medicine's form in the plural; `count` how many medicines a brand, an ingredient or a
    category has. SPELLING is the medicine to open for a near name, `near`. `product_id` and `strengths` ("10,
    20 mg"), `unit` (what its price is for) and `prescription` are a medicine's.
    """

    kind: str
    name: str
    slug: str = ""
    forms: str = ""
    count: int = 0
    product_id: int = 0
    strengths: str = ""
    unit: str = ""
    prescription: bool = False
    near: str = ""


def suggestions(searcher: tantivy.Searcher, text: str) -> list[Suggestion]:
    """What begins as typed, by kind; if nothing does, medicines or names that come close."""
    words = telling_words(query_words(text))
    if not words:
        return []
    question = _medicines(searcher, text, words)
    medicines = _products(searcher, MEDICINE, question, _MOST_MEDICINES) if question else []
    imprints = _by_imprint(searcher, query_words(text))
    found = _by_code(searcher, text)
    found += [*imprints, *medicines] if any(map(str.isdigit, text)) else [*medicines, *imprints]
    for kind in (BRAND, INGREDIENT, CATEGORY):
        found += islice(_entities(searcher, kind, text, words), _MOST_OTHERS)
    return found or list(_near(searcher, text, words))


def _by_code(searcher: tantivy.Searcher, text: str) -> list[Suggestion]:
    codes = package_query(text)
    return _products(searcher, PACKAGE, by_code(codes), _MOST_OTHERS) if codes else []


def _by_imprint(searcher: tantivy.Searcher, words: list[str]) -> list[Suggestion]:
    question = by_imprint(words, shortest=_FORM_LETTERS)
    return _products(searcher, IMPRINT, question, _MOST_OTHERS) if question else []


def _medicines(searcher: tantivy.Searcher, text: str, words: list[str]) -> Query | None:
    """What results have first; of a few letters only what begins so: every second medicine is a tablet."""
    if _letters(words) >= _FORM_LETTERS:
        return exact_question(searcher, text)
    parts = [scored(named(text[:QUERY_CAP]), WHOLE)]
    if _letters(words) > 1:
        parts.append(scored(all_begun(searcher, "title", words), PREFIX))
    return best_of(parts)


def is_named(searcher: tantivy.Searcher, text: str, to_the_letter: bool = False) -> bool:
    """Whether a name, a brand, an ingredient or what something is listed under begins so; or a code or an
    imprint is that. Mentions do not count. `to_the_letter`: only a whole name that begins so does.
    """
    words = telling_words(query_words(text))
    if not words:
        return False
    if to_the_letter:
        begun = (
            named(text[:QUERY_CAP]),
            *(entity_named(kind, text[:QUERY_CAP]) for kind in (BRAND, INGREDIENT)),
        )
        return finds(searcher, best_of(list(begun)))
    field = "words" if _letters(words) >= _FORM_LETTERS else "title"
    if finds(searcher, best_of([named(text[:QUERY_CAP]), all_begun(searcher, field, words)])):
        return True
    return bool(_by_code(searcher, text) or _by_imprint(searcher, query_words(text)))


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
    """The medicines of names that are close, each with what to open under it."""
    if len(words) > _MOST_WORDS_SPELLED:
        return
    found = answer(searcher, text, 1, 0)
    for name, first in zip(found.alternatives, found.firsts, strict=True):
        if first is not None:
            yield from islice(_of_product(searcher, first, name), 1)


def _of_product(searcher: tantivy.Searcher, number: int, near: str) -> Iterator[Suggestion]:
    for _, address in best(searcher, Query.term_query(SCHEMA, "product_id", number), 1):
        yield _suggestion(searcher, address, SPELLING, near)


def _suggestion(
    searcher: tantivy.Searcher, address: tantivy.DocAddress, kind: str, near: str = ""
) -> Suggestion:
    stored = searcher.doc(address)
    name, forms, slug, strengths, unit = (str(stored[field][0]) for field in _STORED)
    number = int(searcher.fast_field_values("product_id", [address])[0] or 0)
    needed = bool(stored["prescription"][0])
    return Suggestion(kind, name, slug, forms, 0, number, strengths, unit, needed, near)


def _products(searcher: tantivy.Searcher, kind: str, question: Query, limit: int) -> list[Suggestion]:
    """Distinct by what is shown: several products may have one name and form."""
    found: dict[tuple[str, str], Suggestion] = {}
    for _, address in best(searcher, question, 3 * limit):
        one = _suggestion(searcher, address, kind)
        found.setdefault((one.name.casefold(), one.forms), one)
        if len(found) == limit:
            break
    return list(found.values())
