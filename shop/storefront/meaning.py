"""What was typed where it names nothing here: another name, a brand, lists of a kind, or why it is not sold.

Never a substitute: every answer says what the words were taken for. Asks the search index and the finder's
columns, never the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shop.catalogue import uses
from shop.safety.sale import refusal_by_name
from shop.search import current_index
from shop.search.kinds import PLAIN, Kind, kind_in, kind_near, kind_within, kinds_begun
from shop.search.names import near_names, substance_in, written_out
from shop.search.synonyms import (
    OtherName,
    all_words,
    controlled_begun,
    controlled_in,
    elsewhere_in,
    names_begun,
    other_name,
    substances_begun,
)
from shop.storefront.finder.columns import Choice, Chosen
from shop.storefront.finder.service import columns
from shop.storefront.narrowing import MOST_IN_FULL
from shop.substances.query_text import query_words, telling_words


@dataclass(frozen=True)
class OtherWords:
    """At most one of: other names of what was asked for (with the first product of the first of them, where
    it is carried); lists of a kind; what is not carried at all; a controlled substance, or another that is
    refused, and why; or the `part` of the words that is carried. What is absent or refused may have lists
    beside it, of what it is for.

    `source` is where names and kinds are from, `meant` what the words typed were taken for; `of_kind` says
    that what is absent is a kind.
    """

    names: tuple[OtherName, ...] = ()
    product_id: int | None = None
    lists: tuple[Choice, ...] = ()
    part: str = ""
    absent: str = ""
    controlled: str = ""
    refused: str = ""
    why: str = ""
    source: str = ""
    meant: str = ""
    of_kind: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.code)

    @property
    def lead_on(self) -> bool:
        """Whether the search has something to offer after all."""
        return bool(self.carried or self.lists)

    @property
    def carried(self) -> bool:
        """Whether what the other name stands for is here."""
        return bool(self.names and not (self.absent or self.refused))

    @property
    def name(self) -> OtherName | None:
        return self.names[0] if self.names else None

    @property
    def code(self) -> str:
        """Which of them it is, "" for none: what pages and suggestions tell by."""
        if self.controlled or self.refused:
            return "controlled" if self.controlled else "refused"
        if self.absent or self.part:
            return "absent" if self.absent else "part"
        if self.name:
            return "brand" if self.name.is_brand else "name"
        return "lists" if self.lists else ""


NOTHING = OtherWords()
_BEGUN_LETTERS = 5
"""Letters from which on the beginning of plain words for a kind may be meant for it."""


def other_words(query: str) -> OtherWords:
    """What to answer when the words name nothing in the catalogue; nothing where they do.

    Mentions do not count as names: a summary may well mention morphine. Plain words for a kind are one even
    where a name begins so: "UTI" is no beginning of Utibron.
    """
    kind = kind_in(query) or _kind_begun(query)
    if kind and (lists := lists_of(kind)):
        return OtherWords(lists=lists, source=kind.source)
    words = query_words(query)
    controlled, name = controlled_in(query), other_name(query)
    substance = None if kind else _substance(words)  # of "water pill" nobody means the water
    refused = None if controlled or name or substance else refusal_by_name(_bare(query))
    only_kind = bool(kind and not (controlled or name or refused))
    if not (kind or controlled or name or substance or refused) or current_index.names(query, only_kind):
        return NOTHING
    if controlled:
        return OtherWords(controlled=controlled)
    if name:
        return NOTHING if _is_named(name.said) else _renamed(name)
    if kind and only_kind:
        return OtherWords(absent=kind.medicines, of_kind=True)
    what = substance or _bare(query)
    return NOTHING if _is_named(what) else _not_carried(what, (what,))


def _substance(words: list[str]) -> str | None:
    """The substance that the words name, also when it is written short, or sold elsewhere only."""
    found = substance_in(words) or elsewhere_in(words)
    return found or next(filter(None, map(substance_in, written_out(words))), None)


def _kind_begun(query: str) -> Kind | None:
    """The kind whose plain words begin as typed, if no medicine, brand or ingredient does."""
    begun = kinds_begun(query) if len(query) >= _BEGUN_LETTERS else []
    if not begun:
        return None
    return None if current_index.names(query, to_the_letter=True) else begun[0][1]


def near_words(query: str, distance: int) -> OtherWords:
    """The same for words that come nearer to a name or a kind we know than `distance` typing errors, which is
    what the catalogue's own nearest name is away. A name is meant rather than a kind that is farther away.
    """
    kind = kind_near(query)
    of_kind = other_words(kind[0]) if kind and kind[1] <= distance else NOTHING
    listed = bool(kind and of_kind.lists)
    for words, near, errors in _respelled(query, distance):
        if kind and listed and errors >= kind[1]:
            continue
        if found := other_words(words):
            return replace(found, meant=near)
    return replace(of_kind, meant=kind[0]) if kind and of_kind else NOTHING


def _respelled(query: str, below: int) -> Iterator[tuple[str, str, int]]:
    """The query with one of its words as known names near to it are written, that name, and its distance."""
    words = query_words(query)
    for word in telling_words(words):
        for name, distance in near_names(word, all_words) if word not in PLAIN else ():
            if distance < below:
                yield " ".join(name if one == word else one for one in words), name, distance


def part_of(query: str) -> OtherWords:
    """A substance or brand among the words that is carried, where nothing has all of them."""
    words = query_words(query)
    name = other_name(query)
    part = name.said if name and _is_named(name.said) else _substance(words)
    if not part or not _is_named(part) or query_words(part) == words:
        return NOTHING
    return OtherWords(part=part, product_id=_first(part))


def part_apart(words: Sequence[str]) -> OtherWords:
    """The same of the words that find something alone, each as it should be written, or one of them as a
    substance near to it is written.
    """
    found = part_of(" ".join(words))
    if found:
        return found
    for word in query_words(" ".join(words)):
        near = (name for name, _ in near_names(word))
        if name := next((one for one in (word, *near) if substance_in([one]) and _is_named(one)), None):
            return OtherWords(part=name, product_id=_first(name))
    return NOTHING


def lists_within(query: str) -> OtherWords:
    """The lists of a kind that a longer query names: "the doctor said I have gout"."""
    kind = kind_within(query)
    lists = lists_of(kind) if kind else ()
    return OtherWords(lists=lists, source=kind.source) if kind and lists else NOTHING


def absent_begun(query: str) -> OtherWords:
    """Substances that are not carried and begin as typed: what was meant rather than any near spelling."""
    begun = [name for name in substances_begun(query) if not _is_named(name)]
    if not begun:
        return NOTHING
    return replace(_not_carried(begun[0], (begun[0],)), meant=begun[0])


def words_begun(text: str) -> OtherWords:
    """What may be meant by the beginning of a name that nothing here begins with; several names may, of which
    those for one thing ("Ventolin", "Ventolin HFA") are one.
    """
    names = {one.other: one for one in reversed(names_begun(text))}
    if begun := tuple(one for one in reversed(names.values()) if _renamed(one).carried):
        return OtherWords(begun, _first(begun[0].query) if len(begun) == 1 else None, source=begun[0].source)
    if controlled := controlled_begun(text):
        return OtherWords(controlled=controlled)
    return NOTHING


def lists_begun(text: str) -> tuple[Choice, ...]:
    """The lists of kinds whose plain words begin as typed."""
    found = (choice for _, kind in kinds_begun(text) for choice in lists_of(kind))
    return tuple(dict.fromkeys(found))


def lists_of(kind: Kind) -> tuple[Choice, ...]:
    """The lists of this kind that have something on them, in the order of the kind."""
    return _with_something(kind.lists) or _with_something(kind.wider)


def medicines_of(lists: tuple[Choice, ...]) -> list[int]:
    """The products on these lists, the first list's first, each list's most popular first."""
    found: dict[int, None] = {}
    for one in lists:
        view = columns().view(Chosen((("category", one.key),)))
        found |= dict.fromkeys(view.page("popular", 1, _MOST))
    return list(found)[:_MOST]


_MOST = 480


def _with_something(slugs: tuple[str, ...]) -> tuple[Choice, ...]:
    choices = columns().view(Chosen()).choices("category", MOST_IN_FULL)[0]
    found = {choice.key: choice for choice in choices}
    return tuple(found[slug] for slug in slugs if slug in found)


def _renamed(name: OtherName) -> OtherWords:
    """The other name where something is called so; otherwise that it is not carried, or not sold."""
    if controlled := next(filter(None, map(controlled_in, name.ingredients)), None):
        return OtherWords(controlled=controlled)
    for asked in dict.fromkeys((name.query, name.other)):  # with the words beside it, or else without
        if _is_named(asked) or (name.is_brand and current_index.search(asked, 1).spelling == "exact"):
            return OtherWords((replace(name, query=asked),), _first(asked), source=name.source)
    if not name.in_united_states:  # a store here that has neither: the name as it was typed
        return _not_carried(name.said, (name.said,))
    found = _not_carried(name.other, name.ingredients or (name.other,))
    return replace(found, names=(name,), source=name.source)


def _not_carried(name: str, ingredients: tuple[str, ...]) -> OtherWords:
    """Why, where a rule refuses it; and the lists of what it is for."""
    lists = _with_something(uses.named(ingredients))
    for one in ingredients:
        if controlled := controlled_in(one):
            return OtherWords(controlled=controlled)
        if refusal := refusal_by_name(one):
            return OtherWords(refused=one, why=refusal.why, lists=lists)
    return OtherWords(absent=name, lists=lists)


def _bare(query: str) -> str:
    return " ".join(telling_words(query_words(query)))


def _is_named(text: str) -> bool:
    """Whether a name in the catalogue begins exactly so."""
    return current_index.names(text)


def _first(name: str) -> int | None:
    return next(iter(current_index.matching(name, 1)), None)
