"""The plan of the demonstration's past: the same each time, in order, and nothing a store would refuse."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from shop.checkout.charging import CAPTURE_AFTER
from shop.clock import zone_named
from shop.demo.life.hours import Hours
from shop.demo.life.people import PEOPLE, PRACTICES
from shop.demo.life.plan import (
    COUNTER_APART,
    DAYS,
    REGULARLY,
    SHIPPED_AFTER,
    Ending,
    OnShelf,
    PlannedOrder,
    PlannedPrescription,
    plan,
)
from shop.prescriptions.rules import refill_wait, valid_npi
from shop.prescriptions.verification.directions import daily_use
from shop.safety.states_served import is_served

NOW = datetime(2026, 11, 29, 18, tzinfo=UTC)


def hours_in(zone: str, market: str = "US") -> Hours:
    there = zone_named(zone)
    return Hours(
        market,
        lambda at: at.astimezone(there).date(),
        lambda day, wall: datetime.combine(day, wall, there).astimezone(UTC),
    )


HERE = hours_in("America/New_York")
SHELF = [
    *(OnShelf(f"baclofen-tablets-{mg}-mg", "baclofen-tablets", "tablet", True) for mg in (10, 20)),
    *(OnShelf(f"drug-{n}-tablets-1-mg", f"drug-{n}-tablets", "tablet", True, n % 9 == 0) for n in range(60)),
    OnShelf("amoxicillin-capsules-250-mg", "amoxicillin-capsules", "capsule", True),
    OnShelf(REGULARLY, "lisinopril-tablets", "tablet", True),
    *(OnShelf(f"otc-{n}-tablets-1-mg", f"otc-{n}-tablets", "tablet", False) for n in range(8)),
]
EVENTS = plan(NOW, SHELF, len(PEOPLE), HERE)
GOING_ON = {Ending.TO_PACK, Ending.PACKED, Ending.UNPAID}
ORDERS = [event for event in EVENTS if isinstance(event, PlannedOrder)]
PRESCRIPTIONS = [event for event in EVENTS if isinstance(event, PlannedPrescription)]


def test_the_same_past_each_time_and_in_order():
    assert plan(NOW, SHELF, len(PEOPLE), HERE) == EVENTS
    assert sorted(EVENTS, key=lambda event: event.at) == EVENTS
    assert NOW - EVENTS[0].at < timedelta(days=DAYS + 5)
    assert EVENTS[-1].at < NOW


def test_it_is_counted_back_from_now():
    hours, weeks = hours_in("UTC", "AU"), timedelta(weeks=13)  # no holidays, and so the same minutes
    first, later = (plan(at, SHELF, len(PEOPLE), hours) for at in (NOW, NOW + weeks))
    assert [event.at - weeks for event in later] == [event.at for event in first]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("now", [NOW, NOW - timedelta(hours=11), datetime(2026, 9, 8, 7, 30, tzinfo=UTC)])
def test_staff_work_in_their_hours_and_customers_order_by_day(zone, now):
    hours = hours_in(zone)
    for event in plan(now, SHELF, len(PEOPLE), hours):
        wall = event.at.astimezone(zone_named(zone))
        if isinstance(event, PlannedPrescription):
            assert hours.are_open(event.at), wall
        elif event.ending is not Ending.UNPAID:  # that one is being paid for now, whatever the hour
            assert time(7) <= wall.time() < time(23), wall


@pytest.mark.parametrize("hour", range(0, 24 * 14, 5))
def test_whatever_the_hour_something_waits_and_something_is_packed(hour):
    """From Thursday before Labor Day, through the long weekend."""
    now = datetime(2026, 9, 3, 9, 20, tzinfo=UTC) + timedelta(hours=hour)
    events = plan(now, SHELF, len(PEOPLE), HERE)
    going_on = [one for one in events if isinstance(one, PlannedOrder) and one.ending in GOING_ON]
    assert {one.ending for one in going_on} == GOING_ON
    assert all(now - one.at < CAPTURE_AFTER for one in going_on)  # the bank still holds its money
    assert events[-1].at < now


def test_everything_is_sold_and_what_goes_on_is_young():
    ordered = {line.shelf.slug for order in ORDERS for line in order.lines}
    ordered |= {slug for order in ORDERS for slug in order.counter}
    assert len({one.slug for one in SHELF} - ordered) <= 3  # of whom sent a copy only the first is ordered
    assert {order.ending for order in ORDERS} == set(Ending)
    assert sum(order.ending is Ending.UNPAID for order in ORDERS) == 1


def test_nothing_is_ordered_before_its_prescription_or_its_refill():
    prescribed = {event.person: event for event in PRESCRIPTIONS}
    assert len(prescribed) == len(PRESCRIPTIONS)
    fills = defaultdict(list)
    for order in ORDERS:
        for line in order.lines:
            assert line in prescribed[order.person].courses
            assert order.at > prescribed[order.person].at
            fills[line].append((order.at, HERE.after(order.at + SHIPPED_AFTER)))
    for course, times in fills.items():
        assert len(times) <= 1 + course.regimen.refills
        wait = timedelta(days=refill_wait(course.regimen.days, 0.75, 7))
        assert all(after - shipped > wait for (_, shipped), (after, _) in pairwise(times))


def test_nobody_buys_over_the_counter_twice_in_thirty_days():
    last = {}
    for order in ORDERS:
        if order.counter:
            assert order.at - last.get(order.person, datetime.min.replace(tzinfo=UTC)) > timedelta(
                days=COUNTER_APART - 1
            )
            last[order.person] = order.at


def test_directions_say_what_the_days_say():
    for prescription in PRESCRIPTIONS:
        assert len({course.shelf.product for course in prescription.courses}) == len(prescription.courses)
        for course in prescription.courses:
            use = daily_use(course.regimen.directions(course.shelf.form), "pill")
            assert use is not None
            assert use.agrees(course.regimen.quantity, course.regimen.days)


def test_people_live_where_the_store_ships_and_prescribers_are_nobody():
    assert all(is_served(person.address.region) for person in PEOPLE)
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
    assert all(valid_npi(one.npi) and one.npi.startswith("2") for one in PRACTICES)
