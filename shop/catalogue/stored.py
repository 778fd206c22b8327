"""Columns that hold a list as JSON, read as text: thousands of strengths share a handful of values."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, cast

Breaks = tuple[tuple[int, Decimal], ...]


def as_text(column: Any) -> ColumnElement[str]:
    """The column as it is stored, under its own name."""
    return cast(column, Text).label(column.name)


@lru_cache(maxsize=4096)
def values(text: str) -> tuple[Any, ...]:
    """Markets, pack steps: `["US","GB"]`, `[30,90]`."""
    return tuple(json.loads(text))


@lru_cache(maxsize=16_384)
def breaks(text: str) -> Breaks:
    """(units, price or percentage) ascending: `[[90,"0.41"]]`."""
    return tuple((int(units), Decimal(amount)) for units, amount in json.loads(text))
