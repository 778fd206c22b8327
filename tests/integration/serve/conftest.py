"""Running stores: one for the tests that do not stop it themselves, and those that do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

import pytest

from tests.running_store import start_store, stop_store


@pytest.fixture(scope="module")
def running_store(tmp_path_factory, demo_instance):
    """The address of a store started as `make run` does."""
    process, address = start_store(demo_instance(tmp_path_factory.mktemp("serve") / "instance"))
    yield address
    stop_store(process)


@pytest.fixture
def begin() -> Iterator[Callable[[Path], tuple["Popen[bytes]", str]]]:
    """`begin(instance)` starts a store, which ends with the test, whatever becomes of it."""
    with ExitStack() as ends:

        def start(instance: Path) -> tuple["Popen[bytes]", str]:
            process, address = start_store(instance)
            ends.callback(stop_store, process)
            return process, address

        yield start
