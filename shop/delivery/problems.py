"""What keeps a delivery method from being saved, by the field it is about. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from shop.delivery.calendar import longest
from shop.delivery.rules import Method, Zone
from shop.us_states import NAMES

CODE = re.compile(r"[a-z][a-z0-9-]{0,23}")
RESERVED = frozenset({"new", "load", "weights"})  # addresses of the desk
LONGEST_NAME = 60
MOST_HANDLING, MOST_CENTS, MOST_GRAMS = 10, 1_000_000, 100_000


class Problem(StrEnum):
    """Codes; the words are the desk's."""

    CODE = "code"
    NAME = "name"
    HANDLING = "handling"
    NOWHERE = "nowhere"  # no zone has a price
    UNKNOWN_STATE = "unknown_state"
    STATE_TWICE = "state_twice"
    TOO_SLOW = "too_slow"  # slower than refills count on
    PRICE = "price"
    WEIGHTS = "weights"  # not ascending


def problems(method: Method, most_days: int) -> list[tuple[Problem, int | None]]:
    """Each with the place of its zone, None for the method itself. `most_days` is how many calendar days
    refills leave from the order to the door."""
    found: list[tuple[Problem, int | None]] = []
    if not CODE.fullmatch(method.code) or method.code in RESERVED:
        found.append((Problem.CODE, None))
    if not method.name.strip() or len(method.name) > LONGEST_NAME:
        found.append((Problem.NAME, None))
    if not 0 <= method.handling_days <= MOST_HANDLING:
        found.append((Problem.HANDLING, None))
    if not any(zone.steps for zone in method.zones):
        found.append((Problem.NOWHERE, None))
    seen: set[str] = set()
    for place, zone in enumerate(method.zones):
        found += [(one, place) for one in _of_zone(zone, seen)]
        if zone.steps and longest(method.handling_days + zone.transit_days) > most_days:
            found.append((Problem.TOO_SLOW, place))
        seen |= zone.states or {""}
    return found


def _of_zone(zone: Zone, seen: set[str]) -> Iterator[Problem]:
    if zone.states - NAMES.keys():
        yield Problem.UNKNOWN_STATE
    if (zone.states or {""}) & seen:
        yield Problem.STATE_TWICE
    free = zone.free_from_cents
    if any(not 0 <= cents <= MOST_CENTS for cents in (*(step.cents for step in zone.steps), free or 0)):
        yield Problem.PRICE
    limits = [step.up_to_grams for step in zone.steps]
    known = [limit for limit in limits if limit is not None]
    ascending = all(one < other for one, other in pairwise(known))
    if not ascending or None in limits[:-1] or any(not 0 < limit <= MOST_GRAMS for limit in known):
        yield Problem.WEIGHTS
