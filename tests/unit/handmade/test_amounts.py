"""Strengths as admins type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.handmade.amounts import fits, read_strength, with_content
from shop.handmade.choices import ROUTES, form_in
from shop.handmade.typed import Unreadable
from shop.substances.forms import known_forms, plain_form
from shop.substances.strengths import parse_amounts

D = Decimal


@pytest.mark.parametrize(
    ("text", "unit", "ingredients", "said"),
    [
        ("10 mg", "pill", 1, "10 mg"),
        ("10mg", "pill", 1, "10 mg"),
        (".5 MG", "pill", 1, None),
        ("1,000 units/mL", "mL", 1, "1000 units/mL"),
        ("5000 IU", "pill", 1, "5000 international units"),
        ("25 µg", "pill", 1, "25 mcg"),
        ("50 μg/hour", "pack", 1, "50 mcg/hour"),
        ("250 mg/5 mL", "mL", 1, "250 mg/5 mL"),
        ("2 %", "g", 1, "20 mg/g"),
        ("0.05%", "mL", 1, "0.5 mg/mL"),
        ("2 % / 5 %", "g", 2, "20 mg/g / 50 mg/g"),
        ("400 mg / 80 mg", "pill", 2, "400 mg / 80 mg"),
        ("400 mg; 80 mg", "pill", 2, "400 mg / 80 mg"),
        ("100 mcg/actuation", "pack", 1, "100 mcg/actuation"),
        ("20 mEq", "pill", 1, "20 mEq"),
    ],
)
def test_a_strength_is_said_as_the_catalogue_says_it(text, unit, ingredients, said):
    if said is None:
        with pytest.raises(Unreadable):
            read_strength(text, unit, ingredients)
        return
    found = read_strength(text, unit, ingredients)
    assert found.text == said
    assert parse_amounts(found.text) == found.key


@pytest.mark.parametrize(
    ("text", "unit", "ingredients"),
    [
        ("", "pill", 1),
        ("much", "pill", 1),
        ("-10 mg", "pill", 1),
        ("0 mg", "pill", 1),
        ("10", "pill", 1),
        ("10 bananas", "pill", 1),
        ("10 mg/banana", "pill", 1),
        ("10 mg/", "pill", 1),
        ("10 mg/0 mL", "mL", 1),
        ("1e3 mg", "pill", 1),
        ("1,5 mg", "pill", 1),
        ("١٠ mg", "pill", 1),
        ("325 g", "pill", 1),
        ("1500 mg/g", "g", 1),
        ("10 mg", "g", 1),
        ("2 %", "pill", 1),
        ("10 mg", "pill", 2),
        ("10 mg / 5 mg", "pill", 1),
        ("9" * 30 + " mg", "pill", 1),
        ("0.00000001 mg", "pill", 1),
        ("<b>10</b> mg", "pill", 1),
        ("10 mg " * 40, "pill", 1),
    ],
)
def test_what_is_no_strength_is_refused(text, unit, ingredients):
    with pytest.raises(Unreadable):
        read_strength(text, unit, ingredients)


@given(st.text(max_size=90), st.sampled_from(["pill", "mL", "g", "pack"]), st.integers(1, 3))
def test_whatever_is_typed_is_read_or_refused(text, unit, ingredients):
    try:
        found = read_strength(text, unit, ingredients)
    except Unreadable:
        return
    assert len(found.key) == ingredients
    assert all(value > 0 for value, _unit in found.key)


def test_strengths_are_ordered_in_the_unit_of_the_others():
    assert read_strength("0.025 mg", "pill", 1, "mcg").value == 25
    assert read_strength("25 mcg", "pill", 1).unit == "mcg"


def test_a_container_is_part_of_a_strength_that_is_sold_by_it():
    strength = read_strength("5 mg/mL", "mL", 1)
    found = with_content(strength, "2.5 ml", True)
    assert (found.text, found.content, found.measure) == ("5 mg/mL, 2.5 mL", D("2.5"), "mL")
    assert found.key != strength.key
    assert with_content(strength, "", False) == strength
    for wrong, by_container in (
        ("2.5 mL", False),
        ("", True),
        ("0 mL", True),
        ("-1 mL", True),
        ("5 oz", True),
    ):
        with pytest.raises(Unreadable):
            with_content(strength, wrong, by_container)


def test_a_strength_fits_as_many_ingredients_as_it_has_amounts():
    assert fits("10 mg / 5 mg", 2)
    assert fits("5 mg/mL, 2.5 mL", 1)
    assert not fits("10 mg", 2)


@pytest.mark.parametrize("form", known_forms())
def test_every_known_form_keeps_its_word_and_has_a_unit(form):
    assert plain_form(form, "").word == form
    assert plain_form(form, "").unit in ("pill", "mL", "g", "pack")


@pytest.mark.parametrize(
    ("form", "route", "word"),
    [
        ("solution", "eye", "eye drops"),
        ("cream", "vaginal", "vaginal cream"),
        ("tablet", "oral", "tablet"),
        ("eye drops", "eye", "eye drops"),
        ("vaginal cream", "vaginal", "vaginal cream"),
    ],
)
def test_a_form_is_said_with_the_place_it_goes_to(form, route, word):
    assert form_in(form, route).word == word


@pytest.mark.parametrize(
    ("form", "route"),
    [
        ("eye drops", "oral"),
        ("vaginal cream", "on the skin"),
        ("potion", "oral"),
        ("", "oral"),
        ("cream", ""),
    ],
)
def test_a_form_that_does_not_fit_its_route_is_refused(form, route):
    with pytest.raises(Unreadable):
        form_in(form, route)


def test_every_route_takes_a_solution():
    assert all(form_in("solution", route).unit in ("mL", "pack") for route in ROUTES)
