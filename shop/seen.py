"""Two people at one form: who saves says which state they edited, and is told where it is another by now.

A form carries the mark of what it was filled with in a field `seen`. The service compares it under its lock;
the page then shows what is stored beside what was typed, which it keeps.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from shop.errors import DomainError


class ChangedMeanwhile(DomainError):
    """Somebody else saved it after the form was opened."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "Someone else changed this while you were editing. Nothing you typed has been saved.",
            "Compare what is stored now with what you typed, then save again.",
        )


def digest(state: Mapping[Any, Any]) -> str:
    """Stands for a state in a form, of what JSON can say; 16 hex digits."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]


def check_seen(seen: str | None, state: Mapping[Any, Any]) -> None:
    """Raises ChangedMeanwhile unless what is stored is what the form was filled with.

    None is who edits no form: a command, a file.
    """
    if seen is not None and seen != digest(state):
        raise ChangedMeanwhile
