"""What happened in the past ninety days: who was prescribed what, who ordered when, how each order ended.

Pure. The same shelf gives the same past, counted back from the moment that is given; chance is a generator of
its own with a fixed seed. What is still going on (orders to pack, one being paid) lies in the last two
business days. Each `at` of staff lies in the `hours`, and customers order by day.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shop.demo.life.hours import Hours
from shop.demo.life.regimens import Regimen, regimen
from shop.prescriptions.states import Origin

DAYS = 90
OPENED = timedelta(days=DAYS + 5)
"""The store opened a few days before its first order."""
SEED = 20190429
RHYTHM = 29  # days between two orders of somebody who refills: later than a refill opens, sooner than it ends
SHIPPED_AFTER = timedelta(hours=42)  # in the hours after that: longer than packing takes
PACKED_AFTER = timedelta(hours=21)  # what does not ship yet is in its parcel in the hours after that
COPY_ORDERED = timedelta(days=3)  # ago, at most: the bank still holds its money
ENDED = timedelta(days=10)  # what is older may have ended in any way
LATEST = timedelta(hours=1)
COUNTER_ORDERS = 44
GROWTH = 1.6  # the store becomes known: orders over the counter come closer to each other
COUNTER_APART = 31  # days between two orders over the counter of one person: each is alone in its 30 days
REGULARLY, REGULAR_DAYS = "lisinopril-tablets-10-mg", (82, 53, 24)
SOUGHT = ("baclofen", "amlodipine", "lisinopril", "levothyroxine", "atorvastatin", "pantoprazole")
"""What more people take: for each strength of these, a person more."""
HARD_TO_KEEP = 3
"""People more for a strength that the store never has much of: the stock page has something to say."""


class Ending(StrEnum):
    """What became of an order."""

    SHIPPED = "shipped"
    TO_PACK = "to_pack"
    PACKED = "packed"
    UNPAID = "unpaid"  # its payment page is open now
    EXPIRED = "expired"
    CANCELED = "canceled"  # by the customer, before it was packed
    BY_STAFF = "by_staff"
    REFUNDED = "refunded"  # charged before the hold ended, then canceled
    LAPSED = "lapsed"  # the bank let go of the money


ODD_ENDINGS = (
    *(Ending.EXPIRED, Ending.CANCELED, Ending.EXPIRED, Ending.BY_STAFF, Ending.EXPIRED),
    *(Ending.REFUNDED, Ending.LAPSED, Ending.CANCELED, Ending.EXPIRED),
)
"""Of orders over the counter, every fourth ends in one of these, in turn."""


@dataclass(frozen=True)
class OnShelf:
    """A strength that may be sold. `few`: the store never has much of it."""

    slug: str
    product: str
    form: str
    prescription_required: bool
    few: bool = False


@dataclass(frozen=True)
class Course:
    """A strength somebody was prescribed, and how they take it."""

    person: int
    shelf: OnShelf
    regimen: Regimen


@dataclass(frozen=True)
class PlannedPrescription:
    """What one person was prescribed on one day."""

    at: datetime
    person: int
    origin: Origin
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class PlannedOrder:
    """`lines` are courses of the person's prescription, `counter` slugs bought without one."""

    at: datetime
    person: int
    ending: Ending
    lines: tuple[Course, ...] = ()
    counter: tuple[str, ...] = ()
    turn: int = 0  # among all orders


Planned = PlannedPrescription | PlannedOrder
ORIGINS = (
    Origin.ELECTRONIC,
    Origin.FAX,
    Origin.ELECTRONIC,
    Origin.PHONE,
    Origin.PAPER,
    Origin.TRANSFER,
    Origin.ELECTRONIC,
)


def plan(now: datetime, shelf: Sequence[OnShelf], people: int, hours: Hours) -> list[Planned]:
    """Everything that happened, in the order it did."""
    chance = random.Random(SEED)  # noqa: S311  (a believable past, no secret)
    first_days = [-chance.randint(*_joined(person, people)) for person in range(people)]
    newest = max(range(people), key=lambda person: first_days[person])
    by_person = _courses(shelf, people)
    events: list[Planned] = []
    for person in range(people):
        copy = person == newest
        events += _patient(now, person, by_person[person], first_days[person], copy, chance, hours)
    events += _regular(now, people, shelf, hours)
    counter = [one.slug for one in shelf if not one.prescription_required]
    events += _counter(now, counter, people, chance, hours)
    events.sort(key=lambda event: event.at)
    return [_numbered(event, turn) for turn, event in enumerate(events)]


def _regular(now: datetime, person: int, shelf: Sequence[OnShelf], hours: Hours) -> Iterator[Planned]:
    """The demonstration's own customer, `person` after the others: three fills, and the next is open."""
    for one in shelf:
        if one.slug == REGULARLY:
            course = Course(person, one, regimen(one.product, False))
            prescribed = hours.before(now - timedelta(days=REGULAR_DAYS[0], hours=5))
            yield PlannedPrescription(prescribed, person, Origin.ELECTRONIC, (course,))
            for days in REGULAR_DAYS:
                at = hours.awake_after(now - timedelta(days=days))
                yield PlannedOrder(at, person, Ending.SHIPPED, (course,))


