"""Order numbers are random and can be read out over the telephone."""

import re

from shop.orders.rules import LETTERS, new_number


def test_a_number_looks_like_one() -> None:
    assert re.fullmatch(r"F-[0-9A-Z]{4}-[0-9A-Z]{4}", new_number())


def test_no_letter_can_be_taken_for_another() -> None:
    assert not set("0O1IL5S8B") & set(LETTERS) - {"5", "8"}
    assert not {"S", "B"} & set(LETTERS)


def test_numbers_do_not_follow_from_each_other() -> None:
    numbers = [new_number() for _ in range(2000)]
    assert len(set(numbers)) == len(numbers)
    assert numbers != sorted(numbers)
