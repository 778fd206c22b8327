"""Several processes at the folder of one index."""

import multiprocessing
import time
from pathlib import Path

from shop.search.asking import Index
from shop.search.writing import build
from tests.unit.search.search_shelf import BACLOFEN, SHELF


def test_of_several_builders_of_one_version_exactly_one_builds(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        builders = [pool.apply_async(build, (tmp_path, SHELF, "1")) for _ in range(3)]
        assert sorted(builder.get(60) for builder in builders) == [False, False, True]


def test_readers_in_other_processes_always_find_while_builders_compete(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "start")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        readers = [pool.apply_async(_read_for, (tmp_path, 2.0)) for _ in range(2)]
        builders = [pool.apply_async(_build_versions, (tmp_path, 15)) for _ in range(2)]
        assert sum(builder.get(60) for builder in builders) >= 15
        answers = [reader.get(60) for reader in readers]
    assert Index(tmp_path).is_current("14")
    assert all(asked > 10 and missed == 0 for asked, missed in answers)


def _build_versions(folder: Path, count: int) -> int:
    return sum(build(folder, SHELF, str(version)) for version in range(count))


def _read_for(folder: Path, seconds: float) -> tuple[int, int]:
    asked = missed = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        asked += 1
        missed += [hit.product_id for hit in Index(folder).search("baclofn").hits][:1] != [BACLOFEN]
    return asked, missed
