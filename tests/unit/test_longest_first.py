"""What is known to be long is there, goes first and alone."""

import pytest

from tests.longest_first import JOURNEYS, LONG, ORDER, part, place
from tests.running_store import ROOT


@pytest.mark.parametrize("path", ORDER)
def test_what_is_named_is_there(path):
    assert (ROOT / path).exists()


def test_long_tests_go_alone_and_others_with_their_file():
    assert part(f"{LONG[0]}::test_a[sqlite]") == f"{LONG[0]}::test_a[sqlite]"
    assert part("tests/unit/test_b.py::test_a") == part("tests/unit/test_b.py::test_c[1]")


def test_journeys_on_one_database_follow_each_other_on_one_worker():
    """A store is started for the first of them and ends with the last."""
    sqlite, other = f"{JOURNEYS}test_b.py::test_a[sqlite]", f"{JOURNEYS}layout/test_c.py::test_a[390-sqlite]"
    postgresql = f"{JOURNEYS}test_b.py::test_a[postgresql]"
    assert part(sqlite) == part(other) != part(postgresql)
    assert {place(one) for one in (sqlite, other, postgresql)} == {ORDER[JOURNEYS]}
    assert place(f"{LONG[0]}::test_a") < place(sqlite) < place("tests/unit/test_b.py::test_a")
