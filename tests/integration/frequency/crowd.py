"""Real processes, each with an application and connections of its own, that act at the same moment."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from shop import create_app
from shop.config import Settings
from shop.database import db, transaction
from shop.limits import Deadlines
from tests.forked import CONTEXT

PATIENCE_SECONDS = 120
PATIENT = Deadlines(lock=PATIENCE_SECONDS, statement=PATIENCE_SECONDS, idle=PATIENCE_SECONDS)
Setup = Callable[[int], list[Any]]
Work = Callable[[Any], object]
"""Done inside a transaction with what a round's setup made. Both are functions of modules: they are sent."""


@dataclass(frozen=True)
class Crowd:
    """The processes, by our ends of their pipes."""

    lines: tuple[Connection, ...]

    def prepare(self, setup: Setup, rounds: int) -> list[Any]:
        """What `setup` makes for so many rounds; each process makes its part."""
        size = len(self.lines)
        for place, line in enumerate(self.lines):
            line.send((_prepare, setup, len(range(place, rounds, size))))
        return [made for part in self._answers() for made in part]

    def act(self, works: Sequence[Work], rounds: list[Any]) -> list[list[str]]:
        """Each process does one of `works` in each round; per round what became of each, in their order.

        That is "done", or the name of the exception. Who does what rotates, since who wakes first wins often.
        """
        assert len(works) == len(self.lines)
        for line in self.lines:
            line.send((_act, tuple(works), rounds))
        answers = self._answers()
        return [
            [answers[(place - number) % len(works)][number] for place in range(len(works))]
            for number in range(len(rounds))
        ]

    def ask(self, todo: Callable[..., Any], *what: Any) -> list[Any]:
        """What `todo(place, barrier, *what)`, a function of a module, says in each of the processes."""
        for line in self.lines:
            line.send((todo, *what))
        return self._answers()

    def _answers(self) -> list[Any]:
        answers = [line.recv() for line in self.lines]
        failed = [answer for answer in answers if isinstance(answer, Exception)]
        if failed:
            raise failed[0]
        return answers


@contextmanager
def gathered(settings: Settings, size: int) -> Iterator[Crowd]:
    """Start the processes on the store of `settings`, and end them."""
    barrier = CONTEXT.Barrier(size)
    pipes = [CONTEXT.Pipe() for _ in range(size)]
    processes = [
        CONTEXT.Process(target=_serve, args=(settings, place, theirs, barrier), daemon=True)
        for place, (_, theirs) in enumerate(pipes)
    ]
    for process, (_, theirs) in zip(processes, pipes, strict=True):
        process.start()
        theirs.close()  # so that the end of the process is the end of the pipe
    try:
        yield Crowd(tuple(mine for mine, _ in pipes))
    finally:
        for mine, _ in pipes:
            mine.close()
        for process in processes:
            process.join(PATIENCE_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()


# --- In each of the processes ---


def _serve(settings: Settings, place: int, line: Connection, barrier: Barrier) -> None:
    with create_app(replace(settings, deadlines=PATIENT)).app_context():
        while True:
            try:
                todo, *what = line.recv()
            except EOFError:
                return
            try:
                line.send(todo(place, barrier, *what))
            except Exception as error:
                line.send(RuntimeError(f"in process {place}: {error!r}"))


def _prepare(_place: int, _barrier: Barrier, setup: Setup, rounds: int) -> list[Any]:
    try:
        return setup(rounds)
    finally:
        db.session.remove()


def _act(place: int, barrier: Barrier, works: tuple[Work, ...], rounds: list[Any]) -> list[str]:
    said, took = [], 0.0
    for number, made in enumerate(rounds):
        turn = (place + number) % len(works)
        barrier.wait(PATIENCE_SECONDS)
        # at the same moment, or in each other's midst: one later than the other, more each time
        if number % 2:
            time.sleep(took * turn * number / len(rounds))
        began = time.perf_counter()
        said.append(_what_became_of(works[turn], made))
        took = time.perf_counter() - began
    return said


def _what_became_of(work: Work, made: Any) -> str:
    try:
        with transaction():
            work(made)
    except Exception as error:
        return type(error).__name__
    finally:
        db.session.remove()
    return "done"
