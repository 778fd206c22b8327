"""Round numbers for the axes of drawings. Pure."""

from decimal import Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


def nice_top(most: Decimal) -> Decimal:
    """A round number at or above `most`, so that its half is round as well."""
    if most <= 0:
        return Decimal(10)
    size = Decimal(10) ** most.adjusted()
    return next(step * size for step in _STEPS if step * size >= most)
