"""Every listed medicine as columns of numbers: narrowing, counting and sorting without asking the database.

A database would read a hundred thousand rows to count what is left under eight facets; here that is a handful
of passes over small arrays, mapped from files that all web processes share. Medicines are in the order of
their names; their place in it is called ordinal. Knows neither the database nor the web.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from shop.database import unit_price
from shop.storefront.finder.facets import Counts, Facet, Mask, Ordinals
from shop.storefront.rules import Level

FACETS = ("category", "form", "strength", "prescription", "maker", "price", "stock", "letter")
NEAR = 40
"""How far to look for another name: many brands may share one."""
MOST_REMEMBERED = 500
"""Choices of lists that are remembered, some 8 kB each: a few megabytes in a process."""
NO_PRICE = np.iinfo(np.int64).max
LEVELS = (Level.OUT, Level.FEW, Level.IN)
"""Levels of stock by code."""
MOST_ORDERED = 24
"""Lists whose order is remembered, for their further pages: at most some megabytes in a process."""


@dataclass(frozen=True)
class Chosen:
    """What a list is narrowed to, as (facet, key): any key of a facet will do, and all facets must hold."""

    limits: tuple[tuple[str, str], ...] = ()

    def of(self, facet: str) -> tuple[str, ...]:
        """The keys chosen in one facet."""
        return tuple(key for name, key in self.limits if name == facet)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a facet, with the number of medicines one would then see."""

    key: str
    name: str
    count: int


Remembered = TypeVar("Remembered")


class Names:
    """The medicines' names by ordinal, as one run of UTF-8: a hundred thousand strings would be megabytes."""

    def __init__(self, letters: NDArray[np.uint8], starts: Ordinals) -> None:
        self._letters, self._starts = letters, starts

    def __getitem__(self, ordinal: int) -> str:
        return self._letters[self._starts[ordinal] : self._starts[ordinal + 1]].tobytes().decode()


@dataclass(frozen=True)
class Stock:
    """By ordinal, units left of the best stocked strength where they are few, the code of their level, and
    the lowest price per unit as it is stored, `NO_PRICE` where none is sold here.
    """

    left: NDArray[np.int64]
    levels: NDArray[np.uint8]
    amounts: NDArray[np.int64] | None = None


class Columns:
    """All listed medicines. One instance serves all threads; nothing in it changes.

    `stamp` names the snapshot, `catalogue` the version of what medicines are found by, `counted` what they
    cost and whether they are there, as far as orders and counts of lists depend on it.
    """

    def __init__(
        self,
        ids: NDArray[np.int64],
        names: Names,
        facets: dict[str, Facet],
        orders: dict[str, Ordinals],
        stock: Stock | None = None,
        stamp: str = "",
        catalogue: str = "",
        counted: str = "",
    ) -> None:
        self.ids = ids
        self.size = len(ids)
        self.names = names
        self.facets = facets
        self.orders = orders
        self._stock = stock
        self.stamp = stamp
        self.catalogue = catalogue
        self.counted = counted
        self._remembered: dict[Hashable, Any] = {}
        self.ordered = lru_cache(MOST_ORDERED)(self._ordered)
        everything, everywhere = np.ones(self.size, np.bool_), np.arange(self.size)
        self.totals = {name: facet.counts(everything, everywhere) for name, facet in facets.items()}

    @cached_property
    def _by_id(self) -> Ordinals:
        order: Ordinals = np.argsort(self.ids)
        return order

    def ordinals(self, product_ids: Sequence[int]) -> Ordinals:
        """Where these products stand, in the order given; those not listed are left out."""
        wanted = np.asarray(product_ids, np.int64)
        if not self.size or not len(wanted):
            return np.empty(0, np.int64)
        places = np.searchsorted(self.ids, wanted, sorter=self._by_id)
        found: Ordinals = self._by_id[np.minimum(places, self.size - 1)]
        listed: Ordinals = found[self.ids[found] == wanted]
        return listed

    def stock(self, product_ids: Sequence[int]) -> dict[int, tuple[Level, int]]:
        """How much is left of the best stocked strength of those listed here: its level, and units if few."""
        if self._stock is None:
            return {}
        places = self.ordinals(product_ids)
        levels, left = self._stock.levels[places].tolist(), self._stock.left[places].tolist()
        found = zip(self.ids[places].tolist(), levels, left, strict=True)
        return {product_id: (LEVELS[code], units) for product_id, code, units in found}

    def prices(self, product_ids: Sequence[int]) -> dict[int, Decimal]:
        """The lowest price per unit of those listed and sold here, in the store's currency."""
        if self._stock is None or self._stock.amounts is None:
            return {}
        places = self.ordinals(product_ids)
        found = zip(self.ids[places].tolist(), self._stock.amounts[places].tolist(), strict=True)
        return {product_id: unit_price(stored) for product_id, stored in found if stored != NO_PRICE}

    def with_stock(self, stock: Stock, stamp: str) -> "Columns":
        """The same medicines in the same orders and counts, of which rows say something else."""
        other = copy(self)
        other._stock, other.stamp = stock, stamp
        return other

    def stock_version(self, product_ids: Sequence[int]) -> str:
        """What `stock` says of these products, as caches compare it."""
        if self._stock is None:
            return ""
        places = self.ordinals(product_ids)
        said: NDArray[np.int64] = self._stock.left[places] * len(LEVELS) + self._stock.levels[places]
        return ",".join(map(str, said.tolist()))

    def around(self, product_id: int) -> tuple[str | None, str | None]:
        """The names before and after a medicine's in the alphabet, other than its own, where near."""
        places = self.ordinals([product_id])
        if not len(places):
            return None, None
        place, own = int(places[0]), self.names[int(places[0])]
        before = (self.names[i] for i in range(place - 1, max(-1, place - NEAR), -1))
        after = (self.names[i] for i in range(place + 1, min(self.size, place + NEAR)))
        found = [next((name for name in names if name != own), None) for names in (before, after)]
        return found[0], found[1]

    def mask(self, facet: str, keys: Iterable[str]) -> Mask:
        """By ordinal, whether a medicine has any of these keys in a facet. An unknown key has none."""
        found = np.zeros(self.size, np.bool_)
        table = self.facets[facet]
        for key in keys:
            if key in table.codes_by_key:
                table.mark(table.codes_by_key[key], found)
        return found

    def remember(self, key: Hashable, make: Callable[[], Remembered]) -> Remembered:
        """What `make` gave for this key before: nothing in the columns changes, so neither does this."""
        found: Remembered | None = self._remembered.get(key)
        if found is None:
            found = make()
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found

    def _ordered(self, chosen: Chosen, sort: str) -> Ordinals:
        """All medicines that fit, in the order of their names or another; four bytes each."""
        return View(self, chosen, None).in_order(sort).astype(np.int32)

    def view(self, chosen: Chosen, among: Sequence[int] | None = None) -> "View":
        """The medicines that fit, of all or `among` these product ids (whose order is then the relevance)."""
        return View(self, chosen, None if among is None else self.ordinals(among))


