"""How far the opening of files is, and how often a page asks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shop.prescriptions.uploads.progress import progress_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class File:
    state: str
    uploaded_at: datetime = NOW


@dataclass
class Sent:
    documents: list[File]


@pytest.mark.parametrize(
    ("states", "done", "running"),
    [
        (["processing"], 0, True),
        (["ready", "processing", "refused"], 2, True),
        (["ready", "refused"], 2, False),
        ([], 0, False),
    ],
)
def test_what_is_settled_is_done(states, done, running):
    progress = progress_of(Sent([File(state) for state in states]), NOW)
    assert (progress.files, progress.done, progress.running) == (len(states), done, running)


def test_only_a_file_that_waits_for_long_makes_it_slow():
    long_ago = NOW - timedelta(minutes=2)
    assert not progress_of(Sent([File("ready", long_ago), File("processing")]), NOW).slow
    slow = progress_of(Sent([File("processing", long_ago)]), NOW)
    assert slow.slow
    assert slow.ask_again_seconds > progress_of(Sent([File("processing")]), NOW).ask_again_seconds
