"""Checks that what is stored adds up: declared by the rooms that own the rows, run by `flask verify`.

A check only reads. It names what is wrong by ids and counts, never by health data.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from shop.database import db

MOST_NAMED = 20
"""Problems a check spells out; the rest is counted."""


@dataclass(frozen=True)
class Result:
    """`checked` counts what was looked at; `problems` is empty when all of it is right."""

    checked: int
    problems: tuple[str, ...] = ()
    more: int = 0  # problems beyond those named


Check = Callable[[], Result]
_checks: dict[str, Check] = {}


def verifies(subject: str) -> Callable[[Check], Check]:
    """Declare a check; `subject` says in a few words what it is about and is unique."""

    def register(check: Check) -> Check:
        _checks[subject] = check
        return check

    return register


def result(checked: int, problems: Iterable[str]) -> Result:
    """The result of a check that found these problems; only the first are kept."""
    named: list[str] = []
    more = 0
    for problem in problems:
        if len(named) < MOST_NAMED:
            named.append(problem)
        else:
            more += 1
    return Result(checked, tuple(named), more)


def run(subjects: Iterable[str] | None = None) -> Iterator[tuple[str, Result]]:
    """Run every check, or those named, each on a fresh read of the database. One that fails is a problem."""
    for subject in list(_checks) if subjects is None else subjects:
        db.session.rollback()
        try:
            yield subject, _checks[subject]()
        except (
            Exception
        ) as error:  # a damaged database may break any query; the other checks still say something
            yield subject, Result(0, (f"could not be checked: {type(error).__name__}",))
        finally:
            db.session.rollback()
