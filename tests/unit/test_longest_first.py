"""What is known to be long is there, goes first and alone."""

import pytest

from tests.longest_first import LONG, ORDER, part
from tests.running_store import ROOT


@pytest.mark.parametrize("path", ORDER)
def test_what_is_named_is_there(path):
    assert (ROOT / path).is_file()


def test_long_tests_go_alone_and_others_with_their_file():
    assert part(f"{LONG[0]}::test_a[sqlite]") == f"{LONG[0]}::test_a[sqlite]"
    assert part("tests/unit/test_b.py::test_a") == part("tests/unit/test_b.py::test_c[1]")
