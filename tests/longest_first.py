"""Which worker of a run does what: the longest files first, so that the end waits for nobody.

A file stays with one worker, for its fixtures; a test of a file named here is long enough to go alone. The
journeys on one database follow each other on one worker, so that their store and their Chromium start once.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"
LONG = (  # the longest first; most of them wait a lot, and leave the processors to the others
    "tests/chaos/test_chaos_minute.py",
    "tests/integration/imports/test_ndc_real_files.py",
    "tests/integration/frequency/test_frequency.py",
    "tests/integration/serve/test_serve_uploads.py",
    "tests/integration/imports/test_nadac_real_files.py",
    "tests/journeys/layout/test_widths.py",
)
NEXT = (  # files of which a part is slow
    JOURNEYS,
    "tests/integration/serve/test_serve_start.py",
    "tests/integration/serve/test_slow_clients.py",
    "tests/integration/serve/test_systemd.py",
    "tests/integration/deadlines/test_deadlines_bulkhead.py",
)
ORDER = {path: place for place, path in enumerate((*LONG, *NEXT))}


def place(test: str) -> int:
    """The earlier, the smaller."""
    path = test.partition("::")[0]
    return ORDER.get(path, ORDER[JOURNEYS] if path.startswith(JOURNEYS) else len(ORDER))


class LongestFirst(LoadScopeScheduling):
    """Hands out what `part` says, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return part(nodeid)


def part(test: str) -> str:
    """What is handed out with this test: the test alone, its database’s journeys, or its file."""
    path = test.partition("::")[0]
    if path in LONG:
        return test
    if path.startswith(JOURNEYS):
        return f"{JOURNEYS} on postgresql" if test.endswith("postgresql]") else f"{JOURNEYS} on sqlite"
    return path


class Arrange:
    """Plugin of leader and workers."""

    @pytest.hookimpl(trylast=True)  # after pytest has grouped them by fixture
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: place(item.nodeid))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log):
        if config.getoption("dist") != "loadfile":
            return None
        config.option.loadscopereorder = False  # by the number of tests
        return LongestFirst(config, log)
