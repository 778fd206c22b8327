"""A table whose columns sort it: the order is in the address, and asking again turns it round."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The order of a table. Who shows one says how an address is made."""

    sort: str
    descending: bool

    def url(self, page: int = 1, **change: Any) -> str:
        """The address of this table with something else in it."""
        raise NotImplementedError

    def sort_url(self, column: str) -> str:
        """Sorted by `column`; by the same one again, the other way round."""
        turned = column == self.sort and not self.descending
        return self.url(sort=f"-{column}" if turned else column)

    def aria_sort(self, column: str) -> str | None:
        if column != self.sort:
            return None
        return "descending" if self.descending else "ascending"