def _joined(person: int, people: int) -> tuple[int, int]:
    """Between how many days ago somebody came: half of them early, the others one after the other since."""
    if person % 2:
        return DAYS - 12, DAYS - 2
    last = 4 + (DAYS - 20) * (people - person) // people
    return max(3, last - 6), last


def _courses(shelf: Sequence[OnShelf], people: int) -> dict[int, list[Course]]:
    """Every strength on prescription is taken by somebody, what is sought by more; by nobody two of one."""
    wanted: list[OnShelf] = []
    for one in shelf:
        if one.prescription_required:
            sought = any(one.slug.startswith(name) for name in SOUGHT)
            wanted += [one] * (1 + sought + HARD_TO_KEEP * one.few)
    found: dict[int, list[Course]] = defaultdict(list)
    person = 0
    for turn, one in enumerate(wanted):
        for _ in range(people):
            person = (person + 1) % people
            if all(course.shelf.product != one.product for course in found[person]):
                break
        found[person].append(Course(person, one, regimen(one.product, turn % 3 > 0)))
    return found


def _patient(
    now: datetime,
    person: int,
    courses: Sequence[Course],
    first: int,
    is_copy: bool,
    chance: random.Random,
    hours: Hours,
) -> Iterator[Planned]:
    """One prescription of all of it, its first order a few hours later, and an order each month from then.

    Who came last sent a photo and ordered on it; nobody has confirmed it yet, so it does not ship.
    """
    prescribed = hours.before(_moment(now, first, chance))
    origin = Origin.PHOTO if is_copy else ORIGINS[person % len(ORIGINS)]
    courses = courses[:1] if is_copy else courses
    yield PlannedPrescription(prescribed, person, origin, tuple(courses))
    start = max(prescribed, now - COPY_ORDERED) if is_copy else prescribed
    at = hours.awake_after(start + timedelta(hours=chance.randint(2, 20)))
    sent = dict.fromkeys(courses, 0)
    while at < now - LATEST:
        due = tuple(course for course in courses if _is_due(course, sent[course], at - prescribed))
        if due:
            yield PlannedOrder(at, person, Ending.TO_PACK if is_copy else _by_age(at, now, hours), due)
        sent |= {course: sent[course] + 1 for course in due}
        apart = timedelta(days=RHYTHM + chance.randint(0, 1), minutes=chance.randint(-200, 200))
        at = hours.awake_after(at + apart)


def _by_age(at: datetime, now: datetime, hours: Hours) -> Ending:
    """What became of an order that nobody ended."""
    if hours.after(at + SHIPPED_AFTER) < now - LATEST:
        return Ending.SHIPPED
    return Ending.PACKED if hours.after(at + PACKED_AFTER) < now - LATEST else Ending.TO_PACK


def _is_due(course: Course, sent: int, since: timedelta) -> bool:
    """Whether the next fill is ordered now: the first one, or when the last ones are nearly used."""
    if sent > course.regimen.refills:
        return False
    return sent == 0 or since.days >= sent * course.regimen.days - sent - 1


def _counter(
    now: datetime, slugs: Sequence[str], people: int, chance: random.Random, hours: Hours
) -> Iterator[PlannedOrder]:
    """Orders without a prescription; the last is being paid for at this moment.

    Of those before it one is in its parcel and one waits to be packed, whatever the day and the hour.
    """
    packed = hours.before(now - 2 * LATEST)
    young = {
        COUNTER_ORDERS - 2: (hours.awake_before(packed - PACKED_AFTER), Ending.PACKED),
        COUNTER_ORDERS - 1: (hours.awake_before(now - LATEST), Ending.TO_PACK),
    }
    last: dict[int, int] = {}
    for turn in range(COUNTER_ORDERS):
        ago = (DAYS - 1) * (1 - turn / COUNTER_ORDERS) ** GROWTH
        day = -round(ago)
        person = next(
            one
            for one in (chance.randrange(people) for _ in range(1000))
            if one not in last or day - last[one] >= COUNTER_APART
        )
        last[person] = day
        at = hours.awake_before(min(_moment(now, day, chance), now - LATEST))
        odd = turn % 4 == 3 and now - at > ENDED
        ending = ODD_ENDINGS[turn // 4 % len(ODD_ENDINGS)] if odd else _by_age(at, now, hours)
        at, ending = young.get(turn, (at, ending))
        yield PlannedOrder(at, person, ending, counter=tuple(chance.sample(slugs, chance.randint(1, 2))))
    person = min(range(people), key=lambda one: (last.get(one, -2 * DAYS), one))
    yield PlannedOrder(now - timedelta(minutes=9), person, Ending.UNPAID, counter=(slugs[0],))


def _moment(now: datetime, day: int, chance: random.Random) -> datetime:
    """A time of that day, counted from now."""
    return now + timedelta(days=day, minutes=chance.randint(-400, 300))


def _numbered(event: Planned, turn: int) -> Planned:
    if isinstance(event, PlannedPrescription):
        return event
    return PlannedOrder(event.at, event.person, event.ending, event.lines, event.counter, turn)
