"""Ids go to the database in portions: each once, in order, and never more than one question takes."""

import pytest

from shop.database import AT_ONCE, portions


@pytest.mark.parametrize(
    ("values", "most", "expected"),
    [
        ([], 2, []),
        ([1], 2, [[1]]),
        ([1, 2], 2, [[1, 2]]),
        ([1, 2, 3], 2, [[1, 2], [3]]),
        ([1, 2, 3, 4], 2, [[1, 2], [3, 4]]),
        ("cab", 2, [["a", "b"], ["c"]]),
    ],
    ids=["none", "one", "exactly one portion", "one more", "exactly two", "words"],
)
def test_values_are_cut_into_full_portions_and_a_last_one(values, most, expected):
    assert list(portions(values, most)) == expected


def test_a_value_named_twice_is_asked_for_once():
    assert list(portions([2, 1, 2, 2], 1)) == [[1], [2]]


def test_what_can_be_read_only_once_is_cut_as_well():
    assert list(portions((number for number in (3, 1, 2)), 2)) == [[1, 2], [3]]


def test_no_portion_is_larger_than_one_question_takes():
    assert [len(some) for some in portions(range(AT_ONCE + 1))] == [AT_ONCE, 1]
