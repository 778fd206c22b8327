"""Any cell of a workbook is read or found faulty; prices come out to the last decimal."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shop.database import unit_price
from shop.imports.nadac.line_cells import day_cell, ndc_cell, price_cell, read_cells
from shop.imports.nadac.rows import (
    BAD_DAY,
    DAY_FIRST,
    OPEN,
    ROUNDED_NDC,
    SERIAL_DAY,
    UNITS,
    checked,
    day_of,
    days,
)

cells = st.one_of(
    st.text(max_size=15),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.none(),
    st.sampled_from(["sNaN", "NaN", "-Infinity", "1e400", "$0.51", "06/17/2015", "00000000101", "EA"]),
)


@given(st.lists(cells, min_size=5, max_size=5))
def test_any_line_has_a_place_in_the_columns(line):
    code, price, first, unit, as_of = read_cells(line)
    rows = checked(
        np.array([1], np.int32),
        np.array([code], np.int64),
        np.array([first], np.int32),
        np.array([OPEN], np.int32),
        np.array([price]),
        np.array([unit], np.int8),
        date(2026, 11, 22),
        np.array([as_of], np.int32),
    )
    assert rows.count == 1


@given(st.integers(1, 10**12))
@example(882_627_051_133)  # off by more than a ten-thousandth of the last decimal
def test_a_price_that_was_a_binary_number_is_exact_again(units):
    exact = Decimal(units).scaleb(-5)
    rows = checked(
        np.array([1], np.int32),
        np.array([101], np.int64),
        np.array([days(date(2020, 1, 1))], np.int32),
        np.array([OPEN], np.int32),
        np.array([float(exact)]),
        np.array([UNITS["EA"]], np.int8),
        date(2026, 1, 1),
    )
    assert [unit_price(int(price)) for price in rows.price] == [exact]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("00000000101", 101),
        (" 00000-0001-01 ", 101),
        (101.0, 101),
        (101.5, -1),
        (-101.0, -1),
        ("101", -1),
        ("0000000010A", -1),
        ("٠٠٠٠٠٠٠٠١٠١", -1),
        (None, -1),
        (True, -1),
        (101, 101),
        ("5.78940061E+10", ROUNDED_NDC),
        ("5,79E+10", ROUNDED_NDC),
        (float("inf"), -1),
        ("", -1),
    ],
)
def test_an_ndc_is_eleven_digits_whatever_the_cell_did_to_them(cell, code):
    assert ndc_cell(cell) == code


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2015, 6, 17), date(2015, 6, 17)),
        (datetime(2015, 6, 17, 8), date(2015, 6, 17)),  # noqa: DTZ001
        ("06/17/2015", date(2015, 6, 17)),
        ("2015-06-17", date(2015, 6, 17)),
        ("2015-06-17T00:00:00.000", date(2015, 6, 17)),
        ("06/17/2015 12:00:00 AM", date(2015, 6, 17)),
        ("20150617", date(2015, 6, 17)),
        (20150617, date(2015, 6, 17)),
        ("17.06.2015", BAD_DAY),
        ("17/06/2015", DAY_FIRST),
        ("17/17/2015", BAD_DAY),
        (42172.0, SERIAL_DAY),
        (float("inf"), BAD_DAY),
        (True, BAD_DAY),
        ("", BAD_DAY),
        (None, BAD_DAY),
    ],
)
def test_a_day_is_read_in_the_ways_such_files_write_it(cell, day):
    read = day_cell(cell)
    assert (read if read <= DAY_FIRST else day_of(read)) == day


@pytest.mark.parametrize(
    ("cell", "price"), [(0.18159, 0.18159), ("0.18159", 0.18159), (" $3 ", 3), (7, 7), ("$1,234.50", 1234.5)]
)
def test_a_price_is_a_number_or_its_text(cell, price):
    assert price_cell(cell) == price
