"""What a product, a strength or a pack says now, as plain values: for comparing, for the record. Pure."""

import json
from collections.abc import Mapping

Value = str | int | bool | None | tuple[str, ...]
State = Mapping[str, Value]


def changed(before: State, after: State) -> tuple[dict[str, Value], dict[str, Value]]:
    """What differs, as it was and as it is."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def as_record(values: Mapping[str, Value]) -> str:
    """Values in one text for the audit record."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
