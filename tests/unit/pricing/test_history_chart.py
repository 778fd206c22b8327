"""The drawing of what pharmacies paid: steps in their places, gaps dotted, and words that say the same."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.pricing.acquisition import Kind, Period, Source
from shop.pricing.history_chart import HistoryChart, history_chart

HISTORY = Source(date(2022, 10, 1), Kind.HISTORY).text
WEEKLY = Source(date(2015, 6, 17), Kind.WEEKLY).text


def period(price: str, first: str, last: str | None = None, source: str = HISTORY) -> Period:
    return Period(Decimal(price), date.fromisoformat(first), last and date.fromisoformat(last), source)


def drawn(*periods: Period) -> HistoryChart:
    chart = history_chart(periods, "tablet", "en_US", lambda price: f"${price}")
    assert chart is not None
    return chart


def test_where_nothing_is_known_nothing_is_drawn():
    assert history_chart([], "tablet", "en_US", str) is None


def test_each_price_is_a_step_at_its_height_from_its_first_day():
    chart = drawn(
        period("0.20", "2019-01-01", "2019-12-31"),
        period("0.05", "2020-01-01", "2020-12-31"),
        period("0.10", "2021-01-01"),
    )
    assert chart.years == (2019, 2020, 2021, 2022)
    assert chart.top == Decimal("0.2")
    assert chart.line == "M0 0H250V75H500V50H937.7"  # until the survey's own day
    assert chart.dotted == ""


def test_what_no_survey_knows_is_dotted():
    gap = drawn(period("1", "2019-01-01", "2019-12-31"), period("0.5", "2021-01-01", "2022-12-31"))
    assert (gap.line, gap.dotted) == ("M0 0H250M500 50H937.7", "M250 0L500 50")
    old = drawn(period("1", "2015-01-01", "2019-12-31", WEEKLY), period("0.5", "2020-01-01"))
    assert (old.line, old.dotted) == ("M0 0H57.5M625 50H968.8", "M57.5 0L625 50")  # June 2015 knew no more


def test_years_are_named_at_even_distances_and_never_more_than_six():
    for last in range(2013, 2100):
        years = drawn(
            period("1", "2013-02-01", f"{last}-12-31", "a list"), period("2", f"{last}-12-31")
        ).years
        assert len(years) <= 6
        assert len({after - before for before, after in pairwise(years)}) <= 1
        assert years[0] == 2013


def figures(text: str) -> list[str]:
    """Prices and days as a person who hears the drawing hears them, in order."""
    return re.findall(r"\$[\d.]*\d|[A-Z][a-z]+ \d+, \d{4}", text)


def test_a_price_seen_once_is_told_and_not_drawn():
    chart = drawn(period("0.18159", "2015-06-17", source=WEEKLY))
    assert chart.line == ""
    assert [fact.price for fact in chart.facts] == [Decimal("0.18159")]
    assert figures(chart.text) == ["$0.18159", "June 17, 2015"]


def test_a_constant_price_is_a_flat_line():
    assert drawn(period("12.5", "2019-01-01")).line == "M0 37.5H937.7"


def test_the_words_say_first_lowest_highest_and_latest_with_their_days():
    chart = drawn(
        period("0.18159", "2015-06-17", "2017-12-31", WEEKLY),
        period("0.2", "2018-01-01", "2019-12-31"),
        period("0.03", "2020-01-01", "2020-12-31"),
        period("0.034", "2021-01-01"),
    )
    assert figures(chart.text) == [
        *("$0.18159", "June 17, 2015"),
        *("$0.03", "January 1, 2020"),
        *("$0.2", "January 1, 2018"),
        *("$0.034", "January 1, 2021"),
    ]
    assert [fact.on.year for fact in chart.facts] == [2015, 2020, 2018, 2021]
    assert chart.source == HISTORY


@pytest.mark.parametrize("count", [2, 34, 200])
def test_many_periods_stay_small_and_inside_the_drawing(count):
    begin = date(2012, 1, 1)
    chart = drawn(
        *(
            Period(
                Decimal(place * 37 % 50 + 1) / 100,
                begin + timedelta(days=20 * place),
                begin + timedelta(days=20 * place + (19 if place % 7 else 3)),
                "a list",
            )
            for place in range(count)
        )
    )
    assert_inside(chart)
    assert len(chart.line) + len(chart.dotted) < 40 * count


@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.integers(0, 400), st.decimals("0.00001", 30_000, places=5)),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
    st.sampled_from([HISTORY, WEEKLY, "a list"]),
)
def test_any_history_fits_into_the_drawing_and_runs_from_left_to_right(rows, still, source):
    day, periods = date(2013, 1, 1), []
    for length, gap, price in rows:
        periods.append(Period(price, day, day + timedelta(days=length - 1), source))
        day += timedelta(days=length + gap)
    if still:
        last = periods[-1]
        periods[-1] = Period(last.price, last.effective_on, None, source)
    assert_inside(drawn(*periods))


def assert_inside(chart: HistoryChart) -> None:
    xs, ys = [], []
    for command, numbers in re.findall(r"([MLHV])([\d. ]+)", chart.line + chart.dotted):
        values = [float(number) for number in numbers.split()]
        xs += values[:1] if command != "V" else []
        ys += values[-1:] if command != "H" else []
    assert all(0 <= x <= 1000 for x in xs)
    assert all(0 <= y <= 100 for y in ys)
    line = [float(x) for x in re.findall(r"[MH]([\d.]+)", chart.line)]
    assert line == sorted(line)
