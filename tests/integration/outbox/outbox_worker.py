"""A real worker in a process of its own: instance folder, database, folder to leave notes in, settings.

Its handlers write what they do into files, which tests wait for instead of time.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from shop import create_app
from shop.outbox import worker
from shop.outbox.kinds import handles
from tests.store_settings import settings_for

folder, url, notes, changes = sys.argv[1:]
NOTES = Path(notes)


def note(file: str, text: object) -> None:
    with (NOTES / file).open("a") as out:  # one short write to an appended file is not torn
        out.write(f"{os.getpid()} {text}\n")


@handles("note_down")
def note_down(payload: dict, at: object) -> None:
    note("done", payload["number"])


@handles("money_step", lane="money")
def money_step(payload: dict, at: object) -> None:
    note("done", payload["number"])


@handles("in_turn", lane="money")
def in_turn(payload: dict, at: object) -> None:
    """Says when it begins and ends, so that two at once would be seen. Goes on when two workers are at it."""
    note("turns", f"{payload['sequence']} {payload['number']} begins")
    while len({line.split()[0] for line in (NOTES / "turns").read_text().splitlines()}) < 2:
        time.sleep(0.02)
    time.sleep(0.01)
    note("turns", f"{payload['sequence']} {payload['number']} ends")


@handles("until_told")
def until_told(payload: dict, at: object) -> None:
    """Works until the file `go` is there."""
    note("begun", payload["number"])
    while not (NOTES / "go").exists():
        time.sleep(0.02)
    note("done", payload["number"])


@handles("leave_thread")
def leave_thread(payload: dict, at: object) -> None:
    """Ends its thread with something that is no Exception."""
    note("begun", payload["number"])
    raise SystemExit


if __name__ == "__main__":
    app = create_app(settings_for(Path(folder), url, **json.loads(changes)))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with app.app_context():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        worker.run_until(stop)
    sys.stdout.write("left\n")
    sys.stdout.flush()
