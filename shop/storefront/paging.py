"""Where one is in a long list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """Page `number` (from 1) of a list of `total` entries, `size` on a page."""

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
