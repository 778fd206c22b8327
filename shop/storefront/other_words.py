"""What the store answers to words its catalogue does not have: another name, lists of a class, or "not sold".

Only says; nothing is replaced silently, and a name that begins as typed wins. Asks the search
index and the finder's columns, never the database.
"""

from dataclasses import dataclass

from shop import search
from shop.search.suggestions import SPELLING
from shop.search.synonyms import (
    Kind,
    OtherName,
    controlled_begun,
    controlled_in,
    kind_in,
    names_begun,
    other_name,
)
from shop.storefront.finder.columns import Choice, Chosen
from shop.storefront.finder.service import columns
from shop.storefront.margin import MOST_IN_FULL


@dataclass(frozen=True)
class OtherWords:
    """At most one of: other names of what was asked for, with the first product of the first of them; lists
    of a kind; the name of a controlled substance. `source` is where names and kinds are from."""

    names: tuple[OtherName, ...] = ()
    product_id: int | None = None
    lists: tuple[Choice, ...] = ()
    controlled: str = ""
    source: str = ""

    @property
    def lead_on(self) -> bool:
        """Whether the search has something to offer after all."""
        return bool(self.names or self.lists)

    @property
    def name(self) -> OtherName | None:
        return self.names[0] if self.names else None


def other_words(query: str) -> OtherWords:
    """What to answer when the words name nothing in the catalogue; nothing where they do.

    Mentions do not count as names: a summary may well mention morphine.
    """
    controlled, name, kind = controlled_in(query), other_name(query), kind_in(query)
    if not (controlled or name or kind) or _is_named(query):
        return OtherWords()
    if controlled:
        return OtherWords(controlled=controlled)
    if name and _is_named(name.query):
        return OtherWords((name,), _first(name.query), source=name.source)
    lists = lists_of(kind) if kind else ()
    return OtherWords(lists=lists, source=kind.source) if kind and lists else OtherWords()


def while_typing(typed: str) -> OtherWords:
    """The same for what may not be typed to its end; several names may begin so."""
    said = other_words(typed)
    if said != OtherWords():
        return said
    if begun := tuple(one for one in names_begun(typed) if _is_named(one.other)):
        return OtherWords(begun)
    return OtherWords(controlled=controlled_begun(typed) or "")


def lists_of(kind: Kind) -> tuple[Choice, ...]:
    """The lists of this kind that have something on them, in the order of the kind."""
    found = {choice.key: choice for choice in columns().view(Chosen()).choices("category", MOST_IN_FULL)[0]}
    lists = tuple(found[slug] for slug in kind.lists if slug in found)
    return lists or tuple(found[slug] for slug in kind.wider if slug in found)


def _is_named(text: str) -> bool:
    """Whether a name in the catalogue begins exactly so."""
    return any(one.kind != SPELLING for one in search.suggest(text))


def _first(name: str) -> int | None:
    return next(iter(search.matching(name, 1)), None)
