"""What the index holds: its fields, and how a product becomes the documents by which it is found.

Three kinds of document share the fields: products, entities (a brand, an ingredient, a category, one each),
and the vocabulary, a document a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import tantivy

from shop.catalogue.rules import strengths_in_words
from shop.substances.query_text import fold, imprint_keys, indexed_words, package_keys, strength_keys

BRAND, INGREDIENT, CATEGORY = "brand", "ingredient", "category"
_PLACE_SHARE = 0.04
_PLACES = 200_000
_ROOM_ABOVE = 1_000
_MOST_POPULAR = 2**22
_LETTERS_IN_ORDER = 5
STARTED = 4
"""Letters of a beginning that are found by `start`; longer ones by `lead` and `entity`."""
ALONE = "="
"""Stands before the name, once more, of what has one ingredient."""


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One product as the search knows it.

    `popularity` is any number of which more comes first; `ndcs` are package codes in any format; `categories`
    are pairs of slug and name; `strengths` are as the label states them. `stamp` is any number that differs
    when the product has changed. `unit` is what a price is for, `prescription` whether one is needed.
    """

    product_id: int
    slug: str
    name: str
    form: str = ""
    ingredients: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    summary: str = ""
    popularity: int = 0
    ndcs: tuple[str, ...] = ()
    imprints: tuple[str, ...] = ()
    form_plural: str = ""
    stamp: int = 0
    strengths: tuple[str, ...] = ()
    unit: str = ""
    prescription: bool = False

    def entities(self) -> Iterator[tuple[str, str, str]]:
        """Kind, slug ("" but for a category) and name of everything this product is listed under."""
        yield from ((BRAND, "", name) for name in self.brands)
        yield from ((INGREDIENT, "", name) for name in self.ingredients)
        yield from ((CATEGORY, slug, name) for slug, name in self.categories)


def schema() -> tantivy.Schema:
    """Products by `words`, `summary`, `imprint`, `package`; entities by `brand`, `ingredient`, `category`.

    `strength` has every amount of every strength, `plain` those that are a whole strength of a generic of one
    ingredient, which is what most who type a number mean.
    `title` are the words to suggest by (no forms: every second product is a tablet), `lead` the whole name,
    `start` its first letters, up to four, which would be slow to gather from thousands of names. Both have
    the name of what is no combination twice, once behind `ALONE`.
    The vocabulary by `spelling` is what makes spelling complete: a fuzzy query over products, cut at the best
    few hundred, would hide a look-alike name behind the many products of the nearer one.
    """
    fields = tantivy.SchemaBuilder()
    for name in (
        "words",
        "title",
        "summary",
        "imprint",
        "package",
        "strength",
        "plain",
        "of",
        "start",
        BRAND,
        INGREDIENT,
        CATEGORY,
    ):
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("lead", "entity"):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("slug", "name", "forms", "strengths", "unit", "spelling", "shown"):
        fields.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_integer_field("product_id", indexed=True, fast=True)
    fields.add_boolean_field("prescription", stored=True)
    fields.add_integer_field("stamp", fast=True)
    fields.add_integer_field("rank", fast=True)
    fields.add_float_field("weight", fast=True)
    return fields.build()


def in_order(document: SearchDocument) -> tuple[int, str, int]:
    """The sort key of products: the more popular first, then by name."""
    return -document.popularity, document.name.casefold(), document.product_id


def place_weight(place: int) -> float:
    """The `weight` of the product at `place` (from 0) of the order; it breaks ties between equal scores.

    tantivy multiplies a score by log2(2 + weight). That factor is made to lie between 1 and 1.04, so that
    it never lifts a score (at most 24 for words) to the next whole number; 200,000 places are as fine as a
    32-bit score can tell apart, and those behind keep the order in which they were written. Above the first
    there is room for products that become more popular than all.
    """
    share = _PLACE_SHARE * max(0.0, 1 - (place + _ROOM_ABOVE) / (_PLACES + _ROOM_ABOVE))
    return float(2 ** (1 + share) - 2)


