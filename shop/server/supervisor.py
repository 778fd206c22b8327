"""Keeps the parts of a store running from one foreground process, and ends all of them together."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn

from shop.server.parent_process import ParentProcess

PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Let this process get the signal `by` when its parent is gone, even when that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)


STOP_SECONDS = 30  # a worker finishes what runs within WORKER_GRACE_SECONDS, 25
STEADY_SECONDS = 10  # what lived longer than this is no crash loop: it is started again after a second
LONGEST_DELAY = 30.0

Work = Callable[[], None]


def restart_delay(failures: int) -> float:
    """Seconds before a part is started again that ended `failures` times in a row: 1, 2, 4 … at most 30."""
    return min(2.0 ** (failures - 1), LONGEST_DELAY)


class Part:
    """One process of the store and what it does."""

    def __init__(self, name: str, work: Work) -> None:
        self.name, self.work = name, work
        self.pid: int | None = None
        self.status: int | None = None
        """How it ended last, as `os.waitstatus_to_exitcode` says it."""
        self.failures = 0
        self.due = 0.0
        self._began = 0.0

    def begin(self) -> None:
        """Start it, in a process group of its own: a terminal's Ctrl-C reaches the supervisor alone."""
        sys.stdout.flush()
        self._began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            _run(self.work)
        with suppress(OSError):  # it may have done so itself, or be gone
            os.setpgid(pid, pid)
        self.pid = pid

    def has_ended(self) -> bool:
        """Whether it does not run. What it started itself is killed when it has just ended."""
        if self.pid is not None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._close(status)
        return self.pid is None

    def kill(self) -> None:
        """End it now."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            self._close(os.waitpid(self.pid, 0)[1])

    def plan_restart(self) -> float:
        """Decide when it is started again; in how many seconds that is."""
        steady = time.monotonic() - self._began >= STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        delay = restart_delay(self.failures)
        self.due = time.monotonic() + delay
        return delay

    def _close(self, status: int) -> None:
        assert self.pid is not None
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.pid, self.status = None, os.waitstatus_to_exitcode(status)


class Supervisor:
    """The parts of a store."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._asked_to_stop = False
        self._starter = ParentProcess()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)

    @property
    def stopping(self) -> bool:
        """Whether SIGINT or SIGTERM came, here or to the make that started this."""
        return self._asked_to_stop or self._starter.gave_up

    def start(self, name: str, work: Work) -> None:
        """Start a part that is to run as long as the store does."""
        part = Part(name, work)
        self.parts.append(part)
        part.begin()

    def run_once(self, name: str, work: Work) -> bool:
        """Do `work` in a process of its own. False when it failed, or stopping was asked for meanwhile."""
        part = Part(name, work)
        part.begin()
        while not part.has_ended():
            if self.stopping:
                part.kill()
                return False
            time.sleep(0.02)
        return part.status == 0

    def first_ended(self) -> Part | None:
        """A part that does not run, if there is one."""
        return next((part for part in self.parts if part.has_ended()), None)

    def keep_running(self) -> None:
        """Start again what ends, until stopping is asked for."""
        down: set[Part] = set()
        while not self.stopping:
            for part in self.parts:
                if part in down:
                    if time.monotonic() >= part.due:
                        part.begin()
                        down.remove(part)
                elif part.has_ended():
                    delay = part.plan_restart()
                    down.add(part)
                    print(
                        f"The {part.name} stopped unexpectedly ({_cause(part.status)}). "
                        f"Restarting it in {delay:.0f} s.",
                        file=sys.stderr,
                    )
            time.sleep(0.1)

    def stop(self) -> None:
        """End every part with what it has started: asked first, killed when it takes too long."""
        for part in self.parts:
            if not part.has_ended() and part.pid is not None:
                os.kill(part.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while not _all_ended(self.parts) and time.monotonic() < deadline:
            time.sleep(0.02)
        for part in self.parts:
            part.kill()

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop = True


def why(error: BaseException) -> str:
    """An error in one sentence: the reader runs a pharmacy."""
    if message := getattr(error, "message", None):
        return str(message)
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def _all_ended(parts: Iterable[Part]) -> bool:
    running = [part for part in parts if not part.has_ended()]  # each is asked: it reaps
    return not running


def _cause(status: int | None) -> str:
    if status is not None and status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit code {status}"


def _run(work: Work) -> NoReturn:
    """In the new process: do the work and end."""
    with suppress(OSError):
        os.setpgid(0, 0)
    end_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    status = 0
    try:
        work()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException as error:
        print(why(error), file=sys.stderr)
        status = 1
    sys.stdout.flush()
    os._exit(status)
