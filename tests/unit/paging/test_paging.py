"""Where one is in a long list."""

import pytest

from shop.paging import Page, page_number, within


@pytest.mark.parametrize(
    ("number", "total", "first", "last", "pages"),
    [(1, 0, 0, 0, 1), (1, 1, 1, 1, 1), (1, 10, 1, 10, 1), (2, 11, 11, 11, 2), (3, 25, 21, 25, 3)],
)
def test_a_page_says_which_entries_it_shows(number, total, first, last, pages):
    page = Page([], number, 10, total)
    assert (page.first, page.last, page.total_pages) == (first, last, pages)


@pytest.mark.parametrize(
    ("asked", "total", "shown"), [(1, 0, 1), (0, 25, 1), (-4, 25, 1), (3, 25, 3), (4, 25, 3), (10**9, 25, 3)]
)
def test_asking_beyond_either_end_shows_the_nearest_page(asked, total, shown):
    assert within(asked, 10, total) == shown


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (None, 1),
        ("", 1),
        ("3", 3),
        ("0", 1),
        ("-4", 1),
        ("1.5", 1),
        ("nonsense", 1),
        ("²", 1),
        ("٣", 1),
        ("99999999", 99_999_999),
        ("9" * 5000, 1),
    ],
)
def test_what_is_no_page_number_asks_for_the_first(asked, number):
    assert page_number(asked) == number