def rank(document: SearchDocument) -> int:
    """A number that orders products as `in_order` does (by the first letters of a name), more for earlier.

    For finding the neighbors of a product that is added later.
    """
    popularity = max(0, min(document.popularity + _MOST_POPULAR, 2 * _MOST_POPULAR - 1))
    letters = document.name.casefold()[:_LETTERS_IN_ORDER].ljust(_LETTERS_IN_ORDER, "\0")
    name = int.from_bytes(bytes(min(ord(letter), 255) for letter in letters), "big")
    span = 1 << (8 * _LETTERS_IN_ORDER)
    return popularity * span + span - 1 - name


def product_document(document: SearchDocument, spelled: dict[str, str], weight: float) -> tantivy.Document:
    """The document of a product; `spelled` are the words of `spelled_words`."""
    packages = {key for ndc in document.ndcs for key in package_keys(ndc)}
    imprints = {key for imprint in document.imprints for key in imprint_keys(imprint)}
    titled = {word for text in _title_texts(document) for word in indexed_words(text)}
    leads = [lead(document.name), *([ALONE + lead(document.name)] if len(document.ingredients) < 2 else [])]
    return tantivy.Document(
        product_id=document.product_id,
        stamp=document.stamp,
        rank=rank(document),
        weight=weight,
        slug=document.slug,
        name=document.name,
        forms=_shown(document),
        unit=document.unit,
        prescription=document.prescription,
        strengths=strengths_in_words(document.strengths) if document.strengths else "",
        words=" ".join(spelled),
        title=" ".join(titled),
        lead=leads,
        start=" ".join(map(_starts, leads)),
        summary=" ".join(indexed_words(document.summary)),
        imprint=" ".join(imprints),
        package=" ".join(packages),
        **_strengths(document),
        of=" ".join(entity_key(kind, name) for kind, _, name in document.entities()),
    )


def _shown(document: SearchDocument) -> str:
    """The form as a suggestion shows it; a brand says its strengths too, as its name says nothing of them."""
    forms = document.form_plural or document.form
    if not document.brands or not document.strengths:
        return forms
    return f"{forms}, {strengths_in_words(document.strengths)}"


def _strengths(document: SearchDocument) -> dict[str, str]:
    stated = [strength_keys(strength) for strength in document.strengths]
    generic = not document.brands and len(document.ingredients) < 2
    plain = {key for keys, whole in stated if whole and generic for key in keys}
    return {"strength": " ".join({key for keys, _ in stated for key in keys}), "plain": " ".join(plain)}


def entity_document(kind: str, slug: str, name: str, weight: float) -> tantivy.Document:
    """The document of a brand, an ingredient or a category; as popular as the first product under it."""
    return tantivy.Document(
        entity=entity_key(kind, name),
        start=_starts(entity_key(kind, name), len(kind) + 1),
        slug=slug,
        name=name,
        weight=weight,
        **{kind: " ".join(indexed_words(name))},
    )


def word_document(word: str, shown: str) -> tantivy.Document:
    """The document of one word of the vocabulary, with the way it was written."""
    return tantivy.Document(spelling=word, shown=shown)


@lru_cache(maxsize=50_000)
def entity_key(kind: str, name: str) -> str:
    """One word that represents a brand, an ingredient or a category."""
    return f"{kind}:{lead(name)}"


def lead(name: str) -> str:
    """A name as its beginning is typed, in one word."""
    return "-".join(fold(name).split())


def _starts(key: str, after: int = 0) -> str:
    after += len(ALONE) if key.startswith(ALONE) else 0
    return " ".join(dict.fromkeys(key[: after + letters] for letters in range(1, STARTED + 1)))


def spelled_words(document: SearchDocument) -> dict[str, str]:
    """The words whose spelling is forgiven: name, ingredients, brands, categories, form in both numbers."""
    forms = (document.form, document.form_plural or document.form + "s") if document.form else ()
    texts = (*forms, *(name for _, name in document.categories), *_title_texts(document))
    return {word: shown for text in texts for word, shown in indexed_words(text).items()}


def _title_texts(document: SearchDocument) -> tuple[str, ...]:
    return (*document.brands, *document.ingredients, document.name)
