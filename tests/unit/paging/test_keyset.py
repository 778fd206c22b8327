"""Where a page of a growing list begins: an edge survives its address, and anything else is no edge."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.keyset import Edge, edge_from

moments = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


days = st.none() | st.dates() | st.just(date.max)


@given(moments, st.integers(0, 2**63 - 1), st.booleans(), days)
def test_an_edge_is_read_from_its_address_as_it_was(
    moment: datetime, key: int, backward: bool, day: date | None
) -> None:
    found = edge_from(str(Edge(moment, key, backward, day)))
    assert found == Edge(moment, key, backward, day)


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1", "1.", ".1", "a.b", "1.2.3.4", "0.2.3", "9999999.2.3", "1.-2", "٣.١", "9" * 38 + ".1"],
)
def test_anything_else_is_the_lists_start(text: str) -> None:
    assert edge_from(text) is None
