"""Bands of prices per unit, as a facet. Pure."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shop.money import UNIT_PLACES

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


def in_words(place: int, price: Callable[[Decimal], str]) -> str:
    """ "under $0.10", "$0.10 to $0.50", "$10.00 and more"; `price` writes an amount."""
    if place == 0:
        return f"under {price(EDGES[0])}"
    if place == len(EDGES):
        return f"{price(EDGES[-1])} and more"
    return f"{price(EDGES[place - 1])} to {price(EDGES[place])}"
