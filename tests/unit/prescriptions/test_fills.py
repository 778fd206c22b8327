"""How many units now, from when how many more, and why: the truth table of fills."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.prescriptions.ledger.fills import (
    Fill,
    Item,
    Line,
    Shipment,
    Why,
    coverage,
    covered_by,
    most_combined,
    next_opens,
    wait_days,
)

ISSUED = date(2026, 3, 1)
ITEM = Item(1, 90, 4, 30, ISSUED, date(2027, 3, 1))


def day(number: int) -> date:
    return ISSUED + timedelta(days=number)


def filled(number: int, *parts: tuple[int, int], held: int = 0, **more) -> Fill:
    """A fill of 90 with parts shipped on (day, units), and units an order holds."""
    shipments = tuple(Shipment(day(on), units) for on, units in parts)
    return Fill(
        1, number, more.pop("quantity", 90), held + sum(p.units for p in shipments), shipments, **more
    )


FIRST = filled(1, (0, 90))
TABLE = {
    "nothing taken yet: one fill, the next as if it left today": (ITEM, [], 5, (Why.OPEN, 90, 25, 90)),
    "a part shipped: the rest of the same fill": (ITEM, [filled(1, (0, 60))], 5, (Why.OPEN, 30, 20, 90)),
    "a part held: the rest of the same fill": (ITEM, [filled(1, held=60)], 5, (Why.OPEN, 30, 25, 90)),
    "a whole fill shipped: refused on the day before": (ITEM, [FIRST], 19, (Why.TOO_EARLY, 0, 20, 90)),
    "a whole fill shipped: open on the day": (ITEM, [FIRST], 20, (Why.OPEN, 90, 40, 90)),
    "a whole fill held: as if it left today": (ITEM, [filled(1, held=90)], 9, (Why.TOO_EARLY, 0, 29, 90)),
    "the second part starts when the first ends": (
        ITEM,
        [filled(1, (0, 60), (5, 30))],
        6,
        (Why.TOO_EARLY, 0, 20, 90),
    ),
    "the second part came late": (ITEM, [filled(1, (0, 60), (50, 30))], 51, (Why.OPEN, 90, 71, 90)),
    "the last fill: nothing follows": (
        replace(ITEM, fills=2),
        [FIRST],
        30,
        (Why.OPEN, 90, None, 0),
    ),
    "all fills taken": (replace(ITEM, fills=1), [FIRST], 60, (Why.USED_UP, 0, None, 0)),
    "a refill given back is the same fill": (ITEM, [FIRST, filled(2)], 25, (Why.OPEN, 90, 45, 90)),
    "opened early by a pharmacist": (ITEM, [FIRST, filled(2)], 3, (Why.OPEN, 90, 23, 90)),
    "two fills combined by a pharmacist": (
        ITEM,
        [filled(1, quantity=180, count=2)],
        3,
        (Why.OPEN, 180, 48, 90),
    ),
    "after two combined, the third": (
        ITEM,
        [filled(1, (0, 180), quantity=180, count=2)],
        45,
        (Why.OPEN, 90, 65, 90),
    ),
    "all fills combined": (
        replace(ITEM, fills=2),
        [filled(1, (0, 180), quantity=180, count=2)],
        99,
        (Why.USED_UP, 0, None, 0),
    ),
    "not before the day the prescriber says": (
        replace(ITEM, usable_from=day(10)),
        [],
        9,
        (Why.NOT_YET, 0, 10, 90),
    ),
    "on the day the prescriber says": (
        replace(ITEM, usable_from=day(10)),
        [],
        10,
        (Why.OPEN, 90, 30, 90),
    ),
    "through the last day": (replace(ITEM, expires_on=day(9)), [], 9, (Why.OPEN, 90, None, 0)),
    "after the last day": (replace(ITEM, expires_on=day(9)), [], 10, (Why.EXPIRED, 0, None, 0)),
    "the next fill would open after the last day": (
        replace(ITEM, expires_on=day(19)),
        [FIRST],
        10,
        (Why.USED_UP, 0, None, 0),
    ),
    "no days' supply: the first fill only": (
        replace(ITEM, days_supply=None),
        [],
        0,
        (Why.OPEN, 90, None, 0),
    ),
    "no days' supply: a pharmacist decides about the next": (
        replace(ITEM, days_supply=None),
        [FIRST],
        300,
        (Why.DAYS_UNKNOWN, 0, None, 0),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_an_item_gives(name):
    item, begun, today, (why, now, next_on, next_units) = TABLE[name]
    found = covered_by(item, begun, day(today))
    follows = None if next_on is None else day(next_on)
    assert (found.why, found.now, found.next_on, found.next_units) == (why, now, follows, next_units)


SCRAP = filled(1, (0, 84))  # three packs of 28


@pytest.mark.parametrize(
    ("begun", "today", "packs", "gives"),
    [
        ([SCRAP], 5, (), (Why.OPEN, 6, 1)),  # counted out: the rest of the fill
        ([SCRAP], 5, (28, 30), (Why.TOO_EARLY, 0, 2)),
        ([SCRAP], 18, (28, 30), (Why.OPEN, 90, 2)),
        ([SCRAP], 18, (6,), (Why.OPEN, 6, 1)),
        ([filled(1, (0, 62))], 18, (28,), (Why.OPEN, 28, 1)),
        ([SCRAP, filled(2)], 5, (28,), (Why.OPEN, 90, 2)),  # opened early by a pharmacist
        ([SCRAP, filled(2, (18, 84))], 40, (28,), (Why.OPEN, 90, 3)),
        ([filled(1, (0, 84)), filled(4, (60, 84))], 400, (28,), (Why.OPEN, 6, 1)),  # after the last, rests
        ([], 0, (120,), (Why.OPEN, 90, 1)),  # not even a whole fill makes a pack
    ],
)
def test_a_rest_that_no_pack_holds_keeps_no_fill_waiting(begun, today, packs, gives):
    found = covered_by(replace(ITEM, expires_on=day(900)), begun, day(today), packs)
    assert (found.why, found.now, found.number) == gives


@pytest.mark.parametrize(
    ("days", "promise", "share", "wait"),
    [
        (30, 7, 0.75, 20),
        (90, 7, 0.75, 68),  # 75 % comes before the promise
        (30, 0, 0.75, 23),
        (30, 7, 1.0, 20),
        (30, 60, 0.75, 1),  # never two fills on one day
        (30, 0, 0.9, 27),
        (20, 0, 0.55, 11),  # a float's 11.000000000000002 days would open it on the day after
        (7, 7, 0.75, 1),
        (1, 0, 0.75, 1),
    ],
)
def test_the_days_a_supply_keeps_the_next_fill_closed(days, promise, share, wait):
    assert wait_days(replace(ITEM, days_supply=days, promise_days=promise, share=share)) == wait


def test_an_order_of_360_is_one_fill_and_when_more():
    found = coverage([ITEM], [], Line(360), day(0))
    assert (found.now, found.next_on, found.next_units) == (90, day(20), 90)


def test_sixty_were_bought_and_thirty_complete_the_fill():
    assert coverage([ITEM], [filled(1, (0, 60))], Line(300), day(1)).now == 30


OTHER = replace(ITEM, id=2, expires_on=day(400))


@pytest.mark.parametrize(
    ("begun", "units", "item_id"),
    [
        ([], 90, 1),  # the one that expires first
        ([filled(1, (0, 60))], 30, 1),
        ([filled(1, (0, 60))], 90, 2),  # the one with enough
        ([FIRST], 90, 2),
        ([], 360, 1),  # neither has enough, and they are never added up
        ([FIRST, replace(filled(1, (5, 90)), item_id=2)], 90, 1),  # the one that opens first
    ],
)
def test_of_several_items_one_is_used(begun, units, item_id):
    assert coverage([OTHER, ITEM], begun, Line(units), day(6)).item_id == item_id


def test_without_an_item_nothing_is_covered():
    assert coverage([], [], Line(1), ISSUED).why is Why.NONE


@given(
    quantity=st.integers(1, 500),
    days=st.integers(1, 365),
    fills=st.integers(1, 12),
    share=st.floats(0.5, 1),
    promise=st.integers(0, 60),
    cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 500)), max_size=30),
)
def test_whatever_is_ordered_no_fill_gives_more_than_its_quantity(
    quantity, days, fills, share, promise, cuts
):
    item = Item(1, quantity, fills, days, ISSUED, day(365), share, promise)
    begun: dict[int, Fill] = {}
    today, total = ISSUED, 0
    for later, units in cuts:
        today += timedelta(days=later)
        found = covered_by(item, list(begun.values()), today)
        take = min(units, found.now)
        if not take:
            continue
        assert found.number is not None
        fill = begun.get(found.number, Fill(1, found.number, quantity, 0))
        begun[found.number] = replace(
            fill, taken=fill.taken + take, shipments=(*fill.shipments, Shipment(today, take))
        )
        total += take
    assert list(begun) == list(range(1, len(begun) + 1))
    assert all(fill.taken <= quantity for fill in begun.values())
    assert total <= quantity * fills
    assert all(fill.left == 0 for fill in list(begun.values())[:-1])


@given(days=st.integers(1, 120), share=st.floats(0.1, 1), promise=st.integers(0, 60))
def test_the_next_fill_opens_after_the_last_shipment_and_before_the_supply_ends(days, share, promise):
    item = replace(ITEM, days_supply=days, share=share, promise_days=promise)
    opens = next_opens(item, FIRST, day(0))
    assert opens is not None
    assert day(0) < opens <= day(max(1, days))


def test_what_other_lines_take_is_not_there_for_this_one():
    found = coverage([ITEM], [], Line(60), day(0), {1: 60})
    assert (found.why, found.now, found.elsewhere) == (Why.OPEN, 30, 60)
    assert coverage([ITEM, OTHER], [], Line(60), day(0), {1: 60}).item_id == 2
    assert coverage([ITEM], [], Line(60), day(0), {1: 500}).now == 0


def test_an_item_for_this_very_product_is_used_before_one_it_stands_in_for():
    sooner = replace(ITEM, stands_in=True)
    assert coverage([sooner, OTHER], [], Line(90), day(0)).item_id == 2
    assert coverage([sooner, OTHER], [replace(FIRST, item_id=2)], Line(90), day(0)).item_id == 1


def test_of_items_with_enough_the_one_that_expires_first_is_used_whatever_follows():
    last_fill = replace(ITEM, fills=1)  # nothing follows
    assert coverage([OTHER, last_fill], [], Line(90), day(0)).item_id == 1


@pytest.mark.parametrize(
    ("item", "begun", "today", "most"),
    [
        (ITEM, [], 0, 4),
        (ITEM, [FIRST], 5, 3),  # and opened early by it
        (ITEM, [FIRST], 25, 3),
        (ITEM, [filled(1, held=60)], 5, 0),  # the rest of the fill comes first
        (ITEM, [FIRST, filled(2)], 5, 3),  # given back, or opened early
        (ITEM, [filled(1, quantity=180, count=2)], 5, 4),  # decided anew
        (ITEM, [FIRST, filled(2, (20, 90)), filled(3, (40, 90))], 65, 0),  # one fill is left
        (replace(ITEM, fills=1), [], 0, 0),
        (replace(ITEM, fills=12, days_supply=90), [], 0, 4),  # a year in all
        (replace(ITEM, fills=12, days_supply=90), [FIRST], 80, 3),
        (replace(ITEM, days_supply=None), [], 0, 0),
        (replace(ITEM, usable_from=day(3)), [], 0, 0),
        (replace(ITEM, expires_on=day(3)), [], 9, 0),
    ],
)
def test_how_many_fills_may_be_combined(item, begun, today, most):
    assert most_combined(item, begun, day(today), 372) == most
