"""Writes audit records in a process of its own: instance folder, database, how many."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from shop import create_app
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import now
from shop.database import transaction
from tests.store_settings import settings_for

folder, url, count = sys.argv[1:]

if __name__ == "__main__":
    app = create_app(settings_for(Path(folder), url))
    with app.app_context():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for number in range(int(count)):
            with transaction():
                record(Event.LOT_RECEIVED, at=now(), subject=("lot", number))
