"""The plan of the demonstration's past: the same each time, in order, and nothing a store would refuse."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from shop.demo.life.people import PEOPLE, PRACTICES
from shop.demo.life.plan import (
    COUNTER_APART,
    DAYS,
    REGULARLY,
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
SHELF = [
    *(OnShelf(f"baclofen-tablets-{mg}-mg", "baclofen-tablets", "tablet", True) for mg in (10, 20)),
    *(OnShelf(f"drug-{n}-tablets-1-mg", f"drug-{n}-tablets", "tablet", True, n % 9 == 0) for n in range(60)),
    OnShelf("amoxicillin-capsules-250-mg", "amoxicillin-capsules", "capsule", True),
    OnShelf(REGULARLY, "lisinopril-tablets", "tablet", True),
    *(OnShelf(f"otc-{n}-tablets-1-mg", f"otc-{n}-tablets", "tablet", False) for n in range(8)),
]
EVENTS = plan(NOW, SHELF, len(PEOPLE))
ORDERS = [event for event in EVENTS if isinstance(event, PlannedOrder)]
PRESCRIPTIONS = [event for event in EVENTS if isinstance(event, PlannedPrescription)]


def test_the_same_past_each_time_and_in_order():
    assert plan(NOW, SHELF, len(PEOPLE)) == EVENTS
    assert sorted(EVENTS, key=lambda event: event.at) == EVENTS
    assert NOW - EVENTS[0].at < timedelta(days=DAYS + 1)
    assert EVENTS[-1].at < NOW


def test_it_is_counted_back_from_now():
    later = plan(NOW + timedelta(days=100), SHELF, len(PEOPLE))
    assert [event.at - timedelta(days=100) for event in later] == [event.at for event in EVENTS]


def test_everything_is_sold_and_what_goes_on_is_young():
    ordered = {line.shelf.slug for order in ORDERS for line in order.lines}
    ordered |= {slug for order in ORDERS for slug in order.counter}
    assert len({one.slug for one in SHELF} - ordered) <= 3  # of whom sent a copy only the first is ordered
    assert {order.ending for order in ORDERS} >= set(Ending) - {Ending.LAPSED}
    for order in ORDERS:
        if order.ending in (Ending.TO_PACK, Ending.PACKED, Ending.UNPAID):
            assert NOW - order.at < timedelta(days=5)  # the bank still holds its money
    assert sum(order.ending is Ending.UNPAID for order in ORDERS) == 1


def test_nothing_is_ordered_before_its_prescription_or_its_refill():
    prescribed = {event.person: event for event in PRESCRIPTIONS}
    assert len(prescribed) == len(PRESCRIPTIONS)
    fills = defaultdict(list)
    for order in ORDERS:
        for line in order.lines:
            assert line in prescribed[order.person].courses
            assert order.at > prescribed[order.person].at
            fills[line].append(order.at)
    for course, times in fills.items():
        assert len(times) <= 1 + course.regimen.refills
        wait = timedelta(days=refill_wait(course.regimen.days, 0.75, 7) + 2)  # packed within two days
        assert all(after - before > wait for before, after in pairwise(times))


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
