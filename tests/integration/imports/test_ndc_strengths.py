"""Strengths and units as another program spells them: the same strength, or none."""

import pytest

from shop.imports.ndc.files import PRODUCT_COLUMNS
from shop.imports.ndc.rows import MalformedRow, product_row
from tests.integration.imports.ndc_files import product


@pytest.mark.parametrize(
    ("strength", "text"),
    [
        ("0,5", "0.5 mg"),
        (".5", "0.5 mg"),
        ("2,25", "2.25 mg"),
        ("1,250", None),
        ("02. Mai", None),
        ("5E+05", None),
    ],
)
def test_a_strength_with_a_decimal_comma_is_read_where_it_can_be_nothing_else(strength, text):
    row = product("0001-0001", strength=strength)
    fields = [row.get(name, "") for name in PRODUCT_COLUMNS]
    if text is None:
        with pytest.raises(MalformedRow):
            product_row(fields)
    else:
        assert product_row(fields).amounts[0][1].text == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("MG/1", "500 mg"),
        ("Mg/5ML", "500 mg/5 mL"),
        ("µg/1", "500 mcg"),
        ("μg/1", "500 mcg"),
        ("MCG/ML", "500 mcg/mL"),
        ("GM/1", "500 g"),
        ("IU/1", "500 international units"),
        ("[iU]/mL", "500 international units/mL"),
        ("[USP'U]/mg", "500 USP units/mg"),
    ],
)
def test_a_unit_in_another_spelling_is_the_same_strength(unit, text):
    row = product("0001-0001", strength="500", ACTIVE_INGRED_UNIT=unit)
    [(_name, amount)] = product_row([row.get(name, "") for name in PRODUCT_COLUMNS]).amounts
    assert amount.text == text


def test_a_strength_of_nothing_is_none():
    row = product("0001-0001", strength="0.00")
    with pytest.raises(MalformedRow):
        product_row([row.get(name, "") for name in PRODUCT_COLUMNS])
