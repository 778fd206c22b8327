"""A large index follows single changes: only they are written, and it then answers as one built anew."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shop.search import writing
from shop.search.current_index import Index
from shop.search.documents import SearchDocument, in_order
from shop.search.store import read_pointer
from shop.search.writing import Source, follow
from tests.unit.search.search_shelf import spoil

COUNT = writing.FEW_PRODUCTS + 200


class Catalogue:
    """Products that a test changes, and how many documents were asked for since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.products = {
            number: SearchDocument(
                number,
                f"p{number}",
                f"Aspirin {number}",
                "tablet",
                popularity=number,
                brands=(f"Maker{number}",),
            )
            for number in range(1, COUNT + 1)
        }
        self.version = 0
        self.read = 0

    def change(self, number: int, **values: object) -> None:
        changed = replace(self.products[number], stamp=self.products[number].stamp + 1, **values)
        self.products[number] = changed

    def follow(self) -> bool:
        self.version += 1
        self.read = 0
        return follow(self.folder, self._look)

    def found(self, text: str, limit: int = 5) -> list[int]:
        return [hit.product_id for hit in Index(self.folder).search(text, limit).hits]

    def _look(self) -> Source:
        order = sorted(self.products.values(), key=in_order)
        stamps = {product.product_id: product.stamp for product in order}
        return Source(str(self.version), stamps, lambda wanted: self._documents(order, wanted))

    def _documents(self, order: list[SearchDocument], wanted: Collection[int]) -> Iterator[SearchDocument]:
        for product in order:
            if product.product_id in wanted:
                self.read += 1
                yield product


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = Catalogue(tmp_path)
    made.follow()
    return made


def test_a_renamed_product_is_found_by_its_new_name_only_and_nothing_else_is_read(
    catalogue: Catalogue,
) -> None:
    catalogue.change(17, name="Warfarin", brands=("Coumaren",))
    assert catalogue.follow()
    assert catalogue.read == 1
    assert catalogue.found("warfarin") == [17]
    assert catalogue.found("coumaren") == [17]
    assert 17 not in catalogue.found("aspirin 17", 500)
    assert Index(catalogue.folder).search("warfarn").alternatives == ["Warfarin"]
    assert [one.kind for one in Index(catalogue.folder).suggest("coum")] == ["medicine", "brand"]


def test_a_product_no_longer_listed_is_gone_and_its_brand_is_not_offered(catalogue: Catalogue) -> None:
    del catalogue.products[5]
    catalogue.follow()
    assert catalogue.found("maker5") != [5]
    assert 5 not in catalogue.found("maker5", 2000)
    assert "Maker5" not in [
        one.name for one in Index(catalogue.folder).suggest("maker5") if one.kind == "brand"
    ]


def test_a_new_product_takes_its_place_by_popularity(catalogue: Catalogue) -> None:
    catalogue.products[99_999] = SearchDocument(99_999, "new", "Aspirin new", "tablet", popularity=COUNT - 1)
    catalogue.follow()
    assert catalogue.found("aspirin") == [COUNT, COUNT - 1, 99_999, COUNT - 2, COUNT - 3]


def test_a_product_grown_popular_comes_first(catalogue: Catalogue) -> None:
    catalogue.change(3, popularity=COUNT + 50)
    catalogue.follow()
    assert catalogue.found("aspirin", 2) == [3, COUNT]
    catalogue.change(4, popularity=COUNT + 60)
    catalogue.follow()
    assert catalogue.found("aspirin", 3) == [4, 3, COUNT]


def test_a_version_without_a_change_costs_no_new_index(catalogue: Catalogue) -> None:
    before = read_pointer(catalogue.folder)
    assert catalogue.follow()
    assert read_pointer(catalogue.folder) == replace(before, version="2")
    assert catalogue.read == 0


def test_many_changes_are_one_build(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_CHANGES", 20)
    for number in range(1, 22):
        catalogue.change(number, popularity=0)
    catalogue.follow()
    assert (read_pointer(catalogue.folder).updates, catalogue.read) == (0, COUNT)


def test_changes_of_more_than_half_are_one_build(catalogue: Catalogue) -> None:
    for number in range(1, COUNT // 2 + 2):
        catalogue.change(number, popularity=0)
    catalogue.follow()
    assert (read_pointer(catalogue.folder).updates, catalogue.read) == (0, COUNT)


def test_a_small_catalogue_is_built_anew_at_each_change(tmp_path: Path) -> None:
    small = Catalogue(tmp_path)
    for number in range(writing.FEW_PRODUCTS + 1, COUNT + 1):
        del small.products[number]
    small.follow()
    small.change(3, name="Warfarin")
    small.follow()
    assert (small.read, small.found("warfarin")) == (writing.FEW_PRODUCTS, [3])


def test_after_many_updates_the_whole_is_built_anew_though_nothing_changed(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_UPDATES", 1)
    for number in (1, 2):
        catalogue.change(number, name=f"Renamed {number}")
        catalogue.follow()
    assert read_pointer(catalogue.folder).updates == 2
    catalogue.version -= 1
    assert catalogue.follow()
    assert (read_pointer(catalogue.folder).updates, catalogue.read) == (0, COUNT)


def test_a_damaged_index_is_built_anew_instead_of_changed(catalogue: Catalogue) -> None:
    for file in catalogue.folder.glob("snapshot-*/*.fast"):
        spoil(file, b"damaged")
    catalogue.change(17, name="Warfarin")
    catalogue.follow()
    assert catalogue.read == COUNT
    assert catalogue.found("warfarin") == [17]


def test_an_open_reader_answers_throughout_and_sees_the_change_within_seconds(catalogue: Catalogue) -> None:
    index = Index(catalogue.folder)
    assert index.search("aspirin", 1).total == COUNT
    for number in range(1, 5):
        catalogue.change(number, name=f"Warfarin {number}")
        catalogue.follow()
        assert index.search("aspirin", 1).total >= COUNT - number
    index._reader.look_now()
    assert index.search("warfarin", 5).total == 4
