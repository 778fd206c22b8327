"""Of what is found to the letter, names that begin as typed stand first, the very name before all."""

from pathlib import Path

import pytest

from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.search.writing import build
from tests.unit.search.search_shelf import found, index_of

ACTOPLUS, COMBINED, SALT, PLAIN, OTHER_FORM, TRADE, ADVIL, BRANDED = range(1, 9)
METFORMIN = "metformin hydrochloride"

SHELF = [
    SearchDocument(
        ACTOPLUS,
        "actoplus",
        "Actoplus Met",
        "tablet",
        ("pioglitazone", METFORMIN),
        ("Actoplus Met",),
        popularity=90,
        strengths=("500 mg / 15 mg",),
    ),
    SearchDocument(
        COMBINED,
        "both",
        "Metformin hydrochloride and repaglinide",
        "tablet",
        (METFORMIN, "repaglinide"),
        popularity=80,
        strengths=("500 mg / 1 mg",),
    ),
    SearchDocument(
        SALT, "salt", "Metformin hydrochloride", "tablet", (METFORMIN,), popularity=1, strengths=("500 mg",)
    ),
    SearchDocument(PLAIN, "ibuprofen", "Ibuprofen", "tablet", ("ibuprofen",), strengths=("200 mg",)),
    SearchDocument(OTHER_FORM, "capsules", "Ibuprofen", "capsule", ("ibuprofen",), popularity=5),
    SearchDocument(TRADE, "lysine", "Ibuprofen lysine", "solution", ("ibuprofen lysine",), popularity=70),
    SearchDocument(ADVIL, "advil", "Advil", "tablet", ("ibuprofen",), ("Advil",), popularity=99),
    SearchDocument(
        BRANDED,
        "ibuprofen-200",
        "Ibuprofen 200",
        "tablet",
        ("ibuprofen",),
        ("Ibuprofen 200",),
        strengths=("200 mg",),
    ),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SHELF)


@pytest.mark.parametrize(
    ("typed", "products"),
    [
        ("ibuprofen", [OTHER_FORM, PLAIN, TRADE, BRANDED, ADVIL]),
        (" IBUPROFEN ", [OTHER_FORM, PLAIN, TRADE, BRANDED, ADVIL]),
        ("ibup", [TRADE, OTHER_FORM, PLAIN, BRANDED, ADVIL]),
        ("ibupro", [TRADE, OTHER_FORM, PLAIN, BRANDED, ADVIL]),
        ("ibuprofen tablets", [PLAIN, BRANDED, ADVIL]),
        ("ibuprofen lysine", [TRADE]),
    ],
)
def test_the_name_that_was_typed_stands_before_more_popular_ones_and_names_that_begin_so_before_others(
    shelf: Index, typed: str, products: list[int]
) -> None:
    assert found(shelf, typed) == products


@pytest.mark.parametrize("typed", ["metformin", "met", "metformin tablets", "metformin hydrochloride"])
def test_a_medicine_alone_stands_before_its_combinations(shelf: Index, typed: str) -> None:
    assert found(shelf, typed)[0] == SALT


def test_a_combination_asked_for_by_its_name_is_found_by_it(shelf: Index) -> None:
    assert found(shelf, "metformin hydrochloride and") == [COMBINED]
    assert found(shelf, "Metformin hydrochloride and repaglinide") == [COMBINED]


def test_beside_a_strength_the_medicine_called_so_stands_first(shelf: Index) -> None:
    assert found(shelf, "metformin 500 mg") == [SALT, ACTOPLUS, COMBINED]
    assert found(shelf, "ibuprofen 200 mg")[0] == PLAIN
    assert found(shelf, "ibuprofen 200") == [BRANDED, PLAIN]


def test_how_popular_something_is_lifts_nothing_before_a_name_of_eight_words(tmp_path: Path) -> None:
    words = "one two three four five six seven"
    others = [
        SearchDocument(at, f"p{at}", f"First {words} eighth", popularity=9, ingredients=("a", "b"))
        for at in range(1, 40)
    ]
    asked = SearchDocument(99, "asked", f"{words} eighth-day", ingredients=("a", "b"))
    build(tmp_path, [*others, asked], "1")
    assert found(Index(tmp_path), f"{words} eighth")[0] == 99
    assert found(Index(tmp_path), f"{words} eight")[0] == 99
