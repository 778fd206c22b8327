"""Medicines that need no prescription, for tests of limits and of where an order is sent."""

import pytest

from tests.factories import make_lot, make_variant


def over_the_counter(name: str, strength: str, quantities: tuple[int, ...], price: str = "0.10") -> int:
    """A medicine that needs no prescription, with 5,000 of it on the shelf."""
    variant_id = make_variant(name, strength, price, rx=False, quantities=quantities)
    make_lot(variant_id, 5000)
    return variant_id


@pytest.fixture
def acetaminophen(context) -> int:
    return over_the_counter("Acetaminophen", "500 mg", (10, 24, 50))
