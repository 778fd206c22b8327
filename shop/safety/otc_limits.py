"""How much of an over-the-counter ingredient is sold: the reviewed entries of `data/otc_limits.toml`. Pure.

An ingredient is its moiety (diphenhydramine citrate is diphenhydramine); a limit counts its milligrams as the
label states them. What has no entry has the file's default, a number of packs: never none at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from shop.safety.dataset import DATA, Dataset, Entry, Fields, SafetyDataRefused, read
from shop.substances.names import moiety

PERIOD_DAYS = 30
_NAME = "otc_limits.toml"
_UNKNOWN_ROUTES = frozenset({"", "not stated", "several ways"})
_UNITS = frozenset({"pill", "mL", "g"})
_BUYER, _TAKER = "buyer", "taker"
_LIMITS = Fields(
    key=("ingredient", "routes"),
    required={
        "ingredient": str,
        "routes": list,
        "most_per_order": str,
        "most_in_30_days": str,
        "age_stated": int,
        "basis": str,
        "policy": str,
    },
    optional={
        "names": list,
        "most_in_24_hours": str,
        "course_days": int,
        "age_asked": int,
        "age_of": str,
        "age_by_state": str,
        "strongest": list,
        "strongest_from": str,
    },
    one_of={"age_of": frozenset({_BUYER, _TAKER})},
)


@dataclass(frozen=True)
class Strongest:
    """The most mg in one unit that labels sell over the counter, and who says so."""

    mg: Decimal
    source: str
    reviewed: date


@dataclass(frozen=True)
class OtcLimit:
    """One ingredient by one set of routes; amounts are mg, `course_days` 0 where the label sets none.
    `in_24_hours` is the most that labels direct, None where none was read.

    `age_stated` is the youngest the adult directions are for, `age_asked` declared at checkout (0: nothing);
    `of_buyer` says whose it is, `states` are those whose law asks for it. `policy` says what the numbers
    follow from, where `basis` is no law. `strongest` is by unit: pill, mL, g.
    """

    ingredient: str
    routes: tuple[str, ...]
    per_order: Decimal
    in_30_days: Decimal
    in_24_hours: Decimal | None
    course_days: int
    age_stated: int
    age_asked: int
    of_buyer: bool
    states: frozenset[str]
    basis: str
    policy: str
    source: str
    reviewed: date
    strongest: Mapping[str, Strongest]

    def is_about(self, route: str) -> bool:
        """Whether it counts what is taken this way; a route that nobody states may be any."""
        return route in _UNKNOWN_ROUTES or any(one in self.routes for one in route.split(" or "))


@dataclass(frozen=True)
class Default:
    """What everything else is sold in: so many of its smallest packs."""

    per_order: int
    in_30_days: int
    policy: str


def limit_of(ingredient: str, route: str) -> OtcLimit | None:
    """The entry about an ingredient, with or without its salt, taken this way; None: the default applies."""
    name = moiety(ingredient)
    return next((one for one in _by_name().get(name, ()) if one.is_about(route)), None)


def is_known(ingredient: str, route: str) -> bool:
    """Whether there is an entry about it by every way of this route; a route that nobody states has none."""
    entries = _by_name().get(moiety(ingredient), ())
    return all(any(way in one.routes for one in entries) for way in route.split(" or "))


@cache
def limits() -> tuple[OtcLimit, ...]:
    """Every entry. Raises SafetyDataRefused."""
    file = datasets()[0]
    laws, said = file.more.get("laws", {}), file.more.get("strongest", {})
    return tuple(_limit(entry, laws, said) for entry in file.entries)


@cache
def default() -> Default:
    """The default of the file. Raises SafetyDataRefused."""
    said = datasets()[0].more.get("default", {})
    per_order, in_30_days = said.get("packs_per_order", 0), said.get("packs_in_30_days", 0)
    if not isinstance(per_order, int) or not isinstance(in_30_days, int) or not 1 <= per_order <= in_30_days:
        raise SafetyDataRefused(f"{_NAME}: the default needs packs_per_order, at most packs_in_30_days")
    return Default(per_order, in_30_days, str(said.get("policy", "")))


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated in its form."""
    return (read(DATA / _NAME, _LIMITS, frozenset({"default", "laws", "strongest"})),)


@cache
def _by_name() -> Mapping[str, tuple[OtcLimit, ...]]:
    found: dict[str, tuple[OtcLimit, ...]] = {}
    for entry, limit in zip(datasets()[0].entries, limits(), strict=True):
        for name in (limit.ingredient, *entry.texts("names")):
            found[moiety(name)] = (*found.get(moiety(name), ()), limit)
    return found


def _limit(entry: Entry, laws: Mapping[str, Any], strongest: Mapping[str, Any]) -> OtcLimit:
    fields, law = entry.said, laws.get(entry.text("age_by_state"), {})
    limit = OtcLimit(
        ingredient=entry.text("ingredient"),
        routes=entry.texts("routes"),
        per_order=_amount(entry, "most_per_order"),
        in_30_days=_amount(entry, "most_in_30_days"),
        in_24_hours=_amount(entry, "most_in_24_hours") if "most_in_24_hours" in fields else None,
        course_days=fields.get("course_days", 0),
        age_stated=fields["age_stated"],
        age_asked=fields.get("age_asked", 0),
        of_buyer=entry.text("age_of") == _BUYER,
        states=frozenset(law.get("states", ())),
        basis=entry.text("basis"),
        policy=entry.text("policy"),
        source="; ".join(filter(None, (entry.source, law.get("source")))),
        reviewed=entry.reviewed,
        strongest=dict(_strongest(entry, strongest)),
    )
    _check(limit, fields, law)
    return limit


def _strongest(entry: Entry, sources: Mapping[str, Any]) -> Iterator[tuple[str, Strongest]]:
    said = sources.get(entry.text("strongest_from") or "ndc", {})
    for one in entry.texts("strongest"):
        unit, _space, amount = one.partition(" ")
        source, reviewed = said.get("source"), said.get("reviewed")
        if unit not in _UNITS or not source or type(reviewed) is not date:
            raise SafetyDataRefused(f"{_NAME}: strongest of {entry.name} has no unit, source or day: {one}")
        yield unit, Strongest(_mg(amount, "strongest", entry.name), source, reviewed)


def _check(limit: OtcLimit, fields: Mapping[str, Any], law: Mapping[str, Any]) -> None:
    wrong = next(
        (
            what
            for what, bad in {
                "less in 30 days than in an order": limit.in_30_days < limit.per_order,
                "no plausible age_stated": not 0 <= limit.age_stated <= 99,
                "an age that is asked of nobody": bool(limit.age_asked) != ("age_of" in fields),
                "a law that the file does not have": "age_by_state" in fields
                and law.get("age") != limit.age_asked,
            }.items()
            if bad
        ),
        None,
    )
    if wrong:
        raise SafetyDataRefused(f"{_NAME}: {limit.ingredient or 'an entry'} has {wrong}")


def _amount(entry: Entry, field: str) -> Decimal:
    return _mg(entry.text(field), field, entry.name)


def _mg(text: str, field: str, name: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise SafetyDataRefused(f"{_NAME}: {name} needs {field} in mg") from error
    if not amount.is_finite() or amount <= 0:
        raise SafetyDataRefused(f"{_NAME}: {field} of {name} is {amount}")
    return amount
