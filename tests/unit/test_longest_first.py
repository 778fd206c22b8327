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


def test_journeys_follow_each_other():
    """A worker's stores end with its last journey, and would be started again for the next."""
    journeys = {place(f"{JOURNEYS}test_{name}.py::test_a") for name in ("b", "c")}
    assert journeys == {ORDER[JOURNEYS]}
    assert place(f"{LONG[0]}::test_a") < min(journeys) < place("tests/unit/test_b.py::test_a")
