"""`make run`: the whole store from one foreground process: web server, worker, the demo's payment sandbox.

Everything is imported once and forked, so that a start is quick. A part that ends is started again; Ctrl-C or
SIGTERM stops all parts. `python -m shop.serve web` and `… worker` run one part alone, for systemd.
"""

import argparse
import fcntl
import gc
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from shop import first_start
from shop.config import Settings, SettingsRefused
from shop.environment import from_environment
from shop.server.supervisor import Supervisor, why

if TYPE_CHECKING:
    from flask import Flask

HOST = "127.0.0.1"
START_SECONDS = 60


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shop.serve", description="Run the store.")
    parser.add_argument(
        "part", nargs="?", choices=("web", "worker"), help="run only this part (default: all)"
    )
    part = parser.parse_args(arguments).part
    try:
        if not first_start.complete(os.environ):
            return 1
        settings = from_environment()
        _check_folder(settings)
        lock = _lock_folder(settings, shared=part is not None)
        if part != "worker":
            _check_port(settings.port)
        if part is None and settings.uses_sandbox:
            _check_port(settings.sandbox_port)
        with lock:
            return Store(settings).run() if part is None else _run_alone(part, settings)
    except SettingsRefused as refusal:
        print(f"Formulary cannot start. {refusal}", file=sys.stderr)
        return 1


class Store:
    """The whole store, under a supervisor."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.supervisor = Supervisor()

    def run(self) -> int:
        """Start everything, wait, stop everything. 0 after Ctrl-C, 1 when a part could not start."""
        try:
            opened = self._open()
        finally:
            self.supervisor.stop()
        if self.supervisor.stopping:
            print("Formulary has stopped.")
            return 0
        return 0 if opened else 1

    def _open(self) -> bool:
        print("Starting Formulary …", flush=True)
        if self.settings.uses_sandbox:
            self.supervisor.start("payment sandbox", lambda: _become_sandbox(self.settings))
        try:
            app = _load(self.settings)
        except Exception as error:
            print(f"Formulary cannot start. {why(error)}", file=sys.stderr)
            return False
        if not self.supervisor.run_once("preparation", lambda: _prepare(app, self.settings)):
            return False
        self.supervisor.start("web server", lambda: _serve_web(app, self.settings))
        self.supervisor.start("worker", lambda: _work(app))
        if not self._answers():
            return False
        self._greet()
        self.supervisor.keep_running()
        return True

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.supervisor.stopping:
            if ended := self.supervisor.first_ended():
                print(f"The {ended.name} could not start.", file=sys.stderr)
                return False
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.settings.port}/healthz", timeout=2):
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if not self.supervisor.stopping:
            print(f"The web server did not answer within {START_SECONDS} s.", file=sys.stderr)
        return False

    def _greet(self) -> None:
        print(f"\nFormulary is running at http://{HOST}:{self.settings.port}/   (stop it with Ctrl-C)")
        if plain := _plain_mail(self.settings):
            print(plain)
        if not self.settings.is_production:
            from shop.demo.service import DEMO_ACCOUNTS, DEMO_PASSWORD

            print("This is a demo: nothing is sold, payments go to a sandbox, and emails to instance/mail/.")
            print(f"Sign in with the password {DEMO_PASSWORD} as")
            for email, role in DEMO_ACCOUNTS:
                print(f"  {email:28} {role}")
            print("Pay with the test card 4242 4242 4242 4242 (4000 0000 0000 0002 is declined).")
        sys.stdout.flush()


# --- The parts ---


def _load(settings: Settings) -> "Flask":
    """The application and the facts of the drug review, read once for all parts: the first customer at a
    basket would wait a second for them. Raises SettingsRefused when they cannot be relied on."""
    from shop import create_app
    from shop.safety.dataset import SafetyDataRefused
    from shop.safety.drug_facts.reading import book

    app = create_app(settings)
    try:
        book()
    except SafetyDataRefused as refusal:
        raise SettingsRefused(f"The drug facts cannot be relied on. {refusal}") from refusal
    return app


def _prepare(app: "Flask", settings: Settings) -> None:
    """Bring database, demo and index up to date, in a process of its own: it can be stopped at any moment,
    and the parts that are forked afterwards inherit no connection."""
    from flask_migrate import upgrade

    from shop.clock import now
    from shop.connections import too_few_connections
    from shop.database import db, transaction
    from shop.health import applied_migration, newest_migration
    from shop.listing.deciding import decide_new
    from shop.search.current_index import ensure_index

    try:
        with app.app_context():
            if too_few := too_few_connections(db.session.connection(), settings):
                raise too_few
            db.session.rollback()
            if applied_migration() != newest_migration():
                _say("Preparing the database …")
                upgrade()
            if not settings.is_production:
                from shop.demo.service import load_demo

                gc.disable()  # what is made here ends with this process
                for line in load_demo(with_life=settings.demo_life, say=_say):
                    _say(line)
            with transaction():
                decide_new(now())
        ensure_index(app)
    except Exception as error:
        print(f"Formulary cannot start. {why(error)}", file=sys.stderr)
        raise SystemExit(1) from error


def _say(line: str) -> None:
    print(line, flush=True)


def _become_sandbox(settings: Settings) -> None:
    command = [
        sys.executable,
        "-m",
        "shop.payments.sandbox",
        "--port",
        str(settings.sandbox_port),
        "--webhook-url",
        f"http://{HOST}:{settings.port}/webhooks/stripe",
        "--state",
        str(settings.instance / "sandbox.sqlite3"),
    ]
    secret = {"STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret}  # not in `ps`
    os.execve(sys.executable, command, {**os.environ, **secret})  # noqa: S606


def _serve_web(app: "Flask", settings: Settings) -> None:
    from shop.server.web import serve_store

    serve_store(app, settings, HOST)


def _work(app: "Flask") -> None:
    from shop.outbox import worker

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with app.app_context():
        worker.run_until(stop)


def _run_alone(part: str, settings: Settings) -> int:
    """One part in this process, under somebody else's supervision. The database is migrated already."""
    if plain := _plain_mail(settings):
        print(plain, file=sys.stderr)
    app = _load(settings)
    _check_migrations(app)
    run: Callable[[], None] = (lambda: _serve_web(app, settings)) if part == "web" else (lambda: _work(app))
    run()
    return 0


