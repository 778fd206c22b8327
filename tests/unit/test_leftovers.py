"""A process that a test leaves behind is found, named and ended, also when its parent is gone."""

import os
import subprocess
from uuid import uuid4

import pytest

from tests.leftovers import MARK, STARTED_BY, ended, still_running


@pytest.fixture
def orphan():
    """The mark of a run whose last process, a sleep of a minute, has lost its parent."""
    run = uuid4().hex
    subprocess.run(
        ["sh", "-c", "sleep 60 >/dev/null 2>&1 &"],
        env={**os.environ, MARK: run, STARTED_BY: "test_sleeping"},
        check=True,
    )
    yield run
    for process in still_running(run, 0):
        process.kill()


def test_an_orphan_is_found_named_and_ended(orphan):
    [left] = still_running(orphan, 0)
    said = ended(left)
    assert "sleep 60" in said
    assert "test_sleeping" in said
    assert still_running(orphan, 60) == []


def test_what_another_run_has_started_is_not_ours(orphan):
    assert still_running(uuid4().hex, 0) == []
