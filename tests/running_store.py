"""Starting and stopping the whole store as `make run` does, for tests that need all its processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def free_pair() -> int:
    """A port whose neighbour is free too: the sandbox sits beside the web server."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)
    raise RuntimeError("no two neighbouring ports are free")


def start_store(instance: Path, database_url: str = "", **more: str) -> tuple[subprocess.Popen[bytes], str]:
    """`python -m shop.serve` on free ports, with `more` in its environment; returns when it answers."""
    port = free_pair()
    env = {**os.environ, "PORT": str(port), "INSTANCE_PATH": str(instance), "FORMULARY_ENV": "demo"} | more
    env.pop("DATABASE_URL", None)
    if database_url:
        env["DATABASE_URL"] = database_url
    with (instance.parent / "store.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "shop.serve"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address + "/readyz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return process, address
    stop_store(process)
    pytest.fail("the store did not start:\n" + (instance.parent / "store.log").read_text())


def stop_store(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(30)
