"""A number beside a name is a strength, and the generic that comes in it stands first."""

import pytest

from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.substances.query_text import parse_strength, strength_keys
from tests.unit.search.search_shelf import index_of

SHELF = [
    SearchDocument(
        1, "aspirin-tablets", "Aspirin", "tablet", ("aspirin",), popularity=10, strengths=("81 mg", "325 mg")
    ),
    SearchDocument(
        2,
        "health-81",
        "Health Aspirin 81",
        "tablet",
        ("aspirin",),
        ("Health Aspirin 81",),
        popularity=90,
        strengths=("81 mg",),
    ),
    SearchDocument(
        3,
        "aspirin-caffeine",
        "Aspirin and caffeine",
        "tablet",
        ("aspirin", "caffeine"),
        popularity=80,
        strengths=("81 mg / 32 mg",),
    ),
    SearchDocument(
        4, "aspirin-capsules", "Aspirin", "capsule", ("aspirin",), popularity=70, strengths=("325 mg",)
    ),
    SearchDocument(
        5,
        "baclofen-injection",
        "Baclofen",
        "injection",
        ("baclofen",),
        popularity=60,
        strengths=("10 mg/20 mL",),
    ),
    SearchDocument(
        6,
        "baclofen-tablets",
        "Baclofen",
        "tablet",
        ("baclofen",),
        popularity=5,
        strengths=("10 mg",),
        imprints=("BAC 10",),
    ),
    SearchDocument(
        7, "levothyroxine", "Levothyroxine", "tablet", ("levothyroxine",), strengths=("50 mcg", "1000 mcg")
    ),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SHELF)


def found(shelf: Index, text: str) -> list[int]:
    return [hit.product_id for hit in shelf.search(text).hits]


@pytest.mark.parametrize("typed", ["aspirin 81", "aspirin 81 mg", "aspirin 81mg", "81 mg aspirin"])
def test_the_generic_that_comes_in_a_strength_stands_before_a_more_popular_brand(
    shelf: Index, typed: str
) -> None:
    assert found(shelf, typed) == [1, 2, 3]


def test_a_whole_strength_stands_before_one_in_a_volume(shelf: Index) -> None:
    assert found(shelf, "baclofen 10 mg") == [6, 5]
    assert found(shelf, "baclofen 10 mg tablets") == [6]


@pytest.mark.parametrize("typed", ["levothyroxine 0.05 mg", "levothyroxine .05mg", "levothyroxine 1,000 mcg"])
def test_one_weight_is_found_in_any_unit(shelf: Index, typed: str) -> None:
    assert found(shelf, typed) == [7]


def test_a_strength_that_nobody_makes_finds_the_medicine_all_the_same(shelf: Index) -> None:
    assert found(shelf, "aspirin 7 mg") == found(shelf, "aspirin") == [4, 1, 3, 2]


def test_a_short_word_with_a_number_is_still_an_imprint(shelf: Index) -> None:
    assert parse_strength("bac 10") is None
    assert found(shelf, "bac 10") == [6]


def test_while_typing_what_comes_in_the_strength_is_offered(shelf: Index) -> None:
    offered = [one.slug for one in shelf.suggest("aspirin 325") if one.kind == "medicine"]
    assert offered == ["aspirin-capsules", "aspirin-tablets"], "as the page of results has them"


@pytest.mark.parametrize(
    ("strength", "keys", "whole"),
    [
        ("81 mg", {"81", "81000mcg"}, True),
        ("12.5 mg / 500 mg", {"12.5", "12500mcg", "500", "500000mcg"}, False),
        ("500 mg/5 mL", {"500", "500000mcg", "5", "5ml"}, False),
        ("0.050 mg", {"0.05", "50mcg"}, True),
        ("10000 units/mL", {"10000", "10000unit"}, False),
        ("Strength not stated", set(), False),
    ],
)
def test_a_strength_is_found_by_each_of_its_amounts(strength: str, keys: set[str], whole: bool) -> None:
    assert strength_keys(strength) == (keys, whole)


@pytest.mark.parametrize(
    "text", ["", "81", "81 mg", "wpi 2265", "0603-2406-21", "b12", "aspirin", "1.2.3 (:*^"]
)
def test_a_number_without_a_name_asks_for_no_strength(text: str) -> None:
    assert parse_strength(text) is None
