"""Which methods are offered to a state, what each costs by weight and amount, and which one is chosen."""

import pytest

from shop.delivery.rules import (
    ELSEWHERE,
    Method,
    Option,
    Step,
    Zone,
    at_least,
    chosen,
    options,
    price,
    reoffered,
    standard,
)

STEPS = (Step(500, 490), Step(2000, 890), Step(None, 1490))
REST = Zone(frozenset(), 3, STEPS, free_from_cents=7500)
FAR = Zone(frozenset({"AK", "HI"}), 5, (Step(2000, 1290),))
NOWHERE = Zone(frozenset({"PR"}), 0, ())
MAIL = Method("standard", "Standard mail", 1, (FAR, NOWHERE, REST))
FAST = Method("fast", "Two-day", 0, (Zone(frozenset({"NY", "CA"}), 2, (Step(None, 1900),)),))


@pytest.mark.parametrize(
    ("zone", "grams", "subtotal", "cents"),
    [
        (REST, 0, 100, 490),
        (REST, 500, 100, 490),
        (REST, 501, 100, 890),
        (REST, 2001, 100, 1490),
        (REST, None, 100, 1490),  # a weight that nobody can estimate takes the heaviest step
        (REST, 100, 7499, 490),
        (REST, 100, 7500, 0),
        (REST, None, 7500, 0),
        (FAR, 2000, 9000, 1290),
        (FAR, 2001, 9000, None),  # too heavy for it
        (FAR, None, 9000, 1290),
        (NOWHERE, 1, 9000, None),
    ],
)
def test_the_price(zone: Zone, grams: int | None, subtotal: int, cents: int | None) -> None:
    assert price(zone, grams, subtotal) == cents


@pytest.mark.parametrize(
    ("place", "grams", "found"),
    [
        ("NY", 400, [("standard", 490, 3), ("fast", 1900, 2)]),
        ("TX", 400, [("standard", 490, 3)]),
        ("AK", 400, [("standard", 1290, 5)]),
        ("AK", 2500, []),
        ("PR", 400, []),
        (ELSEWHERE, 400, [("standard", 490, 3)]),
    ],
)
def test_what_is_offered(place: str, grams: int, found: list[tuple[str, int, int]]) -> None:
    offered = options([MAIL, FAST], place, grams, 100)
    assert [(one.code, one.cents, one.transit_days) for one in offered] == found


A, B = Option("a", "A", 900, 1, 2), Option("b", "B", 490, 1, 3)


@pytest.mark.parametrize(
    ("offered", "code", "found"),
    [((A, B), "a", A), ((A, B), "", B), ((A, B), "gone", B), ((), "a", None)],
)
def test_the_chosen_one(offered: tuple[Option, ...], code: str, found: Option | None) -> None:
    assert chosen(offered, code) is found


@pytest.mark.parametrize(
    ("places", "found"),
    [
        (("AK", "TX", "NY"), [("standard", 490), ("fast", 1900)]),
        (("AK",), [("standard", 1290)]),
        (("PR",), []),
    ],
)
def test_the_least_each_costs_anywhere(places: tuple[str, ...], found: list[tuple[str, int]]) -> None:
    assert [(one.code, one.cents) for one in at_least([MAIL, FAST], places, 400, 100)] == found


@pytest.mark.parametrize(
    ("own", "same_place", "codes"),
    [
        (Option("b", "B", 300, 1, 3), True, [("b", 300)]),  # dearer by now: stays as it was paid for
        (Option("b", "B", 300, 1, 3), False, []),
        (Option("b", "B", 490, 1, 3), False, [("b", 490)]),
        (Option("a", "A", 900, 1, 2), True, [("a", 900), ("b", 490)]),
        (Option("gone", "Gone", 500, 1, 2), True, [("gone", 500), ("b", 490)]),
        (Option("gone", "Gone", 500, 1, 2), False, [("b", 490)]),
    ],
)
def test_what_a_paid_order_may_change_to(own: Option, same_place: bool, codes: list[tuple[str, int]]) -> None:
    assert [(one.code, one.cents) for one in reoffered([A, B], own, same_place)] == codes


def test_a_store_without_methods_sends_by_mail_at_one_price() -> None:
    assert options([standard(490, 7)], "NY", None, 1) == (Option("mail", "Mail", 490, 1, 5),)