class View:
    """What fits a choice: how many, which page of them, and what else they could be narrowed to."""

    def __init__(self, columns: Columns, chosen: Chosen, among: Ordinals | None) -> None:
        self._columns = columns
        self._chosen = chosen
        self._among = among

    @cached_property
    def _limits(self) -> dict[str, Mask]:
        names = dict.fromkeys(name for name, _ in self._chosen.limits)
        return {name: self._columns.mask(name, self._chosen.of(name)) for name in names}

    @cached_property
    def _fits(self) -> tuple[Mask, Ordinals] | None:
        return self._under_all_but(None)

    def _under_all_but(self, facet: str | None) -> tuple[Mask, Ordinals] | None:
        """The medicines that hold every limit but one facet's; None when nothing limits them."""
        mask: Mask | None = None
        if self._among is not None:
            mask = np.zeros(self._columns.size, np.bool_)
            mask[self._among] = True
        for name, limit in self._limits.items():
            if name != facet:
                mask = limit if mask is None else mask & limit
        return None if mask is None else (mask, np.flatnonzero(mask))

    @property
    def considered(self) -> int:
        """How many there were before any limit."""
        return self._columns.size if self._among is None else len(self._among)

    @property
    def total(self) -> int:
        return self.remember("total", lambda: self.considered if self._fits is None else len(self._fits[1]))

    def page(self, sort: str, number: int, size: int) -> list[int]:
        """Product ids of page `number` (from 1), by relevance (of a search), name, price or measure."""
        order = self._columns.ordered(self._chosen, sort) if self._among is None else self.in_order(sort)
        ids: list[int] = self._columns.ids[order[(number - 1) * size : number * size]].tolist()
        return ids

    def in_order(self, sort: str) -> Ordinals:
        """Everything that fits; the medicines are in the order of their names."""
        order = self._among if sort == "relevance" else self._columns.orders.get(sort)
        if self._fits is None:
            return np.arange(self._columns.size) if order is None else order
        return self._fits[1] if order is None else order[self._fits[0][order]]

    def remember(self, key: Hashable, make: Callable[[], Remembered]) -> Remembered:
        """What is made of this view, remembered under `key`; never of a search, which is seldom repeated."""
        return self._columns.remember((self._chosen, key), make) if self._among is None else make()

    def choices(self, facet: str, most: int) -> tuple[list[Choice], int]:
        """The `most` frequent values of a facet and those chosen, and how many there are in all.

        They are counted under the limits of the other facets, not of their own.
        """
        table, counts = self._columns.facets[facet], self._counted(facet)
        codes = counts.nonzero()[0]
        known = len(codes)
        if known > most:
            codes = codes[np.argpartition(counts[codes], -most)[-most:]]
        found = dict(zip(codes.tolist(), counts[codes].tolist(), strict=True))
        gone = []
        for key in self._chosen.of(facet):
            code = table.codes_by_key.get(key)
            if code is None:
                gone.append(Choice(key, key, 0))
            else:
                found[code] = int(counts[code])
        return [Choice(*table.words[code], count) for code, count in found.items()] + gone, known

    def _counted(self, facet: str) -> Counts:
        fits = self._under_all_but(facet) if facet in self._limits else self._fits
        if fits is None:
            return self._columns.totals[facet]
        return self._columns.facets[facet].counts(*fits)
