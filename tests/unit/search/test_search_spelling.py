"""What a search makes of wrong spellings: which it forgives, and what it offers instead."""

from pathlib import Path

import pytest

from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.search.writing import build
from tests.unit.search.search_shelf import (
    BACLOFEN,
    DACLOFEN,
    DIPHENHYDRAMINE,
    IRON,
    LIORESAL,
    SHELF,
    found,
    index_of,
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SHELF)


def test_a_misspelled_name_offers_both_look_alikes_with_the_nearer_first(shelf: Index) -> None:
    answer = shelf.search("baclofn")
    assert answer.spelling == "near"
    assert answer.alternatives == ["Baclofen", "Daclofen"]
    assert [(hit.product_id, hit.distance) for hit in answer.hits] == [
        (BACLOFEN, 1),
        (LIORESAL, 1),
        (DACLOFEN, 2),
    ]
    assert not any(hit.exact for hit in answer.hits)


def test_at_one_distance_a_known_medicine_comes_first_then_the_more_popular(
    shelf: Index, tmp_path: Path
) -> None:
    assert found(shelf, "aclofen") == [BACLOFEN, LIORESAL, DACLOFEN]
    assert shelf.search("aclofen").alternatives == ["Baclofen", "Daclofen"]
    invented = [
        SearchDocument(1, "t", "Taclofix", popularity=1),
        SearchDocument(2, "d", "Daclofix", popularity=9),
    ]
    assert found(index_of(tmp_path, invented), "aclofix") == [2, 1]


def test_a_right_spelling_hides_its_look_alike(shelf: Index) -> None:
    assert DACLOFEN not in found(shelf, "baclofen")


def test_two_swapped_letters_count_as_one_error(shelf: Index) -> None:
    assert [hit.distance for hit in shelf.search("ibn").hits] == []
    assert [hit.distance for hit in shelf.search("lioresla").hits] == [1]


@pytest.mark.parametrize(
    ("typed", "products"),
    [
        ("difenhydramine", [DIPHENHYDRAMINE]),
        ("diffenhidramine", [DIPHENHYDRAMINE]),  # sounds the same
        ("dippenxydromyne", []),
        ("irin", [IRON]),
        ("arin", []),
        ("ir", [IRON]),
        ("ix", []),
        ("WPI 2266", []),
    ],
)
def test_long_words_forgive_two_errors_short_words_one_and_digits_none(
    shelf: Index, typed: str, products: list[int]
) -> None:
    assert found(shelf, typed) == products


def test_an_alternative_keeps_the_words_that_were_right(shelf: Index) -> None:
    assert shelf.search("baclofn tablet").alternatives == ["Baclofen tablet", "Daclofen tablet"]


def test_every_alternative_finds_something_exactly(shelf: Index) -> None:
    for typed in ("baclofn", "lioresl tablt", "sulfametoxazole", "spasticty"):
        alternatives = shelf.search(typed).alternatives
        assert alternatives
        assert {shelf.search(alternative).spelling for alternative in alternatives} == {"exact"}


def test_a_look_alike_is_offered_however_many_products_the_nearer_name_has(tmp_path: Path) -> None:
    many = [SearchDocument(i, f"b{i}", "Baclofen", popularity=9) for i in range(1500)]
    build(tmp_path, [*many, SearchDocument(5000, "d", "Daclofen")], "1")
    assert Index(tmp_path).search("baclofn").alternatives == ["Baclofen", "Daclofen"]


def test_a_misspelled_name_puts_its_medicine_before_what_only_contains_it(tmp_path: Path) -> None:
    mixtures = [
        SearchDocument(at, f"m{at}", "Actoplus Met", ingredients=("pioglitazone", "metformin"), popularity=9)
        for at in range(20)
    ]
    plain = SearchDocument(99, "metformin", "Metformin hydrochloride", ingredients=("metformin",))
    index = index_of(tmp_path, [*mixtures, plain])
    for typed in ("metfromin", "metphormin", "metformina", "метформин"):
        answer = index.search(typed, 5)
        assert answer.hits[0].product_id == 99, typed
        assert (answer.alternatives[0].lower(), answer.firsts[0]) == ("metformin", 99)


def test_two_slips_keep_the_order_of_nearness(tmp_path: Path) -> None:
    names = ("Sertraline", "Selegiline", "Cetirizine", "Gabapentin")
    index = index_of(tmp_path, [SearchDocument(at, name, name) for at, name in enumerate(names)])
    for typed, meant in (("seritiline", 0), ("cetrizene", 2), ("gabapenten", 3)):
        assert found(index, typed)[0] == meant
