"""The servers of a run, all of the kind and size that `make run` starts, and the load that is put on them."""

import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 8


@dataclass(frozen=True)
class Load:
    """What one round of load saw: requests a second, and the time of a request in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def store_env(store: Path) -> dict[str, str]:
    """What a process reads that belongs to the store in this folder."""
    return {"INSTANCE_PATH": str(store), "FORMULARY_ENV": "demo", "DATABASE_URL": ""}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(module: str, **env: str) -> Iterator[str]:
    """The store's web server with the application `module`, and its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.web", f"127.0.0.1:{port}", module],
        cwd=ROOT,
        env={**os.environ, **env},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address + "/healthz", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{address} did not answer within 30 s")


def load(url: str, seconds: int, *more: str) -> Load:
    """wrk on one address, uncompressed, with keep-alive connections."""
    out = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *more, url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    if rate is None:
        raise SystemExit(f"wrk said nothing about {url}:\n{out}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Load(float(rate[1]), _percentile(out, 50), _percentile(out, 99), int(bad[1]) if bad else 0)


def load_many(urls: Sequence[str], seconds: int) -> Load:
    """wrk on many addresses of one server, in a shuffled order that is the same at every run."""
    order = [urlsplit(url) for url in urls]
    random.Random(len(urls)).shuffle(order)
    paths = ",".join(json.dumps(one._replace(scheme="", netloc="").geturl()) for one in order)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"local paths = {{{paths}}}\n{_VISIT}")
        script.flush()
        return load(f"{order[0].scheme}://{order[0].netloc}", seconds, "-s", script.name)


_VISIT = """
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def _percentile(out: str, which: int) -> float:
    found = re.search(rf"{which}%\s+([\d.]+)(us|ms|s)", out)
    if found is None:
        return float("nan")
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]
