"""Which kinds of jobs there are: the function that does each, and the lane it runs in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.outbox.rules import Lane

Handler = Callable[[dict[str, Any], datetime], None]
NO_LANE = ""
"""The lane of a job written by a release that knew no lanes, or of a kind this one does not know."""


class Permanent(Exception):
    """Raised by a handler when no retry can do the job. The admin's page shows its subclass's name."""


@dataclass(frozen=True)
class Kind:
    name: str
    lane: Lane
    handler: Handler


_kinds: dict[str, Kind] = {}


def handles(kind: str, lane: str = Lane.DEFAULT) -> Callable[[Handler], Handler]:
    """Declare the function that does jobs of `kind`: it takes the payload and the time.

    It runs outside any transaction, may use the network, may run twice, and must not matter if it does.
    """

    def register(handler: Handler) -> Handler:
        _kinds[kind] = Kind(kind, Lane(lane), handler)
        return handler

    return register


def forget(kind: str) -> None:
    """Take back what `handles` declared."""
    del _kinds[kind]


def handler_of(kind: str) -> Handler:
    return _kinds[kind].handler


def lane_of(kind: str) -> str:
    return _kinds[kind].lane if kind in _kinds else NO_LANE


def known() -> list[Kind]:
    """All kinds of this release, by lane and name."""
    return sorted(_kinds.values(), key=lambda kind: (kind.lane, kind.name))
