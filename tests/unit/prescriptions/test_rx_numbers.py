"""Rx numbers, written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.prescriptions.rx_numbers import parse, rx_number


@pytest.mark.parametrize(
    ("prescription_id", "line", "number"),
    [(123, 1, "0000123-1"), (1, None, "0000001"), (9_999_999, 6, "9999999-6"), (12_345_678, 2, "12345678-2")],
)
def test_how_it_is_written(prescription_id, line, number):
    assert rx_number(prescription_id, line) == number


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0000123-1", (123, 1)),
        ("123-1", (123, 1)),
        (" Rx 0000123-1 ", (123, 1)),
        ("rx#123 - 1", (123, 1)),
        ("RX: 0000123–1", (123, 1)),
        ("Rx No. 123/2", (123, 2)),
        ("Rx123", (123, None)),
        ("0000123", (123, None)),
        ("00000000000123-01", (123, 1)),
        ("0", None),
        ("0000123-0", None),
        ("123-1-1", None),
        ("-1", None),
        ("", None),
        ("Rx", None),
        ("F-7K3M-92QX", None),
        ("Ada Specimen", None),
        ("²", None),
        ("١٢٣-١", None),
        ("9" * 41, None),
        ("9" * 19, None),
        ("123\n-1", None),
        ("123 1", None),
    ],
)
def test_how_it_is_read(text, read):
    assert parse(text) == read


@given(st.integers(1, 10**18 - 1), st.none() | st.integers(1, 99))
def test_what_is_written_is_read(prescription_id, line):
    assert parse(rx_number(prescription_id, line)) == (prescription_id, line)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text):
    found = parse(text)
    assert found is None or 0 < found.prescription_id < 2**63
