"""What makes two products the same page, across imports: a hash of ingredients, form and brand.

Pure; the demonstration, the administrators' pages and the import share it.
"""

import hashlib
from collections.abc import Iterable

from shop.substances.forms import form_word
from shop.substances.names import canonical_set


def identity(ingredients: Iterable[str], form: str, brand: str | None, over_the_counter: bool = False) -> str:
    """The page's identity, 40 hex digits. `brand` is None on a generic's page.

    What is sold without a prescription has a page of its own: ibuprofen 200 mg and 800 mg tablets differ in
    what the customer must bring.
    """
    parts = [_set(ingredients), form_word(form), _plain(brand or "")]
    return _hash([*parts, "otc"] if over_the_counter else parts)


def equivalence(ingredients: Iterable[str], form: str) -> str:
    """The same for all brands of one ingredient set and form, 40 hex digits."""
    return _hash([_set(ingredients), form_word(form)])


def _set(ingredients: Iterable[str]) -> str:
    return ";".join(canonical_set(ingredients))


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _hash(parts: list[str]) -> str:
    return hashlib.sha1("|".join(parts).encode(), usedforsecurity=False).hexdigest()
