"""Which pages look alike: sent again in other clothes, turned; and what a hash can and cannot tell apart."""

import pytest
from PIL import Image, ImageEnhance

from shop.prescriptions.looks import (
    LEAST_SHARED,
    MOST_APART,
    NEARLY_SAME,
    apart,
    bands,
    is_mark,
    nearest,
    turns,
)
from shop.prescriptions.uploads.render import mark_of
from tests.unit.prescriptions.drawn_forms import ADA, BEN, hospital, jpeg, lit, practice, scaled

AGAIN = {
    "the same": lambda page: page,
    "JPEG of quality 85": lambda page: jpeg(page, 85),
    "JPEG of quality 40": lambda page: jpeg(page, 40),
    "half the size": lambda page: jpeg(scaled(page, 0.5)),
    "larger": lambda page: scaled(page, 1.5),
    "brighter": lambda page: jpeg(lit(page, 1.3)),
    "darker": lambda page: jpeg(lit(page, 0.6)),
    "half the contrast": lambda page: ImageEnhance.Contrast(page).enhance(0.5),
    "in color": lambda page: page.convert("RGB"),
    "turned left": lambda page: jpeg(page.rotate(90, expand=True)),
    "upside down": lambda page: jpeg(page.rotate(180)),
    "turned right": lambda page: jpeg(page.rotate(270, expand=True)),
}


@pytest.mark.parametrize("form", [practice, hospital])
@pytest.mark.parametrize("how", AGAIN)
def test_a_page_sent_again_is_alike_and_found_by_its_bands(form, how):
    first, again = mark_of(form(ADA)), mark_of(AGAIN[how](form(ADA)))
    assert apart(first, again) <= MOST_APART
    shared = [sum(map(int.__eq__, bands(turned), bands(first))) for turned in turns(again)]
    assert max(shared) >= LEAST_SHARED


def test_another_form_is_far_away():
    assert apart(mark_of(practice(ADA)), mark_of(hospital(ADA))) > 2 * MOST_APART


def test_other_words_on_the_same_form_are_not_nearly_the_same():
    for form in (practice, hospital):
        assert apart(mark_of(form(ADA)), mark_of(form(BEN))) > NEARLY_SAME


@pytest.mark.parametrize(
    "page",
    [Image.new("L", (600, 800), "white"), Image.new("RGB", (600, 800), "black"), Image.new("L", (1, 1))],
)
def test_a_page_with_next_to_nothing_on_it_has_no_mark(page):
    assert mark_of(page) is None


def test_four_quarter_turns_are_none():
    mark = mark_of(practice(ADA))
    assert is_mark(mark)
    assert turns(turns(mark)[3])[1] == mark
    assert len(set(turns(mark))) == 4
    assert len(bands(mark)) == 16
    assert all(0 <= value < 2**16 for value in bands(mark))


@pytest.mark.parametrize("text", [None, 7, "", "f" * 63, "F" * 64, "g" * 64, "0x" + "f" * 62])
def test_what_is_no_mark_is_none(text):
    assert not is_mark(text)


def test_of_others_only_the_alike_are_near_and_each_once():
    mark = mark_of(practice(ADA))
    others = [(mark, 7), (mark_of(jpeg(practice(ADA), 40)), 7), (mark_of(hospital(ADA)), 8)]
    assert nearest(mark, others) == {7: 0}