# --- What would make a start fail later ---


def _plain_mail(settings: Settings) -> str:
    """What is to be known before the first email leaves; "" where it travels encrypted."""
    if not (settings.smtp_url or "").startswith("smtp+plain:"):
        return ""
    return "Emails and the mail server’s password travel unencrypted: SMTP_URL is smtp+plain://."


def _check_migrations(app: "Flask") -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from shop.database import db
    from shop.health import applied_migration, newest_migration

    with app.app_context():
        try:
            applied = applied_migration()
        except SQLAlchemyError:
            return  # it may come back; until then the pages say so
        finally:
            db.engine.dispose()  # a forked process opens connections of its own
    if applied != newest_migration():
        raise SettingsRefused("The database is not up to date. Run: flask --app wsgi db upgrade")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SettingsRefused(
                f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1000} make run"
            ) from error


def _check_folder(settings: Settings) -> None:
    probe = settings.instance / ".writable"
    try:
        settings.instance.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink(missing_ok=True)  # another part may have looked at the same moment
    except OSError as error:
        raise SettingsRefused(
            f"The folder {settings.instance} cannot be written ({error.strerror}). "
            "Set INSTANCE_PATH to one that can."
        ) from error


def _lock_folder(settings: Settings, shared: bool) -> IO[str]:
    """Two stores on one folder would not know of each other; single parts share it. Ends with its holder."""
    lock = (settings.instance / ".lock").open("w")
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        raise SettingsRefused(
            f"A store is running on {settings.instance} already. Stop it with Ctrl-C where it runs, "
            "or give this one a folder of its own: INSTANCE_PATH=…"
        ) from error
    return lock


if __name__ == "__main__":
    sys.exit(main())
