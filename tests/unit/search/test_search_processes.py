"""Several processes at the folder of one index."""

import multiprocessing
from pathlib import Path

from shop.search.current_index import Index
from shop.search.writing import build
from tests.running_store import PATIENCE
from tests.unit.search.search_shelf import BACLOFEN, SHELF


def test_of_several_builders_of_one_version_exactly_one_builds(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        builders = [pool.apply_async(build, (tmp_path, SHELF, "1")) for _ in range(3)]
        assert sorted(builder.get(PATIENCE) for builder in builders) == [False, False, True]


def test_readers_in_other_processes_always_find_while_builders_compete(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "start")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        readers = [pool.apply_async(_read_until, (tmp_path, "14")) for _ in range(2)]
        builders = [pool.apply_async(_build_versions, (tmp_path, 15)) for _ in range(2)]
        assert sum(builder.get(PATIENCE) for builder in builders) >= 15
        answers = [reader.get(PATIENCE) for reader in readers]
    assert Index(tmp_path).is_current("14")
    assert answers == [0, 0]


def _build_versions(folder: Path, count: int) -> int:
    return sum(build(folder, SHELF, str(version)) for version in range(count))


def _read_until(folder: Path, last: str) -> int:
    """Search until that version is current, and at least ten times; how often nothing was found."""
    asked = missed = 0
    while asked < 10 or not Index(folder).is_current(last):
        asked += 1
        missed += [hit.product_id for hit in Index(folder).search("baclofn").hits][:1] != [BACLOFEN]
    return missed
