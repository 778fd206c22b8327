"""`make run`: the whole store in one foreground process: web, worker, and the payment sandbox of the demo.

Everything is imported once and forked, so that a second start is quick. Ctrl-C, or the death of any part,
stops all parts.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, NoReturn

from shop.config import Settings, SettingsRefused, from_environment

if TYPE_CHECKING:
    from flask import Flask

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1  # prctl(2): a part ends with the supervisor, even when that is killed


def main() -> int:
    try:
        settings = from_environment()
        _check_folder(settings)
        lock = _lock_folder(settings)
        _check_port(settings.port)
        if settings.uses_sandbox:
            _check_port(settings.sandbox_port)
    except SettingsRefused as refusal:
        print(f"Formulary cannot start. {refusal}", file=sys.stderr)
        return 1
    with lock:
        return Store(settings).run()


class Store:
    """The running parts, by name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.parts: dict[int, str] = {}
        self.stopping = False

    def run(self) -> int:
        """Start everything, wait, stop everything. 0 after Ctrl-C, 1 when a part ended by itself."""
        if self.settings.uses_sandbox:
            self._start_sandbox()
        try:
            app = self._prepare()
        except KeyboardInterrupt:
            return self._closed()
        except Exception as error:  # said in one sentence instead of a traceback: the reader runs a pharmacy
            print(f"Formulary cannot start. {_why(error)}", file=sys.stderr)
            self._stop()
            return 1
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        self._fork("web server", lambda: _serve_web(app, self.settings))
        self._fork("worker", lambda: _work(app))
        if self._answers():
            self._greet()
            if ended := self._wait():
                print(f"The {ended} ended by itself; everything else was stopped too.", file=sys.stderr)
        if self.stopping:
            return self._closed()
        self._stop()
        return 1

    def _closed(self) -> int:
        self._stop()
        print("Formulary has stopped.")
        return 0

    def _prepare(self) -> "Flask":
        from flask_migrate import upgrade

        from shop import create_app
        from shop.connections import too_few_connections
        from shop.database import db
        from shop.health import applied_migration, newest_migration

        app = create_app(self.settings)
        with app.app_context():
            if too_few := too_few_connections(db.session.connection(), self.settings):
                raise too_few
            db.session.rollback()
            if applied_migration() != newest_migration():
                print("Preparing the database …", flush=True)
                upgrade()
            if not self.settings.is_production:
                from shop.demo.service import load_demo

                for line in load_demo():
                    print(line)
            from shop.catalogue.search import ensure_index

            ensure_index(app)
            db.session.remove()
            db.engine.dispose()  # a forked part opens connections of its own
        return app

    def _start_sandbox(self) -> None:
        command = [
            sys.executable, "-m", "shop.payments.sandbox", "--port", str(self.settings.sandbox_port),
            "--webhook-url", f"http://{HOST}:{self.settings.port}/webhooks/stripe",
            "--state", str(self.settings.instance / "sandbox.sqlite3"),
        ]  # fmt: skip
        secret = {"STRIPE_WEBHOOK_SECRET": self.settings.stripe_webhook_secret}  # not in `ps`
        process = subprocess.Popen(command, env={**os.environ, **secret}, preexec_fn=_end_with_parent)  # noqa: S603
        self.parts[process.pid] = "payment sandbox"

    def _fork(self, name: str, work: Callable[[], None]) -> None:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _run_part(work)
        self.parts[pid] = name

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.stopping:
            if ended := self._ended():
                print(f"The {ended} could not start.", file=sys.stderr)
                return False
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.settings.port}/healthz", timeout=2):
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if not self.stopping:
            print(f"The web server did not answer within {START_SECONDS} s.", file=sys.stderr)
        return False

    def _wait(self) -> str | None:
        while not self.stopping:
            if ended := self._ended():
                return ended
            time.sleep(0.2)
        return None

    def _ended(self) -> str | None:
        pid, _status = os.waitpid(-1, os.WNOHANG)
        return self.parts.pop(pid, None) if pid else None

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _stop(self) -> None:
        for pid in self.parts:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.parts:
            if self._ended():
                continue
            if time.monotonic() > deadline:
                for pid in self.parts:
                    os.kill(pid, signal.SIGKILL)
                deadline += STOP_SECONDS
            time.sleep(0.02)

    def _greet(self) -> None:
        print(f"\nFormulary is open at http://{HOST}:{self.settings.port}/   (stop it with Ctrl-C)")
        if self.settings.is_production:
            return
        from shop.demo.service import DEMO_ACCOUNTS, DEMO_PASSWORD

        print("This is the demo: nothing is sold, payments go to a sandbox, mails to instance/mail/.")
        print(f"Sign in with the password {DEMO_PASSWORD} as")
        for email, role in DEMO_ACCOUNTS:
            print(f"  {email:28} {role}")
        print("Pay with the test card 4242 4242 4242 4242 (4000 0000 0000 0002 is declined).", flush=True)


def _run_part(work: Callable[[], None]) -> NoReturn:
    _end_with_parent()
    status = 0
    try:
        work()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException as error:
        print(_why(error), file=sys.stderr)
        status = 1
    sys.stdout.flush()
    os._exit(status)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the supervisor, which tells its parts


def _serve_web(app: "Flask", settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication

    class Web(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": f"{HOST}:{settings.port}", "workers": settings.web_workers,
                "threads": settings.web_threads,
                "worker_class": "gthread",
                "timeout": 60, "graceful_timeout": 5, "loglevel": "warning", "preload_app": True,
                "control_socket_disable": True,
            }  # fmt: skip
            for key, value in options.items():
                self.cfg.set(key, value)

        def load(self) -> "Flask":
            return app

    Web().run()


def _work(app: "Flask") -> None:
    from shop.outbox import worker

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with app.app_context():
        worker.run_until(stop)


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
        probe.unlink()
    except OSError as error:
        raise SettingsRefused(
            f"The folder {settings.instance} cannot be written ({error.strerror}). "
            "Set INSTANCE_PATH to one that can."
        ) from error


def _lock_folder(settings: Settings) -> IO[str]:
    """Two stores on one folder would not know of each other. The lock ends with its holder."""
    lock = (settings.instance / ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SettingsRefused(
            f"A store is running on {settings.instance} already. Stop it with Ctrl-C where it runs, "
            "or give this one a folder of its own: INSTANCE_PATH=…"
        ) from error
    return lock


def _why(error: BaseException) -> str:
    if message := getattr(error, "message", None):
        return str(message)
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


if __name__ == "__main__":
    sys.exit(main())
