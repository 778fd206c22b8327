"""Where one is in a long list. Every list of the store is read a page at a time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
LONGEST_NUMBER = 8


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of page `number` (from 1) of a list of `total` entries, `size` on a page."""

    rows: Sequence[Row]
    number: int
    size: int
    total: int

    @property
    def total_pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.size)


def page_number(asked: str | None) -> int:
    """The page that an address asks for, from 1; anything that is no such number is the first."""
    is_number = asked is not None and asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_NUMBER
    return max(1, int(asked)) if asked and is_number else 1


def within(number: int, size: int, total: int) -> int:
    """The page that can be shown when `number` was asked for: the last one for any beyond it."""
    return max(1, min(number, -(-total // size) or 1))
