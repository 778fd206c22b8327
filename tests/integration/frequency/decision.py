"""What a row of the tables of decisions is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.integration.frequency.crowd import Setup, Work


class KnownAlready(Exception):
    """What a function says with False."""


@dataclass(frozen=True)
class Decision:
    """`works` begin at the same moment on what `setup` made; then `check(made, said)` must hold.

    `setup(count)` makes the rows of so many rounds; `said` is what became of each of the works.
    """

    name: str
    setup: Setup
    works: tuple[Work, Work, Work]
    check: Callable[[Any, list[str]], None]


def assert_said(said: list[str], done: int, refusal: str) -> None:
    """So many succeeded, and each other was refused for this reason."""
    wanted = Counter({"done": done, refusal: len(said) - done})
    assert Counter(said) == +wanted, said
