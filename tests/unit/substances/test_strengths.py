"""Strengths of the directory, read and written, as tables and as properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.substances.strengths import (
    LONGEST,
    NOT_STATED,
    UnreadableStrength,
    amount,
    content_in,
    mark,
    parse_amounts,
    stated,
    strength_text,
    without_content,
)


@pytest.mark.parametrize(
    ("number", "unit", "text", "value", "compared_in"),
    [
        ("10", "mg/1", "10 mg", "10", "mg"),
        (".5", "mg/1", "0.5 mg", "0.5", "mg"),
        ("0.10", "mg/1", "0.1 mg", "0.1", "mg"),
        ("25", "ug/1", "25 mcg", "0.025", "mg"),
        ("1", "g/1", "1 g", "1000", "mg"),
        ("250", "mg/5mL", "250 mg/5 mL", "50", "mg/mL"),
        (".75", "mg/.5mL", "0.75 mg/0.5 mL", "1.5", "mg/mL"),
        ("1", "g/100mL", "1 g/100 mL", "10", "mg/mL"),
        ("100", "[iU]/mL", "100 international units/mL", "100", "international units/mL"),
        ("5000", "[USP'U]/mL", "5000 USP units/mL", "5000", "USP units/mL"),
        ("21", "mg/24h", "21 mg/24 hours", "0.875", "mg/hour"),
        ("20", "meq/1", "20 mEq", "20", "mEq"),
        ("40", "mg/241", "40 mg/241", "0.165975103734", "mg"),
    ],
)
def test_a_strength_is_said_as_a_pharmacist_says_it(number, unit, text, value, compared_in):
    found = amount(number, unit)

    assert (found.text, found.value, found.unit) == (text, Decimal(value), compared_in)
    assert parse_amounts(found.text) == (found.key,)


@pytest.mark.parametrize(
    ("number", "unit"),
    [("", "mg/1"), (".", "mg/1"), ("ten", "mg/1"), ("1.2.3", "mg/1"), ("1", ""), ("1", "mg/0mL")],
)
def test_what_is_no_strength_is_refused(number, unit):
    with pytest.raises(UnreadableStrength):
        amount(number, unit)


def test_several_ingredients_are_said_in_their_order():
    amounts = (amount("500", "mg/1"), amount("125", "mg/1"))

    assert strength_text(amounts) == "500 mg / 125 mg"
    assert parse_amounts("500 mg / 125 mg") == tuple(a.key for a in amounts)
    assert strength_text(()) == NOT_STATED


def test_two_long_mixtures_are_never_said_alike():
    one = tuple(amount(str(n), "mg/5mL") for n in range(1, 30))
    other = (*one[:-1], amount("77", "mg/5mL"))

    assert strength_text(one) != strength_text(other)
    assert mark(tuple(a.key for a in one)) in strength_text(one)
    assert max(len(strength_text(one)), len(strength_text(other))) <= LONGEST


numbers = st.decimals(min_value="0.0001", max_value="99999", places=4).map(str)


units = st.sampled_from(
    ["mg/1", "g/1", "ug/1", "mg/mL", "mg/5mL", "g/100g", "[iU]/mL", "meq/1", "mg/24h", "ug/h"]
)


@given(st.lists(st.tuples(numbers, units), min_size=1, max_size=12))
def test_a_strength_can_be_read_back_from_how_it_is_said(parts):
    amounts = tuple(amount(number, unit) for number, unit in parts)
    text = strength_text(amounts)

    assert len(text) <= LONGEST
    assert parse_amounts(text) == tuple(a.key for a in amounts) or mark(tuple(a.key for a in amounts)) in text


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_field_crashes_the_reading_of_strengths(number, unit):
    try:
        found = amount(number, unit)
    except UnreadableStrength:
        return
    assert found.value >= 0
    assert len(strength_text((found,))) <= LONGEST


def test_strengths_of_a_page_are_ordered_in_one_unit():
    assert stated(Decimal("0.025"), "mg", "mcg") == (Decimal(25), "mcg")
    assert stated(Decimal(1000), "mg", "mg") == (Decimal(1000), "mg")
    assert stated(Decimal(50), "mg/mL", "mg") == (Decimal(50), "mg/mL")  # not the same measure
    assert stated(Decimal(1) / 3, "mg", "mg")[0] == Decimal("0.333333")


def test_what_a_container_holds_stands_behind_the_strength_and_is_no_part_of_it():
    assert content_in("50 mcg/mL, 2.5 mL") == (Decimal("2.5"), "mL")
    assert content_in("50 mcg/mL") is None
    assert parse_amounts("50 mcg/mL, 2.5 mL") == parse_amounts("50 mcg/mL")
    assert without_content("1 mg/g / 2 mg/g, 30 g") == "1 mg/g / 2 mg/g"
