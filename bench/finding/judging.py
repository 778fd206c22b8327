"""What a page of results, or a list of suggestions, puts before a person, and whether it is what was meant.

Pure: pages and answers come in as text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

FIRST, FEW = 1, 10
LIST, SAYS, LEADS = "CAT:", "SAYS:", "LEADS:"
"""Expected are a list of a kind of medicine, a sentence of the store, told by its code, or any way on."""
_MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
_SEEN = re.compile(
    r'data-instead="(?P<instead>[a-z-]+)"'
    r'|<a[^>]*href="/medicines\?category=(?P<list>[^"&]+)[^"]*"[^>]*>(?P<name>.*?)</a>'
    r'|href="/medicines/(?P<slug>[^"/#?]+)',
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]+>")
_AGAIN = '<div class="again">'
"""From here on a page without results shows what every such page shows."""
_WAYS = ("/medicines", "/identify")


@dataclass(frozen=True)
class Shown:
    """One thing put before a person: the address of a medicine, the name of a list, a sentence's code, or
    ways to look further.
    """

    slug: str = ""
    list: str = ""
    says: str = ""
    ways: bool = False


@dataclass(frozen=True)
class Query:
    """What was typed, of which kind, and what should appear. `small` is for a shelf that may not have it."""

    kind: str
    text: str
    expected: str
    small: str = ""


def queries(table: str) -> list[Query]:
    """The rows of a table with tabs: kind, query, expected and, for some, what a small shelf shows."""
    rows = [line.split("\t") for line in table.splitlines()[1:] if line.strip()]
    return [
        Query(kind.replace("misspelt", "misspelled"), text, expected, *more[:1])  # earlier tables spell it so
        for kind, text, expected, *more in rows
    ]


def on_page(html: str) -> list[Shown]:
    """What a page of results shows, in its order, each once."""
    main, again, _ = (_MAIN.search(html) or re.match("", html))[0].partition(_AGAIN)
    found = []
    for seen in _SEEN.finditer(main):
        name = " ".join(unescape(_TAG.sub("", seen["name"] or "")).split())
        found.append(Shown(seen["slug"] or "", name, seen["instead"] or ""))
    if again:
        found.append(Shown(ways=True))
    return list(dict.fromkeys(found))


def in_suggestions(groups: Sequence[dict[str, Any]]) -> list[Shown]:
    """What suggestions offer, in their order."""
    found = []
    for group in groups:
        for item in group["items"]:
            where = item["url"]
            if where.startswith("/medicines?category="):
                found.append(Shown(list=item["name"]))
            elif where.startswith("/medicines/"):
                found.append(Shown(slug=where.split("/")[2]))
            elif where in _WAYS:
                found.append(Shown(ways=True))
            if says := group.get("says"):
                found.append(Shown(says=says))
    return list(dict.fromkeys(found))


def place(shown: Sequence[Shown], expected: str) -> int | None:
    """From 1, where the first thing stands that fits; None where nothing does. A sentence takes no place."""
    wanted, places = expected, [one for one in shown if one.slug or one.list]
    if wanted == LEADS:
        return 1 if shown else None
    if wanted.startswith(SAYS):
        return 1 if any(re.search(wanted.removeprefix(SAYS), one.says) for one in shown if one.says) else None
    for at, one in enumerate(places, 1):
        if wanted.startswith(LIST):
            fits = bool(one.list and re.search(wanted.removeprefix(LIST), one.list, re.IGNORECASE))
        else:
            fits = bool(one.slug and re.search(wanted, one.slug))
        if fits:
            return at
    return None


def is_empty(shown: Sequence[Shown]) -> bool:
    """Whether nothing of the store's own is shown, ways to look further aside."""
    return all(one.ways for one in shown)


def found_at(shown: Sequence[Shown], query: Query, small: bool) -> int | None:
    """The place on this shelf: a small one may show the generic, or say why there is nothing."""
    wanted = [query.expected, *([query.small or f"{SAYS}."] if small else [])]
    return min((at for one in wanted if (at := place(shown, one))), default=None)
