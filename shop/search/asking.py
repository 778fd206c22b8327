"""Asking the index in a request: the one reader of this process, and a first build where there is none."""

import logging
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app

from shop.config import Settings
from shop.search.answers import MOST_HITS, SearchAnswer
from shop.search.following import ensure_index
from shop.search.reading import Index
from shop.search.store import IndexMissing
from shop.search.suggestions import Suggestion

log = logging.getLogger(__name__)
Answered = TypeVar("Answered")


def search(text: str, limit: int, offset: int = 0) -> SearchAnswer:
    """Products for what was typed. An index that cannot be built finds nothing, and says `asked` False."""
    return _ask(lambda found: found.search(text, limit, offset), SearchAnswer(asked=False))


def matching(text: str, most: int = MOST_HITS) -> list[int]:
    """The ids of up to `most` products that `search` finds, in its order, without reading the database."""
    return [hit.product_id for hit in search(text, min(most, MOST_HITS)).hits]


def suggest(text: str) -> list[Suggestion]:
    """What to offer while somebody types; nothing without an index."""
    return _ask(lambda found: found.suggest(text), [])


def index(app: Flask) -> Index:
    """The one reader of this process."""
    found = app.extensions.get("search")
    if not isinstance(found, Index):
        settings: Settings = app.extensions["settings"]
        found = app.extensions["search"] = Index(settings.search_folder)
    return found


def _ask(question: Callable[[Index], Answered], otherwise: Answered) -> Answered:
    """Without an index (a fresh or damaged disk) one is built first; the store goes on when it cannot be."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        return question(index(app))
    except IndexMissing:
        pass
    try:
        ensure_index(app, force=True)
        return question(index(app))
    except (IndexMissing, OSError) as trouble:
        log.error("the search index cannot be built: %s", trouble)
        return otherwise
