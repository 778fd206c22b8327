"""Imprints compared as people read them: any case, any gaps, either side first."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.appearance.rules import MOST_LETTERS, MOST_WORDS, beginning_with, folded, imprint_words


@pytest.mark.parametrize(
    ("imprint", "whole", "parts"),
    [
        ("WPI 2265", "WP12265", {"WP1", "2265"}),
        ("wpi;2265", "WP12265", {"WP1", "2265"}),
        ("VGR25;Pfizer", "VGR25PF1ZER", {"VGR", "25", "PF1ZER"}),
        ("PD;155;10", "PD15510", {"PD", "155", "10"}),
        ("A/β", "AB", {"A", "B"}),
        ("µ 5", "M5", {"M", "5"}),
        ("Lipitor® 10", "11P1T0R10", {"11P1T0R", "10"}),
        ("0.4 mg", "04MG", {"0", "4", "MG"}),
        ("", "", set()),
        ("★ —", "", set()),
    ],
)
def test_an_imprint_is_compared_without_case_gaps_and_signs(imprint, whole, parts):
    assert folded(imprint) == whole
    assert imprint_words(imprint) == parts


@pytest.mark.parametrize(("one", "other"), [("O8", "08"), ("I 5", "1-5"), ("l5", "15"), ("b 10", "B;10")])
def test_letters_that_look_like_digits_do_not_keep_two_imprints_apart(one, other):
    assert folded(one) == folded(other)


ANY = st.text(max_size=80)
MARKS = st.lists(st.text("ABCXYZ0123456789", min_size=1, max_size=6), min_size=1, max_size=4)


@given(ANY)
def test_folding_twice_changes_nothing_and_leaves_capitals_and_digits(imprint):
    once = folded(imprint)
    assert folded(once) == once
    assert len(once) <= MOST_LETTERS
    assert set(once) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


@given(ANY)
def test_words_are_few_and_neither_empty_nor_long(imprint):
    found = imprint_words(imprint)
    assert len(found) <= MOST_WORDS
    assert all(0 < len(word) <= MOST_LETTERS for word in found)


@given(MARKS, st.sampled_from([" ", ";", " / ", "-"]), st.sampled_from([str.lower, str.upper]))
def test_case_and_what_stands_between_do_not_matter(marks, gap, case):
    assert folded(case(gap.join(marks))) == folded(" ".join(marks))
    assert imprint_words(case(gap.join(marks))) == imprint_words(" ".join(marks))


@given(MARKS, st.randoms(use_true_random=False))
def test_the_words_are_the_same_whichever_side_is_read_first(marks, chance: random.Random):
    turned = chance.sample(marks, len(marks))
    assert imprint_words(" ".join(turned)) == imprint_words(";".join(marks))


@given(MARKS)
def test_an_imprint_lies_in_the_range_of_each_of_its_beginnings(marks):
    whole = folded(";".join(marks))
    for length in range(1, len(whole) + 1):
        low, high = beginning_with(whole[:length])
        assert low <= whole <= high
