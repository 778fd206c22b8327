"""How packs agree on one price a day, which survey has the last word, and which prices compare."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.pricing.acquisition import (
    LAPSES_AFTER,
    Kind,
    Period,
    Source,
    Unit,
    agreed,
    in_force,
    joined,
    needs_no_unit,
    outdated,
    read_source,
    surveyed_unit,
    timeline,
)

YEAR_START = date(2020, 1, 1)


def day(number: int | None) -> date | None:
    """Days are numbers here, so that a table can be read."""
    return None if number is None else YEAR_START + timedelta(days=number)


def quotes(*rows: tuple[int, int | None, str]):
    return [(day(first), day(last), Decimal(price)) for first, last, price in rows]


def in_numbers(periods):
    return [
        (str(price), (first - YEAR_START).days, None if last is None else (last - YEAR_START).days)
        for price, first, last in periods
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([], []),
        ([(0, 9, "1")], [("1", 0, 9)]),
        ([(0, None, "1")], [("1", 0, None)]),
        # one after the other; the same price goes on as one period; days nobody speaks of are left out
        ([(0, 9, "1"), (10, 19, "2")], [("1", 0, 9), ("2", 10, 19)]),
        ([(0, 9, "1"), (10, 19, "1")], [("1", 0, 19)]),
        ([(0, 9, "1"), (20, 29, "1")], [("1", 0, 9), ("1", 20, 29)]),
        # most packs have it their way; of two prices equally many share the lower one counts
        ([(0, 9, "3"), (0, 9, "3"), (0, 9, "1")], [("3", 0, 9)]),
        ([(0, 9, "3"), (0, 9, "1")], [("1", 0, 9)]),
        ([(0, 9, "3"), (0, 9, "3"), (0, 9, "1"), (0, 9, "1")], [("1", 0, 9)]),
        # a pack that comes or goes can turn the vote
        ([(0, 19, "3"), (5, 9, "2"), (5, 9, "2")], [("3", 0, 4), ("2", 5, 9), ("3", 10, 19)]),
        # a vote until further notice lapses after a year, which counts from the next day that has news …
        (
            [(0, None, "9"), (0, None, "9"), (300, 500, "2"), (400, 500, "4"), (501, None, "3")],
            [("9", 0, 399), ("2", 400, 500), ("3", 501, None)],
        ),
        ([(0, None, "9"), (0, None, "9"), (300, None, "2")], [("9", 0, None)]),
        # … and stands where nobody does
        ([(0, None, "9"), (400, 500, "2")], [("9", 0, 399), ("2", 400, None)]),
        # an end after which nothing is known is an end, unless another pack is priced until further notice
        ([(0, 9, "1"), (5, None, "1")], [("1", 0, None)]),
    ],
)
def test_packs_agree_on_one_price_a_day(said, found):
    assert in_numbers(agreed(quotes(*said))) == found


some_quotes = st.lists(
    st.tuples(
        st.integers(0, 800), st.one_of(st.none(), st.integers(0, 200)), st.sampled_from(["0.1", "0.2", "0.3"])
    ).map(lambda q: (day(q[0]), None if q[1] is None else day(q[0] + q[1]), Decimal(q[2]))),
    max_size=12,
)


def share(said, on: date) -> dict[Decimal, int]:
    """The votes of one day, counted the slow way."""
    votes: dict[Decimal, int] = {}
    for first, last, price in said:
        if first <= on <= (last or first + LAPSES_AFTER - timedelta(days=1)):
            votes[price] = votes.get(price, 0) + 1
    return votes


def leading(votes: dict[Decimal, int]) -> Decimal:
    return min(price for price, count in votes.items() if count == max(votes.values()))


lasting_quotes = some_quotes.map(
    lambda said: [(first, last or first + timedelta(days=900), price) for first, last, price in said]
)


@given(some_quotes, st.integers(0, 1500))
def test_on_a_day_with_news_the_price_is_the_leading_one_and_stays_until_the_next(said, number):
    news = {first for first, *_ in said} | {last + timedelta(days=1) for _, last, _ in said if last}
    day = max((day for day in news if day <= YEAR_START + timedelta(days=number)), default=None)
    if day is not None and (votes := share(said, day)):
        price = next(p for p, first, last in agreed(said) if first <= day and (last is None or day <= last))
        assert price == leading(votes)


@given(lasting_quotes, st.integers(0, 1500))
def test_on_any_day_the_price_is_one_that_no_other_has_more_votes_than(said, number):
    on = YEAR_START + timedelta(days=number)
    votes = share(said, on)
    price = next((p for p, first, last in agreed(said) if first <= on and (last is None or on <= last)), None)
    assert price == (leading(votes) if votes else None)


@given(some_quotes)
def test_no_period_starts_on_a_day_that_no_quote_states(said):
    stated = {first for first, *_ in said} | {last + timedelta(days=1) for _, last, _ in said if last}
    assert {first for _, first, _ in agreed(said)} <= stated


@given(some_quotes)
def test_periods_follow_each_other_without_overlap_and_change_the_price(said):
    for (price, _, last), (next_price, first, _) in pairwise(agreed(said)):
        assert last is not None
        assert last < first
        assert price != next_price or last + timedelta(days=1) < first


@given(some_quotes, st.randoms())
def test_the_order_of_packs_decides_nothing(said, random):
    shuffled = list(said)
    random.shuffle(shuffled)
    assert agreed(shuffled) == agreed(said)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([], []),
        ([(5, None, "1")], [("1", 5, None)]),
        ([(5, None, "1"), (9, None, "2"), (7, None, "2")], [("2", 7, None)]),
        # of two that equally many share the one that took effect later, then the lower one
        ([(5, None, "2"), (9, None, "1")], [("1", 9, None)]),
        ([(5, None, "1"), (9, None, "2")], [("2", 9, None)]),
        ([(5, None, "2"), (5, None, "1")], [("1", 5, None)]),
        # what a pack had before does not vote, and what is to follow waits for its day
        ([(1, 4, "9"), (5, None, "2")], [("2", 5, None)]),
        ([(5, 39, "2"), (40, None, "3")], [("2", 5, 39), ("3", 40, None)]),
        ([(40, None, "3")], [("3", 40, None)]),
    ],
)
def test_a_week_says_what_is_in_force_since_when_and_what_follows(said, found):
    assert in_numbers(in_force(quotes(*said), day(20))) == found


# --- Several surveys --------------------------------------------------------------------------------------


def periods(source: str, *rows: tuple[int, int | None, str]) -> list[Period]:
    return [Period(Decimal(price), day(first), day(last), source) for first, last, price in rows]


def test_a_newer_survey_has_the_word_from_its_first_day_on():
    old = periods("old", (0, 9, "1"), (10, 29, "2"), (30, None, "3"))
    assert timeline([old, periods("new", (20, 40, "4"))]) == [
        *periods("old", (0, 9, "1"), (10, 19, "2")),
        *periods("new", (20, 40, "4")),
    ]
    assert timeline([old, []]) == old
    assert timeline([old, periods("new", (0, None, "4"))]) == periods("new", (0, None, "4"))


def test_a_gap_before_a_newer_survey_stays_a_gap():
    assert timeline([periods("old", (0, 9, "1")), periods("new", (20, None, "1"))]) == [
        *periods("old", (0, 9, "1")),
        *periods("new", (20, None, "1")),
    ]


surveys = st.lists(some_quotes.map(agreed), min_size=1, max_size=4).map(
    lambda all_found: [
        [Period(*found[:3], source=f"{place}") for found in one] for place, one in enumerate(all_found)
    ]
)


def stored_after(imports, all_surveys) -> list[Period]:
    """The timeline when surveys are imported one by one, each upon what the last one left."""
    stored: list[Period] = []
    for place in imports:
        kept = {p.source: [q for q in stored if q.source == p.source] for p in stored}
        if all_surveys[place]:
            kept[str(place)] = all_surveys[place]
        stored = timeline(kept[source] for source in sorted(kept))
    return stored


@given(surveys, st.data())
def test_surveys_come_to_the_same_in_any_order_and_however_often(all_surveys, data):
    order = data.draw(st.permutations(range(len(all_surveys))))
    again = data.draw(st.lists(st.sampled_from(order), max_size=4))
    assert stored_after([*order, *again], all_surveys) == timeline(all_surveys)


def test_neighbours_of_one_price_are_shown_as_one_period_and_gaps_are_not_closed():
    assert joined(
        [
            *periods("old", (0, 9, "1")),
            *periods("new", (10, 19, "1"), (25, 29, "1"), (30, None, "2")),
        ]
    ) == periods("new", (0, 19, "1"), (25, 29, "1"), (30, None, "2"))


# --- Units ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product_unit", "pack_size", "unit"),
    [
        ("pill", 100, Unit.EACH),
        ("pill", None, Unit.EACH),
        ("mL", 120, Unit.MILLILITRE),
        ("g", None, Unit.GRAM),
        ("pack", 1, Unit.EACH),
        ("pack", 5, None),
        ("pack", None, None),
        ("bottle", 1, None),
    ],
)
def test_a_price_counts_only_in_the_unit_we_sell_in(product_unit, pack_size, unit):
    assert surveyed_unit(product_unit, pack_size) == unit


def test_only_pills_are_believed_without_a_unit():
    assert [unit for unit in ("pill", "mL", "g", "pack") if needs_no_unit(unit)] == ["pill"]


# --- Sources ----------------------------------------------------------------------------------------------


@given(st.dates(), st.sampled_from([Kind.HISTORY, Kind.WEEKLY]))
def test_a_source_is_read_back_from_what_is_stored(on, kind):
    source = Source(on, kind)
    assert read_source(source.text, date(2000, 1, 1)) == source


def test_a_source_nobody_imported_is_as_old_as_its_price():
    assert read_source("a wholesaler's list of 2020-01-01", day(3)) == Source(day(3), Kind.OTHER)


def test_of_two_files_of_one_day_the_weekly_one_has_the_last_word():
    assert Source(day(1), Kind.HISTORY) < Source(day(1), Kind.WEEKLY) < Source(day(2), Kind.HISTORY)


@pytest.mark.parametrize(
    ("source", "today", "day"),
    [
        ("A survey", date(2023, 9, 21), None),
        ("A survey", date(2023, 9, 22), date(2022, 9, 21)),
        (Source(date(2023, 6, 1), Kind.WEEKLY).text, date(2023, 9, 22), None),
        (Source(date(2023, 6, 1), Kind.WEEKLY).text, date(2024, 9, 22), date(2023, 6, 1)),
    ],
)
def test_a_survey_is_outdated_after_a_year(source, today, day):
    assert outdated(Period(Decimal(1), date(2022, 9, 21), None, source), today) == day
    assert outdated(None, today) is None
