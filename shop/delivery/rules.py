"""Which delivery methods an order may have, and what each costs. Pure: methods, weight and amount come in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shop.delivery.calendar import fitting

FORMER_CODE, FORMER_NAME = "mail", "Mail"
"""Of orders from before there were methods, and of a store whose owner has set none."""
ELSEWHERE = ""
"""A place without states: only what holds everywhere else holds there."""


@dataclass(frozen=True)
class Step:
    """What a parcel of up to `up_to_grams` costs; None: of any weight."""

    up_to_grams: int | None
    cents: int


@dataclass(frozen=True)
class Zone:
    """A group of states (postal codes) with the same price and time; no states: everywhere else.

    `steps` ascend; without any, the method is not offered there. From `free_from_cents` of medicines on it
    costs nothing. `transit_days` are business days from the carrier to the door.
    """

    states: frozenset[str]
    transit_days: int
    steps: tuple[Step, ...]
    free_from_cents: int | None = None


@dataclass(frozen=True)
class Method:
    """One way to send. `handling_days`: business days until it leaves, once it can be packed."""

    code: str
    name: str
    handling_days: int
    zones: tuple[Zone, ...]

    @property
    def state(self) -> dict[str, Any]:
        """Everything of it but its code, as JSON can say it (`seen.digest`)."""
        zones = [
            [
                sorted(one.states),
                one.transit_days,
                [[step.up_to_grams, step.cents] for step in one.steps],
                one.free_from_cents,
            ]
            for one in self.zones
        ]
        return {"name": self.name, "handling_days": self.handling_days, "zones": zones}

    def zone_of(self, place: str) -> Zone | None:
        """The zone of a state, or None where the method is not offered; ELSEWHERE has no state."""
        named = (zone for zone in self.zones if place and place in zone.states)
        rest = (zone for zone in self.zones if not zone.states)
        zone = next(named, None) or next(rest, None)
        return zone if zone and zone.steps else None


@dataclass(frozen=True)
class Option:
    """A method as it is offered for one parcel to one place."""

    code: str
    name: str
    cents: int
    handling_days: int
    transit_days: int


def standard(cents: int, delivery_days: int) -> Method:
    """The one method of a store whose owner has set none: flat, everywhere, in so many days of shipping."""
    zone = Zone(frozenset(), fitting(delivery_days), (Step(None, cents),))
    return Method(FORMER_CODE, FORMER_NAME, 1, (zone,))


def price(zone: Zone, grams: int | None, subtotal_cents: int) -> int | None:
    """Cents for a parcel; None where it is too heavy. An unknown weight (None) takes the last step."""
    steps = zone.steps
    fits = (step for step in steps if step.up_to_grams is None or (grams or 0) <= step.up_to_grams)
    step = (steps[-1] if steps else None) if grams is None else next(fits, None)
    if step is None:
        return None
    return 0 if is_free(zone, subtotal_cents) else step.cents


def is_free(zone: Zone, subtotal_cents: int) -> bool:
    """Whether so much of medicines is sent for nothing."""
    return zone.free_from_cents is not None and subtotal_cents >= zone.free_from_cents


def options(
    methods: Iterable[Method], place: str, grams: int | None, subtotal_cents: int
) -> tuple[Option, ...]:
    """The methods that are offered to a place, in the owner's order."""
    found = []
    for method in methods:
        zone = method.zone_of(place)
        cents = price(zone, grams, subtotal_cents) if zone else None
        if zone and cents is not None:
            found.append(Option(method.code, method.name, cents, method.handling_days, zone.transit_days))
    return tuple(found)


def chosen(offered: Sequence[Option], code: str) -> Option | None:
    """The option that was asked for; the cheapest where none was, or where that one is not offered."""
    named = next((one for one in offered if one.code == code), None)
    return named or min(offered, key=lambda one: one.cents, default=None)


def reoffered(offered: Iterable[Option], own: Option, same_place: bool) -> tuple[Option, ...]:
    """What an order that was paid for may change to: nothing dearer than its `own` method.

    In the same place its own stays as it was paid for, whatever it costs by now.
    """
    others = (one for one in offered if one.cents <= own.cents)
    if not same_place:
        return tuple(others)
    return (own, *(one for one in others if one.code != own.code))


def at_least(
    methods: Iterable[Method], places: Iterable[str], grams: int | None, subtotal_cents: int
) -> tuple[Option, ...]:
    """Each method as it is offered where it costs least of these places: before the place is known."""
    found: dict[str, Option] = {}
    for one in everywhere(methods, places, grams, subtotal_cents):
        if one.code not in found or one.cents < found[one.code].cents:
            found[one.code] = one
    return tuple(found.values())


def everywhere(
    methods: Iterable[Method], places: Iterable[str], grams: int | None, subtotal_cents: int
) -> list[Option]:
    """What is offered in any of these places, method by method, the same once."""
    every = list(places)
    found = [
        one for method in methods for at in every for one in options([method], at, grams, subtotal_cents)
    ]
    return list(dict.fromkeys(found))
