"""From what the database holds of a variant's look to its drawing; `appearance` decides how it is drawn."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from shop.appearance.attributes import Appearance, Drawing, draw

KEPT_DRAWINGS = 4096  # a hundred thousand products share a few thousand looks


def drawing(appearance: Mapping[str, Any] | None, form: str) -> Drawing:
    """The drawing of a variant from its `appearance` column (None: nothing is on record) and its form."""
    known = appearance or {}
    size = known.get("size_mm")
    return _drawn(
        Appearance(
            form=form,
            shape=known.get("shape"),
            colour=known.get("colour"),
            colour2=known.get("colour2"),
            size_mm=None if size is None else float(size),
            scored=known.get("scored"),
            imprint=known.get("imprint"),
            pieces=known.get("pieces"),
            product=known.get("product"),
        )
    )


_drawn = lru_cache(maxsize=KEPT_DRAWINGS)(draw)
