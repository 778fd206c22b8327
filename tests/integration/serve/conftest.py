"""A running store for the tests that do not stop it themselves."""

import pytest

from tests.running_store import start_store, stop_store


@pytest.fixture(scope="module")
def running_store(tmp_path_factory):
    """The address of a store started as `make run` does."""
    process, address = start_store(tmp_path_factory.mktemp("serve") / "instance")
    yield address
    stop_store(process)
