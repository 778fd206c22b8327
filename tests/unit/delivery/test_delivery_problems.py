"""What keeps a delivery method from being saved; what a store starts with is never kept from it."""

from dataclasses import replace

import pytest

from shop.delivery.problems import Problem, problems
from shop.delivery.rules import Method, Step, Zone
from shop.delivery.service import starting
from shop.prescriptions.rules import SPARE_DAYS

REST = Zone(frozenset(), 3, (Step(500, 490), Step(None, 890)))
GOOD = Method("standard", "Standard mail", 1, (REST,))


def of(**changes: object) -> Method:
    return replace(GOOD, zones=(replace(REST, **changes),))


@pytest.mark.parametrize(
    ("method", "found"),
    [
        (GOOD, []),
        (replace(GOOD, code="Big"), [(Problem.CODE, None)]),
        (replace(GOOD, code=""), [(Problem.CODE, None)]),
        (replace(GOOD, code="weights"), [(Problem.CODE, None)]),
        (replace(GOOD, name=" "), [(Problem.NAME, None)]),
        (replace(GOOD, handling_days=11, zones=()), [(Problem.HANDLING, None), (Problem.NOWHERE, None)]),
        (replace(GOOD, zones=()), [(Problem.NOWHERE, None)]),
        (of(steps=()), [(Problem.NOWHERE, None)]),
        (of(transit_days=5), []),  # with the day it is packed, ten days at most
        (of(transit_days=6), [(Problem.TOO_SLOW, 0)]),
        (replace(GOOD, handling_days=4), [(Problem.TOO_SLOW, 0)]),
        (of(states=frozenset({"ZZ"})), [(Problem.UNKNOWN_STATE, 0)]),
        (of(steps=(Step(None, 1_000_001),)), [(Problem.PRICE, 0)]),
        (of(steps=(Step(500, 1), Step(500, 2))), [(Problem.WEIGHTS, 0)]),
        (of(steps=(Step(None, 1), Step(500, 2))), [(Problem.WEIGHTS, 0)]),
        (of(steps=(Step(0, 1),)), [(Problem.WEIGHTS, 0)]),
        (replace(GOOD, zones=(REST, REST)), [(Problem.STATE_TWICE, 1)]),
        (
            replace(GOOD, zones=(replace(REST, states=frozenset({"AK"})), REST)),
            [],
        ),
        (
            replace(GOOD, zones=(replace(REST, states=frozenset({"AK", "HI"})),) * 2),
            [(Problem.STATE_TWICE, 1)],
        ),
    ],
)
def test_what_is_wrong_with_a_method(method: Method, found: list[tuple[Problem, int | None]]) -> None:
    assert problems(method, 10) == found


@pytest.mark.parametrize("delivery_days", [1, 3, 7, 30])
def test_what_a_store_starts_with_can_be_saved(delivery_days: int) -> None:
    assert [problems(one, delivery_days + SPARE_DAYS) for one in starting(490, delivery_days)] == [[], []]
