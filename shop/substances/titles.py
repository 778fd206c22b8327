"""What a product is called, so that nothing that differs looks the same, and its address. Pure.

A brand says its ingredients behind it ("Allergy Relief (loratadine)": six substances stand under that brand),
an extended release says which it is. Where two pages of one form would still read alike, what tells them
apart is added step by step: the release, every ingredient, over the counter, and last a few digits of the
identity.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shop.substances.identity import said
from shop.substances.names import readable

NAME_LENGTH = 200
NAMED_IN_FULL = 4
MARK = 6
LAST_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Naming:
    """What a title is made of. `identity` is unique; `brand` is None on a generic's page."""

    identity: str
    brand: str | None
    ingredients: tuple[str, ...]
    form_plural: str
    release: str = ""
    over_the_counter: bool = False

    @property
    def slug(self) -> str:
        """The address of its page, before others have taken it."""
        which = "" if self.brand else said(self.release, self.ingredients)
        return slug_of(f"{self.brand or generic_name(self.ingredients)} {which} {self.form_plural}")


def generic_name(ingredients: Sequence[str], most: int = NAMED_IN_FULL) -> str:
    """ "Sulfamethoxazole and trimethoprim"; more than `most`: "Avobenzone, homosalate and 3 more"."""
    text = _listed(ingredients, most) or "ingredients not stated"
    return _cut(text[:1].upper() + text[1:])


def title(product: Naming, level: int = 0) -> str:
    """The name of one product, at most 200 characters; a higher `level` says more."""
    most = NAMED_IN_FULL if level < 2 else len(product.ingredients) + 1
    name = product.brand or generic_name(product.ingredients, most)
    qualifiers = [_listed(product.ingredients, most)] if product.brand and product.ingredients else []
    if not product.brand or level >= 1:
        qualifiers.append(said(product.release, product.ingredients))
    if level >= 3 and product.over_the_counter:
        qualifiers.append("over the counter")
    end = f"; {product.identity[:MARK]}" if level >= LAST_LEVEL else ""
    inside = "; ".join(text for text in qualifiers if text and text.casefold() != name.casefold())
    inside = _cut(inside, max(20, NAME_LENGTH - len(name) - len(end) - len(" ()"))) + end
    inside = inside.removeprefix("; ")
    return _cut(f"{_cut(name, NAME_LENGTH - 40)} ({inside})") if inside else _cut(name)


def bare(name: str) -> str:
    """A title without what follows it in parentheses: "Wellbutrin XL" of "Wellbutrin XL (bupropion)"."""
    return name.partition(" (")[0]


def titles(products: Iterable[Naming]) -> dict[str, str]:
    """By identity, a name that no other product of the same form has."""
    found: dict[str, str] = {}
    undecided = {product.identity: product for product in products}
    taken: set[tuple[str, str]] = set()
    for level in range(LAST_LEVEL + 1):
        groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for product in undecided.values():
            groups[_compared(title(product, level), product.form_plural)].append(product.identity)
        for compared, identities in groups.items():
            if (len(identities) == 1 or level == LAST_LEVEL) and compared not in taken:
                taken.add(compared)
                for identity in identities:
                    found[identity] = title(undecided.pop(identity), level)
    return found | {identity: title(product, LAST_LEVEL) for identity, product in undecided.items()}


def _compared(name: str, form_plural: str) -> tuple[str, str]:
    return "".join(filter(str.isalnum, name.casefold())), form_plural.casefold()


def _listed(ingredients: Sequence[str], most: int) -> str:
    names = [readable(name) for name in ingredients]
    if len(names) > most:
        names = [*names[:2], f"{len(names) - 2} more"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _cut(text: str, length: int = NAME_LENGTH) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip(" ,;") + "…"


# --- What the address of a medicine, an ingredient or a category is made of -------------------------------


SLUG_LENGTH = 160
_WORD = re.compile(r"[a-z0-9]+")


def slug_of(text: str, length: int = SLUG_LENGTH) -> str:
    """Lower-case ASCII words joined by hyphens, cut at a word."""
    found = _WORD.findall(text.lower())
    while len(found) > 1 and len("-".join(found)) > length:
        found.pop()
    return "-".join(found)[:length] or "medicine"
