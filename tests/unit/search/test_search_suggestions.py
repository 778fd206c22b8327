"""What is offered while somebody types, over a real index."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.search.suggestions import Suggestion
from shop.search.writing import build
from tests.unit.search.search_shelf import index_of

SPASTICITY = (("muscle-spasticity", "Muscle spasticity"),)
SHELF = [
    SearchDocument(
        1,
        "baclofen-tablets",
        "Baclofen",
        "tablet",
        ("baclofen",),
        (),
        SPASTICITY,
        "",
        90,
        ("0603-2406-21",),
        ("WPI 2265", "B;10"),
        "tablets",
    ),
    SearchDocument(
        2, "baclofen-solution", "Baclofen", "solution", ("baclofen",), (), (), "", 40, (), (), "solutions"
    ),
    SearchDocument(
        3,
        "lioresal-tablets",
        "Lioresal",
        "tablet",
        ("baclofen",),
        ("Lioresal",),
        SPASTICITY,
        "",
        10,
        form_plural="tablets",
    ),
    SearchDocument(
        4, "zinc-tablets", "Zinc", "tablet", ("zinc",), ("Bactal",), (), "", 99, form_plural="tablets"
    ),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SHELF)


def of_kind(found: list[Suggestion], kind: str) -> list[str]:
    return [one.name for one in found if one.kind == kind]


def test_medicines_brands_and_ingredients_that_begin_so_are_offered(shelf: Index) -> None:
    found = shelf.suggest("bac")
    medicines = [(one.name, one.forms) for one in found if one.kind == "medicine"]
    assert medicines[:2] == [("Baclofen", "tablets"), ("Baclofen", "solutions")]
    assert of_kind(found, "brand") == ["Bactal"]
    assert [(one.name, one.count) for one in found if one.kind == "ingredient"] == [("baclofen", 3)]


def test_a_name_that_begins_so_comes_before_a_more_popular_medicine_of_such_a_brand(shelf: Index) -> None:
    assert of_kind(shelf.suggest("bac"), "medicine") == ["Baclofen", "Baclofen", "Zinc", "Lioresal"]


def test_one_letter_offers_only_what_begins_with_it(shelf: Index) -> None:
    assert of_kind(shelf.suggest("l"), "medicine") == ["Lioresal"]
    assert of_kind(shelf.suggest("t"), "medicine") == []


def test_a_form_belongs_to_a_name_but_is_not_offered_before_three_letters(shelf: Index) -> None:
    assert [one.forms for one in shelf.suggest("baclofen sol")] == ["solutions"]
    assert shelf.suggest("ta") == []


def test_a_category_is_offered_with_its_slug_and_how_many_it_has(shelf: Index) -> None:
    assert shelf.suggest("spast")[-1] == Suggestion(
        "category", "Muscle spasticity", "muscle-spasticity", "", 2
    )


@pytest.mark.parametrize("typed", ["0603-2406-21", "00603240621", "0603-24", "ndc 0603 2406"])
def test_a_package_code_offers_its_medicine_even_half_typed(shelf: Index, typed: str) -> None:
    assert [one.slug for one in shelf.suggest(typed)] == ["baclofen-tablets"]


@pytest.mark.parametrize("typed", ["WPI 2265", "wpi2265", "2265 wpi", "2265", "wpi22", "B 10"])
def test_an_imprint_offers_its_medicine_however_it_is_read(shelf: Index, typed: str) -> None:
    assert of_kind(shelf.suggest(typed), "imprint") == ["Baclofen"]
    assert [hit.product_id for hit in shelf.search(typed).hits] == [1]


@pytest.mark.parametrize("typed", ["WPI 2266", "WPI 10"])
def test_an_imprint_is_taken_to_the_letter_and_not_mixed_from_two_tablets(shelf: Index, typed: str) -> None:
    assert of_kind(shelf.suggest(typed), "imprint") == []
    assert shelf.search(typed).total == 0


@pytest.mark.parametrize("typed", ["bavlo", "baclofn"])
def test_an_error_offers_the_name_to_choose_not_the_medicine(shelf: Index, typed: str) -> None:
    found = shelf.suggest(typed)
    assert {one.kind for one in found} == {"spelling"}
    assert "Baclofen" in of_kind(found, "spelling")


def test_what_nothing_resembles_offers_nothing(shelf: Index) -> None:
    assert shelf.suggest("qqqqqq") == []
    assert shelf.suggest("") == []


def test_words_that_only_find_something_apart_are_named(shelf: Index) -> None:
    found = shelf.search("zinc baclofen")
    assert (found.total, found.apart) == (0, ["zinc", "baclofen"])


@settings(max_examples=200, deadline=None)
@given(typed=st.text(max_size=200) | st.text(alphabet='bacloen wpi0263-"(:*^~[]{}\\/+!?\x00', max_size=120))
def test_no_text_makes_suggesting_fail(shelf: Index, typed: str) -> None:
    assert len(shelf.suggest(typed)) <= 24


def test_what_is_no_longer_listed_is_not_offered(tmp_path: Path) -> None:
    build(tmp_path, SHELF[3:], "1")
    assert Index(tmp_path).suggest("bac")[0].slug == "zinc-tablets"
    assert of_kind(Index(tmp_path).suggest("baclofen"), "ingredient") == []
