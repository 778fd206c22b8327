"""Reading the index: the current one of a folder, opened once a process, noticing when a newer one was built.

Knows neither the web nor the database: a question raises `IndexMissing` when there is nothing to read.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tantivy

from shop.projections.reader import Reader
from shop.search.answers import SearchAnswer, answer
from shop.search.store import IndexMissing, indexes, is_damage, open_snapshot, read_pointer
from shop.search.suggestions import Suggestion, suggestions

Answered = TypeVar("Answered")


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

    def suggest(self, typed: str) -> list[Suggestion]:
        """What to offer while somebody types, by kind, most popular first. Raises IndexMissing."""
        return self._ask(lambda searcher: suggestions(searcher, typed))

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
