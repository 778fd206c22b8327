"""The store under test: `python -m shop.serve` in a folder of its own, its parts by name, and their deaths.

Works whether the supervisor starts a dead part again or gives up with it: a store that has ended is started
again as an operator's init system would, and the run counts how often that was needed.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.chaos.neighbors import HOST, free_port_with_neighbor
from bench.chaos.plan import OF_DATABASE, Kill

ROOT = Path(__file__).resolve().parents[2]
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # prctl(2)
MARK = "FORMULARY_CHAOS_RUN"
LOOK_SECONDS = 0.2
AFTER_RECOVERY = 2.0  # seconds in which what was queued behind a death may still fail


@dataclass
class Death:
    """One kill: whom, when, and when the store was whole again (monotonic seconds; None: not yet)."""

    what: Kill
    at: float
    whole_at: float | None = None


class Store:
    """The running processes. Everything in here is found again by a mark in its environment."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port_with_neighbor()
        self.sandbox_port = self.port + 1
        self.address = f"http://{HOST}:{self.port}"
        self.environment = {
            **os.environ,
            "FORMULARY_ENV": "demo",
            "DEMO_LIFE": "0",
            "PORT": str(self.port),
            "PAGE_CACHE_MB": "16",
            MARK: f"{os.getpid()}",
            **environment,
        }
        self.log = folder / "store.log"
        self.deaths: list[Death] = []
        self.restarts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    # --- Starting, keeping, stopping ---

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the store's, such as `-m flask audit verify`, beside the running store."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def start(self) -> None:
        self._process = self._launch()
        self._keeper.start()

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "shop.serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_us,
            )

    def _keep(self) -> None:
        """Start the whole again when it has ended, and note when it is whole after a death."""
        while not self._stopping.wait(LOOK_SECONDS):
            assert self._process is not None
            if self._process.poll() is not None:
                self.restarts += 1
                self._process = self._launch()
                self._stopping.wait(0.5)
            elif (
                open_ones := [death for death in self.deaths if death.whole_at is None]
            ) and self.is_whole():
                for death in open_ones:
                    death.whole_at = time.monotonic()

    def stop(self) -> list[str]:
        """End it as an operator would. Returns what was still running afterwards, and kills that."""
        self._stopping.set()
        self._keeper.join(10)
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(300)
        deadline = time.monotonic() + 60
        while (left := list(self._marked())) and time.monotonic() < deadline:
            time.sleep(0.1)
        names = []
        for process in left:
            with contextlib.suppress(psutil.Error):
                names.append(f"{process.pid} {' '.join(process.cmdline())[:80]}")
                process.kill()
        return names

    def _marked(self) -> Iterator[psutil.Process]:
        mark = f"{MARK}={os.getpid()}".encode()
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.Error):
                if mark in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0"):
                    yield process

    # --- Its parts ---

    def parts(self) -> dict[Kill, list[psutil.Process]]:
        """The living processes by what they are, however the store starts them."""
        found: dict[Kill, list[psutil.Process]] = {kind: [] for kind in Kill}
        with contextlib.suppress(psutil.Error):
            assert self._process is not None
            top = psutil.Process(self._process.pid)
            found[Kill.EVERYTHING] = [top, *top.children(recursive=True)]
            for part in top.children():
                family = [part, *part.children(recursive=True)]
                if "shop.payments.sandbox" in " ".join(part.cmdline()):
                    found[Kill.SANDBOX].append(part)
                elif serving := [one for one in family if self._serves(one)]:
                    found[Kill.WEB_MASTER].append(part)
                    found[Kill.WEB_WORKER] += [one for one in serving if one.pid != part.pid] or [part]
                else:
                    found[Kill.WORKER].append(part)
        return found

    def _serves(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return any(
                one.status == psutil.CONN_LISTEN and one.laddr.port == self.port
                for one in process.net_connections("tcp")
            )
        return False

    def is_whole(self) -> bool:
        """Whether every part is there and the web server answers."""
        parts = self.parts()
        there = all(parts[kind] for kind in (Kill.WEB_WORKER, Kill.WORKER, Kill.SANDBOX))
        return there and answers(f"{self.address}/healthz")

    def wait_whole(self, seconds: float) -> bool:
        """Wait until it is whole. False when it is not in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.is_whole() and all(death.whole_at for death in self.deaths):
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def kill(self, what: Kill, pick: float) -> bool:
        """SIGKILL the part at `pick` of its kind. False when there is none."""
        targets = self.parts()[what]
        if not targets:
            return False
        hit = targets if what is Kill.EVERYTHING else [targets[int(pick * len(targets))]]
        self.deaths.append(Death(what, time.monotonic()))
        for process in hit:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return True

    def explains(self, begin: float, end: float) -> bool:
        """Whether a request between these moments may have met a dying or missing part.

        A database that dies excuses nobody: the store is there, and answers 503 by itself.
        """
        return any(
            death.what not in OF_DATABASE
            and begin <= (death.whole_at or float("inf")) + AFTER_RECOVERY
            and end >= death.at
            for death in self.deaths
        )


def _end_with_us() -> None:
    """In the child: end when the run does, even when that is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(url: str) -> bool:
    """Whether an address answers well within 2 s."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
