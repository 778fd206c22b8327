"""Starting and stopping the whole store as `make run` does, for tests that need all its processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600  # seconds: tells what hangs from what is slow, on any machine
T = TypeVar("T", str, bytes)


def free_pair() -> int:
    """A port whose neighbor is free too: the sandbox sits beside the web server."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)
    raise RuntimeError("no two neighboring ports are free")


def start_store(instance: Path, database_url: str = "", **more: str) -> tuple[subprocess.Popen[bytes], str]:
    """`python -m shop.serve` on free ports, with `more` in its environment; returns when it answers."""
    port = free_pair()
    env = {**os.environ, "PORT": str(port), "INSTANCE_PATH": str(instance), "FORMULARY_ENV": "demo"}
    env |= {"DEMO_LIFE": "0"} | more  # tests count rows of a store that nobody has used
    env.pop("DATABASE_URL", None)
    if database_url:
        env["DATABASE_URL"] = database_url
    with (instance.parent / "store.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "shop.serve"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        assert until(lambda: process.poll() is not None or is_ready(address))
        assert process.poll() is None
    except BaseException as error:  # also a test's own limit, which comes in the midst of it
        stop_store(process)
        said = (instance.parent / "store.log").read_text()
        raise RuntimeError(f"the store did not start:\n{said}") from error
    return process, address


def stop_store(process: subprocess.Popen[bytes]) -> None:
    """End it as Ctrl-C does. Raises subprocess.TimeoutExpired, and kills it, when it does not end."""
    with ending(process):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


@contextmanager
def ending(process: subprocess.Popen[T]) -> Iterator[subprocess.Popen[T]]:
    """Whatever happens in the block, the process has ended after it; a store's parts end with it."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "/readyz", timeout=30):
            return True
    except OSError:
        return False


def until(true: Callable[[], bool]) -> bool:
    """Whether it comes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := true()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen
