"""Seals in a process of its own until told to stop: instance folder, database. Prints how many it sealed."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from shop import create_app
from shop.audit.sealing import seal_audit
from tests.store_settings import settings_for

folder, url = sys.argv[1:]

if __name__ == "__main__":
    app, stop = create_app(settings_for(Path(folder), url)), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    with app.app_context():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sealed = 0
        while not stop.is_set():
            sealed += seal_audit()
            stop.wait(0.005)
        sys.stdout.write(f"{sealed + seal_audit()}\n")
