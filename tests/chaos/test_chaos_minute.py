"""A minute of `make chaos` in every run of the tests: half of it on SQLite, half on PostgreSQL."""

import sys

import pytest

from bench.chaos.__main__ import failure
from bench.chaos.plan import NEIGHBOR_SECONDS, make_plan
from bench.chaos.report import share
from bench.chaos.run import OF_TIME, run

SEED = 744  # on both databases: a slow payment service, a lock held by somebody else, every part killed
MINUTES = 0.5
LEAST_KILLS = 5


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_dies_nothing_is_lost_doubled_or_refunded_and_shipped(database):
    result = run(make_plan(SEED, MINUTES, database), lambda what: sys.stderr.write(f"{what}\n"))
    sys.stderr.write(result.table)
    assert result.broken.keys() <= {OF_TIME}, failure(result)
    # how fast is for `make chaos` to say; here, that pages do not wait until the neighbor is itself again
    assert share(result.pages.troubled, 0.5) < min(NEIGHBOR_SECONDS)
    assert result.kills >= LEAST_KILLS
