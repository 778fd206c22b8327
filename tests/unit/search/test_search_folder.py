"""The folder of an index: missing, damaged, of another release, built anew while a reader is open."""

import json
import shutil
from pathlib import Path

import pytest

from shop.projections import store
from shop.projections.store import POINTER
from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.search.store import IndexMissing, indexes, read_pointer
from shop.search.writing import build
from tests.unit.search.search_shelf import LIORESAL, SHELF, found, spoil, wait_for


def test_a_missing_folder_is_named_and_building_mends_it(tmp_path: Path) -> None:
    index = Index(tmp_path / "none")
    assert not index.is_current("1")
    with pytest.raises(IndexMissing):
        index.search("baclofen")
    with pytest.raises(IndexMissing):
        index.suggest("bac")
    assert build(tmp_path / "none", SHELF, "1")
    assert wait_for(lambda: found_or_none(index, "lioresal")) == [LIORESAL]


@pytest.mark.parametrize("damage", ["pointer", "edition", "folder", "segment", "documents"])
def test_a_damaged_index_counts_as_missing_and_the_same_version_is_built_again(
    tmp_path: Path, damage: str
) -> None:
    build(tmp_path, SHELF, "1")
    pointer = tmp_path / POINTER
    said = json.loads(pointer.read_text())
    current = tmp_path / said["name"]
    if damage == "pointer":
        pointer.write_text("{")
    elif damage == "edition":
        pointer.write_text(json.dumps(said | {"edition": -1}))
    elif damage == "folder":
        shutil.rmtree(current)
    elif damage == "segment":
        for file in current.glob("*.store"):
            spoil(file, b"")
    else:
        pointer.write_text(json.dumps(said | {"version": said["version"] | {"documents": "1"}}))
    with pytest.raises(IndexMissing):
        Index(tmp_path).search("baclofen")
    assert build(tmp_path, SHELF, "1")
    assert found(Index(tmp_path), "lioresal") == [LIORESAL]


def test_damage_inside_a_file_is_named_and_a_forced_build_mends_it(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    for file in tmp_path.glob("snapshot-*/*.term"):
        whole = file.read_bytes()
        spoil(file, bytes(byte ^ 255 for byte in whole[:60]) + whole[60:])
    index = Index(tmp_path)
    with pytest.raises(IndexMissing):
        index.search("baclofen")
    build(tmp_path, SHELF, "1", force=True)
    assert found(index, "lioresal") == [LIORESAL]


def test_a_version_that_is_there_is_not_built_again_unless_forced(tmp_path: Path) -> None:
    assert build(tmp_path, SHELF, "1")
    assert not build(tmp_path, SHELF, "1")
    assert build(tmp_path, SHELF, "1", force=True)
    assert Index(tmp_path).is_current("1")
    assert not Index(tmp_path).is_current("2")


def test_an_open_index_notices_a_newer_version(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    index = Index(tmp_path)
    assert found(index, "warfarin") == []
    build(tmp_path, [SearchDocument(70, "warfarin", "Warfarin")], "2")
    assert wait_for(lambda: found(index, "warfarin")) == [70]
    assert found(index, "baclofen") == []


def test_a_reader_outlives_the_folder_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOOK_EVERY", 0)
    build(tmp_path, SHELF, "1")
    index = Index(tmp_path)
    assert found(index, "lioresal") == [LIORESAL]
    for old in tmp_path.glob("*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    assert found(index, "lioresal") == [LIORESAL]


def test_the_folder_of_an_older_release_is_built_anew_and_its_indexes_are_swept(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    (whole,) = tmp_path.glob("snapshot-*")
    whole.rename(tmp_path / "index-current")
    (tmp_path / "index-before").mkdir()
    said = {"edition": 2, "name": "index-current", "version": "1", "documents": 30, "updates": 0}
    (tmp_path / POINTER).write_text(json.dumps(said))
    assert not Index(tmp_path).is_current("1")
    with pytest.raises(IndexMissing):
        Index(tmp_path).search("lioresal")
    assert build(tmp_path, SHELF, "1")
    assert found(Index(tmp_path), "lioresal") == [LIORESAL]
    assert not list(tmp_path.glob("index-*"))


def test_an_index_whose_numbers_cannot_be_read_counts_as_missing(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    said = json.loads((tmp_path / POINTER).read_text())
    for missing in ("catalogue", "documents", "updates"):
        version = {name: value for name, value in said["version"].items() if name != missing}
        (tmp_path / POINTER).write_text(json.dumps(said | {"version": version}))
        with pytest.raises(IndexMissing):
            read_pointer(tmp_path)


def test_a_reader_goes_on_with_its_index_when_the_next_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOOK_EVERY", 0)
    build(tmp_path, SHELF, "1")
    index = Index(tmp_path)
    served = index.stamp()
    build(tmp_path, SHELF[2:], "2")
    for file in indexes(tmp_path).current().path.iterdir():
        file.unlink()
    assert found(index, "lioresal") == [LIORESAL]
    assert index.stamp() == served


def test_the_stamp_of_what_is_served_differs_after_every_switch(tmp_path: Path) -> None:
    index = Index(tmp_path)
    stamps = [index.stamp()]
    for version in "12":
        build(tmp_path, SHELF, version)
        stamps.append(wait_for(lambda: {index.stamp()} - set(stamps)).pop())
    assert stamps[0] == ""
    assert len(set(stamps)) == 3


def test_a_build_that_fails_leaves_the_old_index_current(tmp_path: Path) -> None:
    def breaking_off():
        yield SHELF[0]
        raise ConnectionError("the database went away")

    build(tmp_path, SHELF, "1")
    with pytest.raises(ConnectionError):
        build(tmp_path, breaking_off(), "2")
    assert Index(tmp_path).is_current("1")
    assert found(Index(tmp_path), "lioresal") == [LIORESAL]


def found_or_none(index: Index, text: str) -> list[int]:
    try:
        return found(index, text)
    except IndexMissing:
        return []
