"""What happens in a run, decided by the seed alone: every fault with its moment, every customer's visits.

Pure: no clock, no process, no network. The same (seed, minutes, database) gives the same plan. What the plan
cannot decide is how the machine's processes interleave; a failing seed is therefore run more than once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from random import Random

CUSTOMERS = 20
CYCLE_SECONDS = 30.0
KILLS_SECONDS = 16.0  # of a cycle; the rest belongs to two slow or dead neighbors
KILLS_IN_CYCLE = 7
NEIGHBOR_SECONDS = (4.0, 5.5)
VISIT_SECONDS = 1.5  # the least a visit takes: enough visits are planned for the whole run


class Kill(StrEnum):
    """Whom SIGKILL hits."""

    WEB_WORKER = "web worker"
    WEB_MASTER = "web server"
    WORKER = "worker"
    SANDBOX = "payment sandbox"
    EVERYTHING = "everything at once"
    BACKEND = "database backend"
    SESSION = "database session"  # pg_terminate_backend: the connection ends, the server does not


OF_DATABASE = (Kill.BACKEND, Kill.SESSION)


class Neighbor(StrEnum):
    """What turns slow, silent or full for some seconds while nobody is killed."""

    PAYMENTS_SLOW = "payment service answers after 10 s"
    PAYMENTS_AWAY = "payment service away"
    MAIL_SILENT = "SMTP silent"
    MAIL_AWAY = "SMTP away"
    DISK_FULL = "disk full"
    WRITE_LOCK = "write lock held"  # SQLite: one BEGIN IMMEDIATE
    STOCK_LOCKED = "rows of stock held"  # PostgreSQL: an idle transaction
    ORDERS_LOCKED = "rows of orders held"
    AUDIT_LOCKED = "end of the audit record held"


KILLS = {
    "sqlite": (
        Kill.WEB_WORKER,
        Kill.WORKER,
        Kill.SANDBOX,
        Kill.WEB_MASTER,
        Kill.WORKER,
        Kill.WEB_WORKER,
        Kill.EVERYTHING,
    ),
    "postgresql": (
        Kill.WEB_WORKER,
        Kill.WORKER,
        Kill.SANDBOX,
        Kill.WEB_MASTER,
        Kill.BACKEND,
        Kill.SESSION,
        Kill.WORKER,
        Kill.WEB_WORKER,
        Kill.BACKEND,
        Kill.EVERYTHING,
    ),
}
NEIGHBORS = {
    "sqlite": (
        Neighbor.PAYMENTS_SLOW,
        Neighbor.WRITE_LOCK,
        Neighbor.PAYMENTS_AWAY,
        Neighbor.MAIL_SILENT,
        Neighbor.DISK_FULL,
        Neighbor.MAIL_AWAY,
    ),
    "postgresql": (
        Neighbor.PAYMENTS_SLOW,
        Neighbor.AUDIT_LOCKED,
        Neighbor.STOCK_LOCKED,
        Neighbor.MAIL_SILENT,
        Neighbor.ORDERS_LOCKED,
        Neighbor.PAYMENTS_AWAY,
        Neighbor.DISK_FULL,
        Neighbor.MAIL_AWAY,
    ),
}


@dataclass(frozen=True)
class Fault:
    """One fault: `at` and `seconds` count from the run's beginning; a kill has no length.

    `pick` in 0…1 chooses among several targets of the same kind when the moment has come.
    """

    at: float
    what: Kill | Neighbor
    seconds: float
    pick: float


class Card(StrEnum):
    GOOD = "4242424242424242"
    DECLINED = "4000000000000002"
    POOR = "4000000000009995"


class Cancel(StrEnum):
    """When the customer presses cancel."""

    NEVER = "never"
    UNPAID = "before paying"
    PAYING = "in the moment of paying"
    PLACED = "after paying"  # races with the admin who ships it


@dataclass(frozen=True)
class Visit:
    """One walk from the basket to the order.

    `cards` are tried in turn, `clicks` times at once each; no card: the payment page is abandoned. `returns`
    is how often the browser comes back at once: 0 leaves it to the webhook. `expires`: the payment service
    closes the page in the moment of paying.
    """

    pause: float
    wares: tuple[str, ...]
    size: int
    checkouts: int
    cards: tuple[Card, ...]
    clicks: int
    returns: int
    cancel: Cancel
    expires: bool
    uploads: bool


@dataclass(frozen=True)
class Round:
    """What the admin does next: ships the order at `pick` of the list, with `clicks` at once."""

    pause: float
    pick: float
    clicks: int
    looks_at: str


@dataclass(frozen=True)
class Plan:
    seed: int
    minutes: float
    database: str
    faults: tuple[Fault, ...]
    visits: tuple[tuple[Visit, ...], ...]  # one row a customer
    rounds: tuple[Round, ...]

    @property
    def seconds(self) -> float:
        return self.minutes * 60


def make_plan(seed: int, minutes: float, database: str) -> Plan:
    """The whole run. Raises KeyError for a database that is neither `sqlite` nor `postgresql`."""
    seconds = minutes * 60
    many = int(seconds / VISIT_SECONDS) + 1
    return Plan(
        seed,
        minutes,
        database,
        tuple(_faults(Random(f"{seed}/faults"), seconds, database)),
        tuple(tuple(_visits(Random(f"{seed}/customer/{n}"), many)) for n in range(CUSTOMERS)),
        tuple(_rounds(Random(f"{seed}/admin"), many * 4)),
    )


def _faults(random: Random, seconds: float, database: str) -> Iterator[Fault]:
    """Cycles of 30 s: seven kills, then two neighbors in turn. Every kind comes before any comes twice."""
    kills, neighbors = _deck(random, KILLS[database]), _deck(random, NEIGHBORS[database])
    start = 0.0
    while start + CYCLE_SECONDS <= seconds + 0.001:
        gaps = sorted(random.uniform(0.5, KILLS_SECONDS) for _ in range(KILLS_IN_CYCLE))
        for moment in gaps:
            yield Fault(round(start + moment, 3), next(kills), 0, random.random())
        for begin in (KILLS_SECONDS + 2, KILLS_SECONDS + 8.5):
            length = round(random.uniform(*NEIGHBOR_SECONDS), 3)
            yield Fault(round(start + begin, 3), next(neighbors), length, random.random())
        start += CYCLE_SECONDS


def _deck(random: Random, kinds: Sequence[Kill | Neighbor]) -> Iterator[Kill | Neighbor]:
    for _ in cycle((None,)):
        cards = list(kinds)
        random.shuffle(cards)
        yield from cards


WARES = ("otc-1", "otc-2", "otc-3", "hot", "rx-1", "rx-2")
LOOKS_AT = ("/admin/", "/admin/stock", "/admin/outbox", "/admin/orders?tray=shipped")


def _visits(random: Random, count: int) -> Iterator[Visit]:
    for _ in range(count):
        cards = random.choices(
            [(Card.GOOD,), (Card.DECLINED, Card.GOOD), (Card.POOR, Card.DECLINED), ()], [70, 10, 5, 15]
        )[0]
        paid = Card.GOOD in cards
        cancel = random.choices(list(Cancel), [70, 4, 12, 14])[0]
        yield Visit(
            pause=round(random.uniform(0.3, 3.0), 3),
            wares=tuple(random.sample(WARES, random.choices([1, 2, 3], [60, 30, 10])[0])),
            size=random.choices([0, 1], [80, 20])[0],
            checkouts=random.choices([1, 2], [88, 12])[0],
            cards=cards,
            clicks=random.choices([1, 2], [80, 20])[0],
            returns=random.choices([0, 1, 2, 3], [20, 25, 15, 40])[0],
            cancel=cancel if paid or cancel is Cancel.UNPAID else Cancel.NEVER,
            expires=paid and random.random() < 0.06,
            uploads=random.random() < 0.03,
        )


def _rounds(random: Random, count: int) -> Iterator[Round]:
    for _ in range(count):
        yield Round(
            pause=round(random.uniform(0.1, 0.6), 3),
            pick=random.random(),
            clicks=random.choices([1, 2], [85, 15])[0],
            looks_at=random.choice(LOOKS_AT) if random.random() < 0.1 else "",
        )
