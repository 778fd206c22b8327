"""Order numbers are random and can be read out over the telephone."""

import re

import pytest

from shop.orders.rules import LETTERS, new_number, number_of


def test_a_number_looks_like_one() -> None:
    assert re.fullmatch(r"F-[0-9A-Z]{4}-[0-9A-Z]{4}", new_number())


def test_no_letter_can_be_taken_for_another() -> None:
    assert not set("0O1IL5S8B") & set(LETTERS) - {"5", "8"}
    assert not {"S", "B"} & set(LETTERS)


def test_numbers_do_not_follow_from_each_other() -> None:
    numbers = [new_number() for _ in range(2000)]
    assert len(set(numbers)) == len(numbers)
    assert numbers != sorted(numbers)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("F-7K3M-92QX", "F-7K3M-92QX"),
        (" f 7k3m 92qx ", "F-7K3M-92QX"),
        ("7k3m92qx", "F-7K3M-92QX"),
        ("#F-7K3M-92QX.", "F-7K3M-92QX"),
        ("F-7K3M-92", None),
        ("F-7K3M-92QO", None),  # a letter that no number has
        ("baclofen", None),
        ("", None),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed, number):
    assert number_of(typed) == number
