"""How long anything waits, and how many wait at once. Every size and deadline of a process is here.

`docs/operate/deadlines.md` has the table for operators. Times are in seconds unless the name says otherwise.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deadlines:
    """How long a request or a command waits for somebody else before it gives up."""

    lock: int = 3  # for a row, a table, or SQLite's one writer, in a web request
    statement: int = 10  # for one statement, in a web request; a command's may take hours
    command_lock: int = 30  # for the same lock in the worker and in commands
    migration_lock: int = 2  # everything that reads the table waits behind a migration that waits
    idle: int = 30  # an open transaction that asks nothing, in a web request; PostgreSQL ends it
    command_idle: int = 600  # the same in the worker and in commands, which compute between statements
    connect: int = 3  # for a new connection to PostgreSQL; libpq waits 2 at least
    pool: int = 3  # for a connection of this process's own
    slot: int = 4  # for a place in a compartment of this process
    payments: int = 1  # for a place among those who call the payment service
    look: int = 1  # for the question that caches and /readyz ask
    stale_pages: int = 900  # how long kept pages are shown while the database cannot be asked


@dataclass(frozen=True)
class Places:
    """How many may work at once, and how many more may wait for them."""

    at_once: int
    in_line: int = 0

    @property
    def total(self) -> int:
        return self.at_once + self.in_line


@dataclass(frozen=True)
class Sizes:
    """How a process's web threads are divided.

    Few work at once: Python runs one thread at a time, and each that works has a connection. The others are
    places to wait in, which cost next to nothing (128 threads took 4 to 10 MB more than 4), and a few stay
    free for what waits for nobody: kept pages, files, health.
    """

    web_threads: int

    @property
    def free(self) -> int:
        return max(1, self.web_threads // 32)

    @property
    def public(self) -> Places:
        """Pages for visitors without a session that are not kept and have to be made: they only read."""
        return self._places(max(1, self.web_threads // 32), 0.4)

    @property
    def own(self) -> Places:
        """Pages with a session: they only read, but one of them asks the payment service."""
        return self._places(max(1, self.web_threads * 3 // 64), 0.3)

    @property
    def writes(self) -> Places:
        """Everything that is sent: forms, uploads, sign-in, webhooks. It waits for locks."""
        return self._places(max(1, self.web_threads // 16), 0.3)

    @property
    def payments(self) -> Places:
        """Calls to the payment service, from `own` and `writes`: each keeps a place for something else."""
        at_once = max(1, self.own.at_once * 2 // 3)
        return Places(at_once, max(0, self.own.at_once - 1 - at_once))

    def _places(self, at_once: int, share: float) -> Places:
        total = max(at_once, int((self.web_threads - self.free) * share))
        return Places(at_once, total - at_once)


POOL_SPARE = 2
"""Connections of a process beside those of its places: the caches' question and /readyz."""


def pool_size(web_threads: int) -> int:
    """Connections that a process keeps open at most: one for each thread that works at once, and a spare."""
    sizes = Sizes(web_threads)
    return sum(places.at_once for places in (sizes.public, sizes.own, sizes.writes)) + POOL_SPARE
