"""Asking public pages all the time, in a process of its own so that nothing here is waited for.

`python -m bench.chaos.prober ADDRESS FILE PATH…` writes a line for each answer: when it was asked (monotonic
seconds, the same clock in every process), how long it took, its status (0: none) and the path.
"""

import http.client
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PAUSE_SECONDS = 0.1
LONGEST_SECONDS = 20


@dataclass(frozen=True)
class Probe:
    at: float
    seconds: float
    status: int
    path: str

    @property
    def until(self) -> float:
        return self.at + self.seconds


def ask_for_ever(address: str, path: str, say: object) -> None:
    place = urlsplit(address)
    while True:
        begin = time.monotonic()
        status = 0
        try:
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=LONGEST_SECONDS)
            connection.request("GET", path, headers={"User-Agent": "formulary-chaos"})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
            connection.close()
        except (OSError, http.client.HTTPException):
            pass
        say(f"{begin:.3f} {time.monotonic() - begin:.4f} {status} {path}\n")  # type: ignore[operator]
        time.sleep(PAUSE_SECONDS)


def read(file: Path) -> list[Probe]:
    """What was written until now; an unfinished last line is left out."""
    probes = []
    for line in file.read_text().splitlines():
        parts = line.split(" ")
        if len(parts) == 4:
            probes.append(Probe(float(parts[0]), float(parts[1]), int(parts[2]), parts[3]))
    return probes


def main() -> None:
    address, target, *paths = sys.argv[1:]
    with Path(target).open("a", buffering=1) as file:
        threads = [
            threading.Thread(target=ask_for_ever, args=(address, path, file.write), daemon=True)
            for path in paths
        ]
        for thread in threads:
            thread.start()
        sys.stdin.read()  # ends with the run that started it


if __name__ == "__main__":
    main()
