"""No process outlives the run of the tests: what the suite started, however deep, is looked for at its end.

Whatever a test starts inherits a mark in its environment and, from pytest itself, the name of the test; so a
process is found whose parents have ended long ago.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import psutil
import pytest

MARK = "FORMULARY_TEST_RUN"
STARTED_BY = "PYTEST_CURRENT_TEST"
PATIENCE_SECONDS = 60  # what is ending may take its time on a slow machine
OF_PYTHON = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")  # end with who started them


class Leftovers:
    """A plugin of the process that leads the run: by the end its workers are gone."""

    def __init__(self) -> None:
        self.run = os.environ[MARK] = uuid4().hex
        self.found: list[str] = []

    @pytest.hookimpl(wrapper=True, trylast=True)  # around what ends the workers, before the summary
    def pytest_sessionfinish(self, session: pytest.Session):
        result = yield
        self.found = [ended(process) for process in still_running(self.run, PATIENCE_SECONDS)]
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return result

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if self.found:
            terminalreporter.section("processes left behind", red=True)
            terminalreporter.write_line("\n".join(self.found))


def still_running(run: str, seconds: float) -> list[psutil.Process]:
    """The processes of this run that have not ended within `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := list(_of_run(run))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def ended(process: psutil.Process) -> str:
    """Kill it. What it was, and which test it is from."""
    try:
        command, environment = " ".join(process.cmdline()), process.environ()
        process.kill()
    except psutil.Error:
        return f"{process.pid} has ended by now, too late"
    return f"{process.pid} {command[:120]}, started by {environment.get(STARTED_BY, 'no test')}"


def _of_run(run: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or is not ours to look at
            is_ours = process.pid != os.getpid() and process.environ().get(MARK) == run
            if is_ours and not any(name in " ".join(process.cmdline()) for name in OF_PYTHON):
                yield process
