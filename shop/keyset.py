"""A page of a list that grows for years: read from where the last page ended, not counted from the start.

A page costs the same whatever lies before it, because the database starts at an index entry. Its address
carries the edge: the moment and id of the row next to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, select, tuple_

Row = TypeVar("Row")
MOST_COUNTED = 1000
"""Counting stops here: nobody reads how many orders of ten years have shipped, and a count reads them all."""
LONGEST_EDGE = 40  # characters
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)  # as exact as the databases are: no row is skipped or repeated


@dataclass(frozen=True)
class Edge:
    """Where a page begins: beyond this row, forward or backward in the list's order."""

    moment: datetime
    id: int
    backward: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.backward else ''}{(self.moment - EPOCH) // MICROSECOND}.{self.id}"


def edge_from(text: str) -> Edge | None:
    """The edge an address names; None for the list's start, and for anything that is no edge."""
    digits = text[:LONGEST_EDGE].removeprefix("-").split(".")
    if len(digits) != 2 or not all(part.isascii() and part.isdecimal() for part in digits):
        return None
    try:
        moment = EPOCH + int(digits[0]) * MICROSECOND
    except OverflowError:
        return None
    key = int(digits[1])
    return Edge(moment, key, text.startswith("-")) if key < 2**63 else None


@dataclass(frozen=True)
class Window(Generic[Row]):
    """The rows of a page; `previous` and `next` are the edges of its neighbors, None where there is none."""

    rows: Sequence[Row]
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Keyset:
    """An order by a moment and an id, both in one direction, which an index has."""

    moment: Any
    id: Any
    newest_first: bool
    size: int

    def page(self, query: Select[Any], edge: Edge | None) -> Select[Any]:
        """`query` from `edge` on, with one row more than a page, which tells whether there is another."""
        backward = edge is not None and edge.backward
        descending = self.newest_first != backward
        if edge is not None:
            query = query.where(self._beyond(edge, descending))
        columns = (self.moment, self.id)
        return query.order_by(*(one.desc() if descending else one.asc() for one in columns)).limit(
            self.size + 1
        )

    def window(self, found: Sequence[Row], edge: Edge | None) -> Window[Row]:
        """The page of what `page` found; rows have the attributes that the columns are named after."""
        more = len(found) > self.size
        rows = list(found[: self.size])
        if edge is not None and edge.backward:
            rows.reverse()
            return self._window(rows, before=more, after=True)
        return self._window(rows, before=edge is not None, after=more)

    def _window(self, rows: list[Row], before: bool, after: bool) -> Window[Row]:
        if not rows:
            return Window([], None, None)
        return Window(
            rows,
            str(self._edge(rows[0], backward=True)) if before else None,
            str(self._edge(rows[-1], backward=False)) if after else None,
        )

    def _edge(self, row: Any, backward: bool) -> Edge:
        return Edge(getattr(row, self.moment.key), getattr(row, self.id.key), backward)

    def _beyond(self, edge: Edge, descending: bool) -> ColumnElement[bool]:
        here = tuple_(self.moment, self.id)
        there = tuple_(literal(edge.moment, self.moment.type), literal(edge.id, self.id.type))
        return here < there if descending else here > there


def bounded_count(ids: Any, where: Any) -> ScalarSelect[int]:
    """How many rows of `ids` meet `where`, `MOST_COUNTED` standing for that many or more; a subquery."""
    some = select(ids).where(where).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
