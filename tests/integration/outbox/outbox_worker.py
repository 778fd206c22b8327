"""A worker in a process of its own: instance folder, database, file to write to, whether to hang."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from shop import create_app
from shop.database import now
from shop.outbox.worker import handles, run_one
from tests.conftest import settings_for

folder, url, notes, hang = sys.argv[1:]


@handles("note_down")
def note_down(payload: dict, at: object) -> None:
    with open(notes, "a") as file:  # one short write to an appended file is not torn
        file.write(f"{os.getpid()} {payload['number']}\n")
    if hang == "hang":
        sys.stdout.write("working\n")
        sys.stdout.flush()
        time.sleep(600)
    time.sleep(0.005)


if __name__ == "__main__":
    app = create_app(settings_for(Path(folder), url))
    with app.app_context():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        while run_one(now()):
            pass
