"""The folder of disposable copies: which is read, what a build leaves, several builders at once."""

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shop.projections.store import POINTER, Snapshot, Snapshots
from tests.running_store import PATIENCE

Fresh = Callable[[], Path]


def filled(said: str) -> Callable[[Snapshot | None, Fresh], Snapshot]:
    """Makes a snapshot of one file that says the same as its version."""

    def make(_before: Snapshot | None, fresh: Fresh) -> Snapshot:
        path = fresh()
        (path / "said").write_text(said)
        return Snapshot(path, {"number": said})

    return make


def numbers(folder: Path) -> list[str]:
    return sorted((path / "said").read_text() for path in folder.glob("snapshot-*"))


def test_an_empty_folder_holds_no_snapshot(tmp_path: Path) -> None:
    assert Snapshots(tmp_path / "none").current() is None
    assert Snapshots(tmp_path / "none").changed_at() is None


def test_what_was_made_is_current_with_what_is_said_of_it(tmp_path: Path) -> None:
    assert Snapshots(tmp_path / "new").build(filled("1"))
    current = Snapshots(tmp_path / "new").current()
    assert current is not None
    assert current.version == {"number": "1"}
    assert (current.path / "said").read_text() == "1"


def test_making_nothing_leaves_everything_as_it_is(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.build(filled("1"))
    before = snapshots.current(), snapshots.changed_at()
    assert not snapshots.build(lambda _before, _fresh: None)
    assert (snapshots.current(), snapshots.changed_at()) == before


def test_a_snapshot_may_stay_under_another_version_and_readers_notice(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.build(filled("1"))
    first, changed_at = snapshots.current(), snapshots.changed_at()
    assert first is not None
    assert snapshots.build(lambda before, _fresh: before and Snapshot(before.path, {"number": "2"}))
    assert snapshots.current() == Snapshot(first.path, {"number": "2"})
    assert snapshots.changed_at() != changed_at


def test_a_build_sees_the_snapshot_before_and_may_link_its_files(tmp_path: Path) -> None:
    def linked(before: Snapshot | None, fresh: Fresh) -> Snapshot:
        assert before is not None
        path = fresh()
        os.link(before.path / "said", path / "said")
        return Snapshot(path, {"number": "2"})

    snapshots = Snapshots(tmp_path)
    snapshots.build(filled("1"))
    snapshots.build(linked)
    snapshots.build(filled("3"))
    snapshots.build(filled("4"))
    assert numbers(tmp_path) == ["3", "4"]


def test_the_current_snapshot_and_the_one_before_are_kept(tmp_path: Path) -> None:
    for number in "1234":
        Snapshots(tmp_path).build(filled(number))
    assert numbers(tmp_path) == ["3", "4"]


def test_a_build_that_fails_leaves_the_old_snapshot_and_the_next_sweeps_its_rest(tmp_path: Path) -> None:
    def breaking_off(_before: Snapshot | None, fresh: Fresh) -> Snapshot:
        (fresh() / "said").write_text("half")
        raise ConnectionError("the database went away")

    snapshots = Snapshots(tmp_path)
    snapshots.build(filled("1"))
    before = snapshots.current()
    with pytest.raises(ConnectionError):
        snapshots.build(breaking_off)
    assert snapshots.current() == before
    snapshots.build(filled("2"))
    assert numbers(tmp_path) == ["1", "2"]


def test_a_second_try_within_a_build_sweeps_the_first(tmp_path: Path) -> None:
    def twice(before: Snapshot | None, fresh: Fresh) -> Snapshot:
        (fresh() / "said").write_text("half")
        return filled("2")(before, fresh)

    Snapshots(tmp_path).build(filled("1"))
    Snapshots(tmp_path).build(twice)
    assert numbers(tmp_path) == ["1", "2"]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "null",
        json.dumps({"name": "snapshot-x"}),
        json.dumps({"name": "snapshot-gone", "version": {}}),
        json.dumps({"name": "snapshot-x", "version": "6@start", "edition": 2}),
        json.dumps({"name": "snapshot-x", "version": None}),
    ],
)
def test_a_pointer_that_says_nothing_readable_counts_as_none_and_a_build_mends_it(
    tmp_path: Path, said: str
) -> None:
    (tmp_path / "snapshot-x").mkdir()
    (tmp_path / POINTER).write_text(said)
    assert Snapshots(tmp_path).current() is None
    assert Snapshots(tmp_path).build(filled("1"))
    assert numbers(tmp_path) == ["1"]


def test_folders_of_any_other_name_are_swept(tmp_path: Path) -> None:
    (tmp_path / "index-of-an-older-release").mkdir()
    Snapshots(tmp_path).build(filled("1"))
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("snapshot-")) == [
        POINTER,
        "lock",
    ]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="taken"):
        Snapshots(tmp_path / "taken").build(filled("1"))


def test_a_builder_that_was_killed_blocks_nobody_and_its_rest_is_swept(tmp_path: Path) -> None:
    Snapshots(tmp_path).build(filled("1"))
    victim = multiprocessing.get_context("spawn").Process(target=_be_killed_while_building, args=(tmp_path,))
    victim.start()
    victim.join(PATIENCE)
    assert victim.exitcode == -signal.SIGKILL
    assert numbers(tmp_path) == ["1", "half"]
    assert Snapshots(tmp_path).build(filled("2"))
    assert numbers(tmp_path) == ["1", "2"]


def test_a_second_builder_waits_and_is_asked_about_what_the_first_made(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        builders = [pool.apply_async(_count_on, (tmp_path, 20)) for _ in range(3)]
        for builder in builders:
            builder.get(60)
    current = Snapshots(tmp_path).current()
    assert current is not None
    assert current.version == {"number": "60"}


def _be_killed_while_building(folder: Path) -> None:
    def make(_before: Snapshot | None, fresh: Fresh) -> None:
        (fresh() / "said").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)

    Snapshots(folder).build(make)


def _count_on(folder: Path, times: int) -> None:
    """Each build adds one to what it finds; without the lock two would add to the same."""

    def make(before: Snapshot | None, fresh: Fresh) -> Snapshot:
        path = fresh()
        time.sleep(0.002)
        return Snapshot(path, {"number": str(int(before.version["number"]) + 1 if before else 1)})

    for _ in range(times):
        assert Snapshots(folder).build(make)
