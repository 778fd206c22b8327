"""Where one is in a long list."""

import pytest

from shop.paging import Page, within


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
