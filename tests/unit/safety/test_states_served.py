"""Which states are served, and what their sales tax comes to."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.safety.dataset import SafetyDataRefused
from shop.safety.states_served import (
    Taxable,
    is_served,
    sales_tax_cents,
    served,
    served_under,
    state_code,
)
from shop.us_states import NAMES

OTC, RX = False, True


def test_each_state_served_has_a_license_and_a_source() -> None:
    assert set(served()) < set(NAMES)
    for state, there in served().items():
        assert there.license.startswith(f"DEMO-{state}-")
        assert len(there.source) > 20


def test_own_licenses_say_which_states_are_served_and_rates_stay() -> None:
    own = served_under((("VT", "036.0001"), ("CA", "NRP 1")))
    assert {state: there.license for state, there in own.items()} == {"VT": "036.0001", "CA": "NRP 1"}
    assert own["CA"].rate(OTC) == served_under(())["CA"].rate(OTC) > 0
    assert served_under(()) == served()


@pytest.mark.parametrize("state", ["AK", "PR"])
def test_a_license_where_no_sales_tax_is_known_is_refused(state: str) -> None:
    with pytest.raises(SafetyDataRefused, match=state):
        served_under(((state, "1"),))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NY", "NY"),
        (" ny ", "NY"),
        ("New  York", "NY"),
        ("D.C", None),
        ("ZZ", None),
        ("", None),
        ("AK", "AK"),
    ],
)
def test_a_state_is_known_by_code_or_name(written: str, code: str | None) -> None:
    assert state_code(written) == code


@pytest.mark.parametrize(
    ("written", "sent"), [("CA", True), ("california", True), ("AK", False), ("ZZ", False), ("", False)]
)
def test_nothing_goes_where_there_is_no_license(written: str, sent: bool) -> None:
    assert is_served(written) is sent


@pytest.mark.parametrize(
    ("state", "lines", "cents"),
    [
        ("NY", [(10_000, OTC)], 0),
        ("CA", [(10_000, OTC)], 725),
        ("California", [(10_000, OTC)], 725),
        ("CA", [(10_000, RX)], 0),
        ("CA", [(10_000, RX), (1_000, OTC)], 73),  # 72.5, rounded half up
        ("IL", [(10_000, RX), (1_000, OTC)], 110),
        ("KS", [(7, OTC), (1, OTC)], 1),  # 0.455 and 0.065 are rounded together: 0.52
        ("ZZ", [(10_000, OTC)], 0),
        (None, [(10_000, OTC)], 0),
        ("CA", [], 0),
    ],
)
def test_the_tax_is_of_the_state_and_the_kind(
    state: str | None, lines: list[tuple[int, bool]], cents: int
) -> None:
    assert sales_tax_cents(state, [Taxable(*line) for line in lines]) == cents


@given(
    st.sampled_from(sorted(served())),
    st.lists(st.tuples(st.integers(0, 10_000_000), st.booleans()), max_size=50),
)
def test_the_tax_is_rounded_once(state: str, lines: list[tuple[int, bool]]) -> None:
    exact = sum(Fraction(served()[state].rate(rx)) * cents / 100 for cents, rx in lines)
    rounded = sales_tax_cents(state, [Taxable(*line) for line in lines])
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert rounded - exact != Fraction(-1, 2)  # half a cent goes up


def test_no_rate_is_a_slip_of_the_point() -> None:
    assert all(Decimal(0) <= there.rate(rx) < 10 for there in served().values() for rx in (OTC, RX))
