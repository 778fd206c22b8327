"""Pages in files: each comes back whole while what it shows is as it was; never more of them than places."""

from dataclasses import replace
from pathlib import Path

import pytest

from shop.projections.page_cache import LARGEST_PAGE, FileStore, Page, Shown


class Now:
    """Versions of this moment: a page that shows ids is good while each has the number it had."""

    def __init__(self, **numbers: int) -> None:
        self.numbers = numbers

    def of(self, shown: Shown) -> str:
        return " ".join(f"{part}{one}:{self.numbers.get(part, 0)}" for part in shown for one in shown[part])


PAGE = Page({"offers": [1, 2]}, [("Content-Type", "text/html")], 'W/"1"', b"line\nline\n", 1.0)
START = Now()


def test_what_is_put_into_the_store_comes_back_whole(tmp_path):
    store = FileStore(tmp_path, 1)
    store.put("a", START, PAGE)

    assert store.get("a", START) == PAGE
    assert store.get("a", Now(list=1)) == PAGE
    assert store.get("a", Now(offers=1)) is None
    assert store.get("b", START) is None


def test_a_page_takes_the_place_of_its_predecessor(tmp_path):
    store = FileStore(tmp_path, 1)
    for etag in ("1", "2", "3"):
        store.put("a", START, replace(PAGE, etag=etag))

    assert len(files(tmp_path)) == 1
    assert store.get("a", START).etag == "3"


def test_the_store_never_grows_beyond_its_places(tmp_path):
    store = FileStore(tmp_path, 1)
    for number in range(100):
        store.put(str(number), START, PAGE)

    assert store.places == 8
    assert len(files(tmp_path)) <= 8
    assert any(store.get(str(number), START) for number in range(100))


def test_an_old_page_gives_up_its_place_first(tmp_path):
    store, later = FileStore(tmp_path, 1), Now(offers=1)
    for number in range(100):
        store.put(str(number), START, PAGE)
    full = len(files(tmp_path))
    for number in range(100, 104):
        store.put(str(number), later, PAGE)

    assert full == 8
    assert sum(store.get(str(number), later) is not None for number in range(100, 104)) >= 2


def test_a_page_too_large_for_its_place_is_not_kept(tmp_path):
    store = FileStore(tmp_path, 1)
    store.put("a", START, replace(PAGE, body=b"x" * LARGEST_PAGE))

    assert store.get("a", START) is None
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"\xff\xfe", b'{"version": ""', b"[1]\nx", b'{"version": 1}\nx']
)
def test_a_damaged_file_is_a_page_to_render(tmp_path, damage):
    store = FileStore(tmp_path, 1)
    store.put("a", START, PAGE)
    for path in files(tmp_path):
        path.write_bytes(damage)

    assert store.get("a", START) is None
    store.put("a", START, PAGE)
    assert store.get("a", START) == PAGE


def test_a_disk_that_cannot_be_written_is_no_error(tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("")
    FileStore(blocked, 1).put("a", START, PAGE)

    assert [record.levelname for record in caplog.records] == ["WARNING"]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
