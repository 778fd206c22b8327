"""A page of a list that grows for years: read from where the last page ended, not counted from the start.

A page costs the same whatever lies before it, because the database starts at an index entry. Its address
carries the edge: the moment and id of the row next to it, after a day where the list is sorted by one first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, select, tuple_

Row = TypeVar("Row")
MOST_COUNTED = 1000
"""Counting stops here: nobody reads how many orders of ten years have shipped, and a count reads them all."""
LONGEST_EDGE = 48  # characters
NO_DAY = date.max
"""Stands for a day that a row doesn’t have: such rows come last."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)  # as exact as the databases are: no row is skipped or repeated


@dataclass(frozen=True)
class Edge:
    """Where a page begins: beyond this row, forward or backward in the list's order.

    `day` is of a list that is sorted by one first, and None in any other.
    """

    moment: datetime
    id: int
    backward: bool = False
    day: date | None = None

    def __str__(self) -> str:
        day = f"{self.day.toordinal()}." if self.day else ""
        return f"{'-' if self.backward else ''}{day}{(self.moment - EPOCH) // MICROSECOND}.{self.id}"


def edge_from(text: str) -> Edge | None:
    """The edge an address names; None for the list's start, and for anything that is no edge."""
    digits = text[:LONGEST_EDGE].removeprefix("-").split(".")
    if len(digits) not in (2, 3) or not all(part.isascii() and part.isdecimal() for part in digits):
        return None
    *first, moment, key = (int(part) for part in digits)
    try:
        day = date.fromordinal(first[0]) if first else None
        edge = Edge(EPOCH + moment * MICROSECOND, key, text.startswith("-"), day)
    except (OverflowError, ValueError):
        return None
    return edge if key < 2**63 else None


@dataclass(frozen=True)
class Window(Generic[Row]):
    """The rows of a page; `previous` and `next` are the edges of its neighbors, None where there is none."""

    rows: Sequence[Row]
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Keyset:
    """An order by a moment and an id, both in one direction, which an index has.

    With `day`, a column of dates, by that first: for a list that stays short, since no index has this order.
    An edge of another order is the start.
    """

    moment: Any
    id: Any
    newest_first: bool
    size: int
    day: Any = None

    def page(self, query: Select[Any], edge: Edge | None) -> Select[Any]:
        """`query` from `edge` on, with one row more than a page, which tells whether there is another."""
        edge = self._own(edge)
        backward = edge is not None and edge.backward
        descending = self.newest_first != backward
        if edge is not None:
            query = query.where(self._beyond(edge, descending))
        in_order = (one.desc() if descending else one.asc() for one in self._columns())
        return query.order_by(*in_order).limit(self.size + 1)

    def window(self, found: Sequence[Row], edge: Edge | None) -> Window[Row]:
        """The page of what `page` found; rows have the attributes that the columns are named after."""
        edge, more = self._own(edge), len(found) > self.size
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
        day = None if self.day is None else getattr(row, self.day.key) or NO_DAY
        return Edge(getattr(row, self.moment.key), getattr(row, self.id.key), backward, day)

    def _own(self, edge: Edge | None) -> Edge | None:
        return edge if edge and (edge.day is None) == (self.day is None) else None

    def _columns(self) -> list[Any]:
        first = [] if self.day is None else [func.coalesce(self.day, literal(NO_DAY, self.day.type))]
        return [*first, self.moment, self.id]

    def _beyond(self, edge: Edge, descending: bool) -> ColumnElement[bool]:
        first = [] if edge.day is None else [literal(edge.day, self.day.type)]
        here = tuple_(*self._columns())
        there = tuple_(*first, literal(edge.moment, self.moment.type), literal(edge.id, self.id.type))
        return here < there if descending else here > there


def bounded_count(ids: Any, where: Any) -> ScalarSelect[int]:
    """How many rows of `ids` meet `where`, `MOST_COUNTED` standing for that many or more; a subquery."""
    some = select(ids).where(where).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
