"""Asking the index: the current one of a folder, opened once a process, noticing when a newer one was built.

`Index` knows neither the web nor the database. In a request, an index that is missing is built first.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tantivy
from flask import Flask, current_app

from shop.config import Settings
from shop.projections.store import Reader
from shop.search.answers import MOST_HITS, SearchAnswer, answer
from shop.search.following import ensure_index
from shop.search.store import IndexMissing, indexes, is_damage, open_snapshot, read_pointer
from shop.search.suggestions import Suggestion, suggestions

Answered = TypeVar("Answered")
log = logging.getLogger(__name__)


class Index:
    """The current index of a folder. One instance serves all threads of a process.

    Opening waits for the first question, so an application may start, and fork, before its index exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._reader = Reader[tantivy.Searcher](indexes(folder), lambda snapshot, _: open_snapshot(snapshot))

    def is_current(self, version: str) -> bool:
        """Whether the folder holds an index of this catalogue version; False when it holds none."""
        try:
            return read_pointer(self._folder).version == version
        except IndexMissing:
            return False

    def stamp(self) -> str:
        """Which index is served to whoever asks now; differs after every switch. "" while there is none."""
        return self._reader.stamp()

    def search(self, text: str, limit: int = 24, offset: int = 0) -> SearchAnswer:
        """Products for what was typed, of which the first 100 characters count.

        A package code, whole words, beginnings of words and words of the summary are exact and hide near
        spellings. Raises IndexMissing and nothing else, whatever the text.
        """
        return self._ask(lambda searcher: answer(searcher, text, limit, offset))

    def suggest(self, text: str) -> list[Suggestion]:
        """What to offer while somebody types, by kind, most popular first. Raises IndexMissing."""
        return self._ask(lambda searcher: suggestions(searcher, text))

    def _ask(self, question: Callable[[tantivy.Searcher], Answered]) -> Answered:
        """Asked twice at most: a file opened only at its first use may have been swept by a builder."""
        for last_try in (False, True):
            try:
                return question(self._current())
            except BaseException as error:
                if not is_damage(error):
                    raise
                self._reader.forget()
                if last_try:
                    raise IndexMissing("The search index is damaged.") from error
        raise AssertionError("the second try answers or raises")

    def _current(self) -> tantivy.Searcher:
        searcher = self._reader.current()
        if searcher is None:
            raise IndexMissing(f"There is no search index in {self._folder}.")
        return searcher


def search(text: str, limit: int, offset: int = 0) -> SearchAnswer:
    """Products for what was typed. An index that cannot be built finds nothing: `available` is False."""
    return _ask(lambda found: found.search(text, limit, offset), SearchAnswer(available=False))


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
