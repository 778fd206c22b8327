"""What the public pages make of facts."""

from decimal import Decimal

import pytest

from shop.storefront.rules import (
    DayCost,
    Level,
    day_costs,
    differing,
    first_choice,
    in_words,
    level,
    measure_size,
    whole_units,
)


@pytest.mark.parametrize(
    ("units", "shown"),
    [(0, Level.OUT), (29, Level.OUT), (30, Level.FEW), (269, Level.FEW), (270, Level.IN), (5000, Level.IN)],
)
def test_stock_is_out_below_the_smallest_pack_and_few_below_three_of_the_largest(units, shown):
    assert level(units, (30, 60, 90)) is shown


def test_what_has_no_pack_steps_cannot_be_in_stock():
    assert level(1000, ()) is Level.OUT


def test_a_page_begins_with_the_largest_pack_on_prescription_and_the_smallest_without():
    assert first_choice((30, 60, 90), prescription=True) == 90
    assert first_choice((30, 60, 90), prescription=False) == 30
    assert first_choice((), prescription=True) is None


def test_a_day_at_forty_milligrams_of_ten_milligram_tablets_costs_four_pills():
    found = day_costs(Decimal("0.51"), Decimal(10), (Decimal(40), Decimal(80)))

    assert found == [DayCost(Decimal(40), 4, 204), DayCost(Decimal(80), 8, 408)]


def test_a_dose_that_needs_half_a_tablet_has_no_price():
    assert day_costs(Decimal("0.51"), Decimal(25), (Decimal(40), Decimal(80))) == []
    assert whole_units(Decimal(40), Decimal(25)) is None


def test_without_a_dose_on_record_no_cost_of_a_day_is_made_up():
    assert day_costs(Decimal("0.51"), Decimal(10), (None, None)) == []


def test_one_usual_dose_is_named_once():
    assert len(day_costs(Decimal("0.51"), Decimal(10), (Decimal(20), Decimal(20)))) == 1


def test_prices_too_small_for_a_milligram_are_compared_by_a_hundred():
    assert measure_size([Decimal("0.051"), Decimal("0.02")]) == 1
    assert measure_size([Decimal("0.051"), Decimal("0.00015")]) == 100


@pytest.mark.parametrize(
    ("name", "others", "parts"),
    [
        ("hydroxyzine", ["hydralazine"], ("hydr", "oxy", "zine")),
        ("hydralazine", ["hydroxyzine"], ("hydr", "ala", "zine")),
        ("baclofen", ["baclofn"], ("baclof", "e", "n")),
        ("baclofen", ["baclofen"], ("baclofen", "", "")),
        ("abc", ["xyz"], ("", "abc", "")),
        ("aaa", ["aa"], ("aa", "a", "")),
        ("anything", [], ("", "anything", "")),
    ],
)
def test_the_letters_that_tell_names_apart_are_marked(name, others, parts):
    assert differing(name, others) == parts
    assert "".join(differing(name, others)) == name


def test_countries_read_as_a_sentence_says_them():
    assert in_words(["Australia", "South Africa"]) == "Australia and South Africa"
    assert in_words(["A", "B", "C"]) == "A, B and C"
    assert in_words([]) == ""
