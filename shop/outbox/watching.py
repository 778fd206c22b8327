"""Alarms: conditions that somebody has to know of, declared by the rooms they are about.

Each condition is a SELECT of the rows that meet it, so that all of them together are one question, cheap
enough for every page of the desk. Watching does not depend on the worker: the web asks for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from shop.database import db

MOST_COUNTED = 100

Condition = Callable[[datetime], Select[Any]]


@dataclass(frozen=True)
class Alarm:
    """A condition met by `count` rows, at most MOST_COUNTED; `says` is a sentence without any data."""

    name: str
    says: str
    count: int


_conditions: dict[str, tuple[str, Condition]] = {}


def alarm(name: str, says: str = "") -> Callable[[Condition], Condition]:
    """Declare a condition: a function of the time that gives a SELECT; every row of it is one case.

    The SELECT must find its rows by an index, also when there are none. `says` is what the owner reads.
    """

    def register(condition: Condition) -> Condition:
        _conditions[name] = (says or name.replace("_", " "), condition)
        return condition

    return register


def names() -> list[str]:
    """Every condition that is watched."""
    return sorted(_conditions)


def sentence(name: str) -> str:
    """What the owner reads of a condition; its name when this release does not know it."""
    return _conditions[name][0] if name in _conditions else name


def ringing(at: datetime) -> list[Alarm]:
    """The conditions that are met now, in one query."""
    counts = (
        select(func.count()).select_from(condition(at).limit(MOST_COUNTED).subquery()).scalar_subquery()
        for _, condition in _conditions.values()
    )
    row = db.session.execute(select(*counts)).one()
    found = zip(_conditions.items(), row, strict=True)
    return [Alarm(name, says, count) for (name, (says, _)), count in found if count]


def ringing_names(at: datetime) -> list[str]:
    """For probes: the names only, and "unknown" when the database does not say."""
    try:
        return [one.name for one in ringing(at)]
    except SQLAlchemyError:
        db.session.rollback()
        return ["unknown"]
