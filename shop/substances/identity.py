"""What makes two products the same page, across imports: a hash of ingredients, form and brand.

Pure; the demonstration, the administrators' pages and the import share it.
"""

import hashlib
from collections.abc import Iterable

from shop.substances.forms import form_word
from shop.substances.names import canonical_set


def identity(
    ingredients: Iterable[str],
    form: str,
    brand: str | None,
    over_the_counter: bool = False,
    *,
    release: str = "",
    by_container: bool = False,
) -> str:
    """The page's identity, 40 hex digits. `brand` is None on a generic's page, and one however it is spaced.

    What is sold without a prescription has a page of its own: ibuprofen 200 mg and 800 mg tablets differ in
    what the customer must bring. So has every extended release (`release.py`), and what is sold by the
    container, because its prices and lots count in other units.
    """
    parts = [_set(ingredients), form_word(form), "".join(_plain(brand or "").split())]
    parts += [f"release {release.lower()}"] if release else []
    parts += ["otc"] if over_the_counter else []
    return _hash([*parts, "by container"] if by_container else parts)


def former_identity(
    ingredients: Iterable[str], form: str, brand: str | None, over_the_counter: bool = False
) -> str:
    """What `identity` was before releases and spellings of a brand counted: known pages are met by it."""
    parts = [_set(ingredients), form_word(form), _plain(brand or "")]
    return _hash([*parts, "otc"] if over_the_counter else parts)


def equivalence(ingredients: Iterable[str], form: str, release: str = "") -> str:
    """The same for all brands of one ingredient set, form and release, 40 hex digits."""
    parts = [_set(ingredients), form_word(form)]
    return _hash([*parts, f"release {release.lower()}"] if release else parts)


def _set(ingredients: Iterable[str]) -> str:
    return ";".join(canonical_set(ingredients))


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _hash(parts: list[str]) -> str:
    return hashlib.sha1("|".join(parts).encode(), usedforsecurity=False).hexdigest()
