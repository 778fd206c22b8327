"""What a search finds over a real index, in which order and on which page."""

from pathlib import Path

import pytest

from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.search.writing import build
from tests.unit.search.search_shelf import (
    BACLOFEN,
    DIPHENHYDRAMINE,
    IRON,
    LIORESAL,
    SHELF,
    SYRUP,
    TRIMOXAZOLE,
    found,
    index_of,
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SHELF)


@pytest.mark.parametrize(
    ("typed", "products"),
    [
        ("baclofen", [BACLOFEN, LIORESAL]),
        ("BACLOFEN", [BACLOFEN, LIORESAL]),
        ("bacl", [BACLOFEN, LIORESAL]),
        ("lioresal", [LIORESAL]),
        ("benadryl", [DIPHENHYDRAMINE]),
        ("allerg", [DIPHENHYDRAMINE]),
        ("sclerosis", [BACLOFEN]),
        ("baclofen tablets", [BACLOFEN, LIORESAL]),
        ("tablet baclofen spasticity", [BACLOFEN]),
        ("baclofen 10 mg", [BACLOFEN, LIORESAL]),
        ("tablets for spasticity", [BACLOFEN]),
        ("co-trimoxazole", [TRIMOXAZOLE]),
        ("co\u2011trimoxazole", [TRIMOXAZOLE]),
        ("cotrimoxazole", [TRIMOXAZOLE]),
        ("sena", [SYRUP]),
        ("WPI 2265", [BACLOFEN]),
        ("2265", [BACLOFEN]),
    ],
)
def test_words_and_their_beginnings_find_products_most_popular_first(
    shelf: Index, typed: str, products: list[int]
) -> None:
    answer = shelf.search(typed)
    assert [hit.product_id for hit in answer.hits] == products
    assert answer.spelling == "exact"
    assert answer.alternatives == []
    assert all(hit.exact and hit.distance == 0 for hit in answer.hits)


@pytest.mark.parametrize(
    ("typed", "product"),
    [
        ("0603-2406-21", BACLOFEN),
        ("0603240621", BACLOFEN),
        ("00603240621", BACLOFEN),
        ("00603-2406-21", BACLOFEN),
        ("NDC 0603-2406-21", BACLOFEN),
        ("0603-2406", BACLOFEN),
        ("0603\u20132406\u201321", BACLOFEN),
        ("NDC 0603\u20112406\u201121", BACLOFEN),
        ("0603\u22122406", BACLOFEN),
        ("12345-678-90", DIPHENHYDRAMINE),
        ("12345067890", DIPHENHYDRAMINE),
        ("0093-0123-01", IRON),
        ("11122-2333-44", TRIMOXAZOLE),
    ],
)
def test_a_package_code_is_found_in_any_format(shelf: Index, typed: str, product: int) -> None:
    assert found(shelf, typed) == [product]


def test_a_package_code_that_differs_in_one_digit_finds_nothing(shelf: Index) -> None:
    assert shelf.search("0603-2406-22").spelling == "none"


def test_names_of_one_popularity_come_in_alphabetical_order(tmp_path: Path) -> None:
    names = ["Zeta", "alpha", "Mu"]
    build(
        tmp_path,
        [SearchDocument(i, n, n, categories=(("greek", "Greek"),)) for i, n in enumerate(names)],
        "1",
    )
    assert found(Index(tmp_path), "greek") == [1, 2, 0]


def test_pages_follow_each_other_without_gap_or_repeat(tmp_path: Path) -> None:
    build(tmp_path, [SearchDocument(i, f"p{i}", "Aspirin", popularity=-i) for i in range(50)], "1")
    index = Index(tmp_path)
    pages = [index.search("aspirin", 20, offset) for offset in (0, 20, 40, 60)]
    assert [hit.product_id for page in pages for hit in page.hits] == list(range(50))
    assert {page.total for page in pages} == {50}
