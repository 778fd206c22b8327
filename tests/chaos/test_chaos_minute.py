"""A minute of `make chaos` in every run of the tests: half of it on SQLite, half on PostgreSQL."""

import sys

import pytest

from bench.chaos.__main__ import failure
from bench.chaos.plan import make_plan
from bench.chaos.run import run

SEED = 744  # on both databases: a slow payment service, a lock held by somebody else, every part killed
MINUTES = 0.5
LEAST_KILLS = 5


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_dies_nothing_is_lost_doubled_or_refunded_and_shipped(database):
    result = run(make_plan(SEED, MINUTES, database), lambda what: sys.stderr.write(f"{what}\n"))
    sys.stderr.write(result.table)
    assert result.sound, failure(result)
    assert result.kills >= LEAST_KILLS
