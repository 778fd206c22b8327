"""What pharmacies paid, as a step line of numbers for an SVG: attributes, no style. Pure.

The words are HTML around the drawing, so that they keep their size on a phone; `text` is the text
alternative.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from shop.clock import format_day
from shop.pricing.acquisition import DAY, Kind, Period, read_source
from shop.scale import nice_top

Money = Callable[[Decimal], str]
WIDTH, HEIGHT = 1000, 100
MOST_YEARS_NAMED = 6
YEAR_STEPS = (1, 2, 5, 10, 20, 50)
WORTH_DRAWING = timedelta(days=60)
SHORTEST = 6.0  # of WIDTH: a price of one day is still seen

Point = tuple[float, float]


@dataclass(frozen=True)
class Fact:
    """A price worth naming beside the drawing."""

    name: str
    price: Decimal
    on: date


@dataclass(frozen=True)
class HistoryChart:
    """`line` is what surveys say, `dotted` bridges what none of them does; both are path data.

    There is no `line` where a survey saw one price once: a dot on an axis says no more than its date does.
    `top` is the price of the uppermost line, 0 that of the base; `years` begin at even distances. `facts` are
    the first, lowest, highest and latest price, or the only one.
    """

    one: str
    line: str
    dotted: str
    top: Decimal
    years: tuple[int, ...]
    facts: tuple[Fact, ...]
    text: str
    source: str


def history_chart(periods: Sequence[Period], one: str, locale: str, money: Money) -> HistoryChart | None:
    """Draw a history (oldest first) of what `one` ("tablet", "mL") cost; None where there is none."""
    if not periods:
        return None
    years = _years(periods[0].effective_on, max(_known_to(period) for period in periods))
    top = nice_top(max(period.price for period in periods))
    single = len(periods) == 1 and _known_to(periods[0]) - periods[0].effective_on < WORTH_DRAWING
    line, dotted = ("", "") if single else _paths(list(_stretches(periods, years, top)))
    facts = _facts(periods)
    return HistoryChart(
        one,
        line,
        dotted,
        top,
        tuple(years),
        facts,
        _sentence(one, periods, facts, locale, money),
        periods[-1].source,
    )


def _known_to(period: Period) -> date:
    """The last day on which a survey knew the price: an older file cannot know how long its last one held."""
    source = read_source(period.source, period.effective_on)
    seen = period.ends_on if source.kind is Kind.OTHER and period.ends_on else source.on
    return max(period.effective_on, min(period.ends_on or seen, seen))


def _years(first: date, last: date) -> range:
    """The years that are named under the drawing; it goes on for one more step after the last of them."""
    count = last.year - first.year + 1
    step = next((step for step in YEAR_STEPS if count <= step * MOST_YEARS_NAMED), YEAR_STEPS[-1])
    return range(first.year, first.year + -(-count // step) * step, step)


def _stretches(periods: Sequence[Period], years: range, top: Decimal) -> Iterator[tuple[Point, Point, bool]]:
    """Each period as (begin, end, whether the next one begins where it ends)."""
    for period, after in zip(periods, [*periods[1:], None], strict=True):
        y = round(HEIGHT - float(period.price / top * HEIGHT), 1)
        until = _known_to(period) + DAY
        begin = _across(period.effective_on, years)
        room = float(WIDTH) if after is None else _across(after.effective_on, years)
        end = min(room, max(_across(until, years), begin + SHORTEST))
        yield (begin, y), (end, y), after is not None and until == after.effective_on


def _across(day: date, years: range) -> float:
    begins = date(day.year, 1, 1)
    share = (day - begins).days / (date(day.year + 1, 1, 1) - begins).days
    return round((day.year - years.start + share) / (len(years) * years.step) * WIDTH, 1)


def _paths(stretches: Sequence[tuple[Point, Point, bool]]) -> tuple[str, str]:
    line, dotted, follows = [], [], False
    last: Point | None = None
    for begin, end, goes_on in stretches:
        if follows:
            line.append(f"V{begin[1]:g}")
        else:
            if last is not None and last[0] < begin[0]:
                dotted.append(f"M{last[0]:g} {last[1]:g}L{begin[0]:g} {begin[1]:g}")
            line.append(f"M{begin[0]:g} {begin[1]:g}")
        line.append(f"H{end[0]:g}")
        last, follows = end, goes_on
    return "".join(line), "".join(dotted)


def _facts(periods: Sequence[Period]) -> tuple[Fact, ...]:
    """Of several days with the lowest or highest price the first is named; a constant price is named once."""
    lowest = min(periods, key=lambda period: period.price)
    highest = max(periods, key=lambda period: period.price)
    named = [("First known", periods[0]), ("Lowest", lowest), ("Highest", highest), ("Latest", periods[-1])]
    if lowest.price == highest.price:
        named = [("Only known price", periods[0])]
    return tuple(Fact(name, period.price, period.effective_on) for name, period in named)


def _sentence(one: str, periods: Sequence[Period], facts: Sequence[Fact], locale: str, money: Money) -> str:
    def from_day(day: date) -> str:
        return f"from {format_day(day, locale)}"

    head = f"What US pharmacies paid for one {one}"
    if len(facts) == 1:
        return f"{head}: {money(facts[0].price)} {from_day(facts[0].on)}, the only known price."
    first, lowest, highest, latest = facts
    return (
        f"{head}, in {len(periods)} periods: first {money(first.price)} {from_day(first.on)}; "
        f"lowest {money(lowest.price)} {from_day(lowest.on)}; highest {money(highest.price)} "
        f"{from_day(highest.on)}; latest {money(latest.price)} {from_day(latest.on)}."
    )
