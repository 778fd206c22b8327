"""The bars of a chart as numbers for an SVG: attributes, no style. Words are HTML around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from shop.scale import nice_top

Money = Callable[[Decimal], str]
MONTHS = 12
WIDTH, HEIGHT, BAR = 100, 100, 56


@dataclass(frozen=True)
class Bar:
    """One month. `lower` is drawn from the base, `upper` on top of it: (y, height) of each."""

    label: str
    x: int
    lower: tuple[float, float]
    upper: tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """`top` is the value of the uppermost line; `text` the sentence that replaces the drawing."""

    bars: list[Bar]
    top: Decimal
    text: str
    total: Decimal


def month_after(day: date, months: int) -> date:
    """The first day of the month so many months after that of `day`."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def expiry_chart(
    values: Mapping[tuple[int, int], tuple[Decimal, Decimal]], today: date, locale: str, money: Money
) -> Chart:
    """Twelve months from this one on. `money` formats a value."""
    firsts = [month_after(today, place) for place in range(MONTHS)]
    pairs = [values.get((one.year, one.month), (Decimal(0), Decimal(0))) for one in firsts]
    top = nice_top(max(soon + later for soon, later in pairs))
    bars = [
        Bar(
            format_date(first, "MMM", locale=locale),
            place * WIDTH + (WIDTH - BAR) // 2,
            _from_base(Decimal(0), soon, top),
            _from_base(soon, later, top),
        )
        for place, (first, (soon, later)) in enumerate(zip(firsts, pairs, strict=True))
    ]
    total = sum((soon + later for soon, later in pairs), Decimal(0))
    return Chart(bars, top, _sentence(firsts, pairs, total, locale, money), total)


def _from_base(below: Decimal, value: Decimal, top: Decimal) -> tuple[float, float]:
    height = float(value / top * HEIGHT)
    return round(HEIGHT - float(below / top * HEIGHT) - height, 2), round(height, 2)


def _sentence(
    firsts: list[date], pairs: list[tuple[Decimal, Decimal]], total: Decimal, locale: str, money: Money
) -> str:
    first, last = (format_date(day, "MMMM y", locale=locale) for day in (firsts[0], firsts[-1]))
    if not total:
        return f"Nothing in stock expires from {first} to {last}."
    most, when = max((soon + later, -place) for place, (soon, later) in enumerate(pairs))
    name = format_date(firsts[-when], "MMMM", locale=locale)
    return (
        f"Value expiring each month from {first} to {last}. "
        f"Most in {name}, {money(most)}; {money(total)} in all."
    )
