"""Whatever is typed, the search answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.search.current_index import Index
from tests.unit.search.search_shelf import BACLOFEN, LIORESAL, SHELF, found, index_of


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SHELF)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        '"(:*^',
        "a" * 5000,
        "\x00\x1b[2J",
        "💊",
        "\ud800",
        "AND OR NOT",
        "name:[a TO *]",
        "-" * 200,
        "1" * 300,
        "é" * 99,
        "ﬁ ﬃ İ ß",
        "baclofen " * 500,
    ],
)
def test_odd_text_is_only_text(shelf: Index, typed: str) -> None:
    answer = shelf.search(typed)
    assert answer.total >= len(answer.hits)
    shelf.suggest(typed)


@settings(max_examples=300, deadline=None)
@given(
    typed=st.text(max_size=300) | st.text(alphabet='baclofen 0123-"(:*^~[]{}\\/+!?\x00', max_size=120),
    limit=st.integers(-5, 10**12),
    offset=st.integers(-5, 10**12),
)
def test_no_text_makes_the_search_fail(shelf: Index, typed: str, limit: int, offset: int) -> None:
    answer = shelf.search(typed, limit, offset)
    assert (answer.spelling == "none") == (answer.total == 0)
    shelf.suggest(typed)


def test_only_the_first_hundred_characters_are_read(shelf: Index) -> None:
    assert found(shelf, " " * 92 + "baclofen") == [BACLOFEN, LIORESAL]
    assert found(shelf, " " * 100 + "baclofen") == []
