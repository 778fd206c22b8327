"""The codes that rows of stock hold. Pure."""

from enum import StrEnum


class LotStatus(StrEnum):
    """Whether units of a lot may leave it."""

    PICKABLE = "pickable"
    QUARANTINED = "quarantined"


class MovementKind(StrEnum):
    """Why a lot's count changed."""

    RECEIVED = "received"
    DISPENSED = "dispensed"
    ADJUSTED = "adjusted"


class ReturnKind(StrEnum):
    """What became of returned units."""

    QUARANTINED = "quarantined"
    DESTROYED = "destroyed"
    MISTAKEN = "mistaken"  # recorded by mistake: they never came back


class HoldState(StrEnum):
    """Units kept for an order line, and how that ended."""

    HELD = "held"
    RELEASED = "released"
    DISPENSED = "dispensed"
