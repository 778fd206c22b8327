"""From the prices of packs to the price of a strength: the packs of each strength agree, survey by survey."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np

from shop.imports.nadac.rows import day_of, price_of
from shop.imports.nadac.sorting import Advance, SurveyPrices
from shop.money import SMALLEST
from shop.pricing.acquisition import Kind, Period, Quote, Source, agreed, in_force

Proposals = dict[int, dict[Source, list[Period]]]
"""By strength and survey: its periods, oldest first."""


def price_consensus(
    surveys: Iterable[SurveyPrices], contents: Mapping[int, Decimal], advance: Advance
) -> Proposals:
    """What each survey comes to for each strength it has a price for; `advance` is told of rows done.

    A survey prices a mL or a g; by `contents` that becomes the price of the container which is sold.
    """
    found: Proposals = {}
    for survey in surveys:
        decide: Callable[[list[Quote]], list[tuple[Decimal, date, date | None]]] = (
            _weekly if survey.source.kind is Kind.WEEKLY else agreed
        )
        text = survey.source.text
        for variant_id, quotes in _by_strength(survey):
            content = contents.get(variant_id)
            periods = [
                Period(_of_container(price, content), first, last, text)
                for price, first, last in decide(quotes)
            ]
            found.setdefault(variant_id, {})[survey.source] = periods
            advance(len(quotes))
    return found


def _of_container(price: Decimal, content: Decimal | None) -> Decimal:
    if content is None:
        return price
    return max((price * content).quantize(SMALLEST, rounding=ROUND_HALF_UP), SMALLEST)


def _weekly(quotes: list[Quote]) -> list[tuple[Decimal, date, date | None]]:
    price = in_force(quotes)
    return [price] if price else []


def _by_strength(survey: SurveyPrices) -> Iterator[tuple[int, list[Quote]]]:
    if not len(survey.rows):
        return
    day, price = cache(day_of), cache(price_of)  # a survey has few distinct days and prices
    starts = np.flatnonzero(np.diff(survey.variant, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(survey.variant)], strict=True):
        quotes = [
            (day(first) or date.min, day(last), price(units))
            for first, last, units in zip(
                survey.rows.first[start:stop].tolist(),
                survey.rows.last[start:stop].tolist(),
                survey.rows.price[start:stop].tolist(),
                strict=True,
            )
        ]
        yield int(survey.variant[start]), quotes
