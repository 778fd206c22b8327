"""One facet of all listed medicines: which of them have which value, and how many, in arrays of numbers.

And bands of prices per unit, which are the values of one facet. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shop.money import UNIT_PLACES

Ordinals = NDArray[np.int64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
MANY_VALUED = ("category", "strength", "maker")
FEW = 16
"""Below a sixteenth of all medicines, going through their values beats going through all pairs."""


class Facet:
    """One facet: its `words` (key, name) by code, and which medicines have which."""

    def __init__(self, words: Sequence[tuple[str, str]]) -> None:
        self.words = words
        self.codes_by_key = {key: code for code, (key, _) in enumerate(words)}

    def mark(self, code: int, found: Mask) -> None:
        """Mark the medicines that have the value."""
        raise NotImplementedError

    def counts(self, mask: Mask, ordinals: Ordinals) -> Counts:
        """By code, how many of these medicines have it. Both arguments name the same medicines."""
        raise NotImplementedError


class Single(Facet):
    """A facet of which a medicine has one value: its code by ordinal, one past the last word for none."""

    def __init__(self, words: Sequence[tuple[str, str]], codes: NDArray[np.uint16]) -> None:
        super().__init__(words)
        self._codes = codes

    def mark(self, code: int, found: Mask) -> None:
        np.logical_or(found, self._codes == code, out=found)

    def counts(self, mask: Mask, ordinals: Ordinals) -> Counts:
        return np.bincount(self._codes[ordinals], minlength=len(self.words))[: len(self.words)]


@dataclass(frozen=True)
class Pairs:
    """Which medicine has which value, twice: `ordinals` by value, and `codes` of values by medicine.

    `starts` are where each value's ordinals begin, `ends` where each medicine's codes do end.
    """

    ordinals: Ordinals
    starts: Ordinals
    codes: NDArray[np.uint32]
    ends: Ordinals


class Many(Facet):
    """A facet of which a medicine may have several values.

    Every value has at least one medicine, or a sum over its range would take in the next one's first.
    """

    def __init__(self, words: Sequence[tuple[str, str]], pairs: Pairs) -> None:
        super().__init__(words)
        self._ordinals, self._starts = pairs.ordinals, pairs.starts
        self._codes, self._ends = pairs.codes, pairs.ends

    def mark(self, code: int, found: Mask) -> None:
        found[self._ordinals[self._starts[code] : self._starts[code + 1]]] = True

    def counts(self, mask: Mask, ordinals: Ordinals) -> Counts:
        """As `Facet.counts`: few medicines one by one, many by adding up what each value has in `mask`."""
        if not len(self.words):
            return np.zeros(0, np.int64)
        if len(ordinals) * FEW < len(mask):
            return self._counts_of_few(ordinals)
        has = mask[self._ordinals].view(np.uint8)  # adding up is four times as quick as counting values
        return np.add.reduceat(has, self._starts[:-1], dtype=np.int32)

    def _counts_of_few(self, ordinals: Ordinals) -> Counts:
        ends = self._ends[ordinals]
        many = ends - np.where(ordinals, self._ends[ordinals - 1], 0)
        before = np.cumsum(many) - many
        places = np.repeat(ends - many - before, many) + np.arange(many.sum())
        return np.bincount(self._codes[places], minlength=len(self.words))


EDGES = (Decimal("0.10"), Decimal("0.50"), Decimal(2), Decimal(10))
"""Upper ends of all bands but the last, in the store's currency; a price on an edge is in the dearer band."""
_SCALED = np.array([int(edge.scaleb(UNIT_PLACES)) for edge in EDGES], np.int64)


def bands() -> list[str]:
    """The key of every band, cheapest first: "0-0.1" … "10-"."""
    ends = ["0", *(f"{edge.normalize():f}" for edge in EDGES), ""]
    return [f"{low}-{high}" for low, high in pairwise(ends)]


def band_of(prices: NDArray[np.int64]) -> NDArray[np.uint16]:
    """The place in `bands` of each price, given in 1/100,000 of the currency."""
    return np.searchsorted(_SCALED, prices, side="right").astype(np.uint16)


def band_in_words(place: int, price: Callable[[Decimal], str]) -> str:
    """ "under $0.10", "$0.10 to $0.50", "$10.00 and more"; `price` writes an amount."""
    if place == 0:
        return f"under {price(EDGES[0])}"
    if place == len(EDGES):
        return f"{price(EDGES[-1])} and more"
    return f"{price(EDGES[place - 1])} to {price(EDGES[place])}"
