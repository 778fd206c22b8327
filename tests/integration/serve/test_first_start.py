"""A production start at a real (pseudo) terminal asks for what is missing, and nothing is public before."""

import fcntl
import os
import pty
import re
import select
import socket
import stat
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shop.environment import REQUIRED_IN_PRODUCTION, from_environment
from shop.environment_file import FILE, add, read
from tests.running_store import PATIENCE, ROOT, ending, free_pair
from tests.unit.config.test_config import COMPLETE

NAME = 'Ada\'s "Corner" Pharmacy $5'
SECRETS = ("sk_live_hidden1", "whsec_hidden2", "smtps://ada:hidden3@mail.example")
ANSWERS = [
    NAME,
    "1 Example Road, Sampletown, NY 00000",
    "call us",  # no number: asked again
    "(555) 555-0100",
    "",  # the hours that are suggested
    "ada@pharmacy.example",
    "P. Sample",
    "ZZ-1",
    "New York, Ontario",  # not both are states: asked again
    "New York, vt",
    "NY-000123",
    "DEMO-VT-0000",  # invented: asked again
    "036.0001",
    "",
    "https://pharmacy.example/",
    "",
    "",
    *SECRETS,
    "",
    "America/New_York",
]


class Terminal:
    """A store that was started at a terminal: what it said so far, and typing."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self.screen, self.process, self.said = screen, process, ""

    def reads(self) -> str:
        """Until it waits for an answer or has ended; what it said meanwhile."""
        found = b""
        while not found.rstrip(b" ").endswith((b":", b"?")) or found.endswith(b"\n"):
            assert select.select([self.screen], [], [], PATIENCE)[0], found
            try:
                more = os.read(self.screen, 4096)
            except OSError:  # the other side is closed
                more = b""
            if not more:
                break
            found += more
        self.said += found.decode()
        return found.decode()

    def types(self, text: str) -> str:
        os.write(self.screen, f"{text}\n".encode())
        return self.reads()

    def ends(self) -> int:
        while self.reads():
            pass
        return self.process.wait(PATIENCE)


@contextmanager
def started(instance: Path, port: int, **more: str) -> Iterator[Terminal]:
    screen, there = pty.openpty()
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "FORMULARY_ENV": "production"}
    process = subprocess.Popen(
        # a test run in the background ignores SIGINT
        ["env", "--default-signal=INT", sys.executable, "-m", "shop.serve"],
        cwd=ROOT,
        env=env | {"INSTANCE_PATH": str(instance), "PORT": str(port)} | more,
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is a signal
    )
    os.close(there)
    with ending(process):
        try:
            yield Terminal(screen, process)
        finally:
            os.close(screen)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_every_setting_is_asked_for_checked_and_kept(tmp_path):
    instance = tmp_path / "new"
    with socket.socket() as taken:  # the start ends at a port that is taken, once everything is answered
        taken.bind(("127.0.0.1", 0))
        with started(instance, taken.getsockname()[1]) as terminal:
            terminal.reads()
            for answer in ANSWERS:
                terminal.types(answer)
                assert not instance.exists()
            terminal.types("1")
            terminal.types(NAME.replace("$5", "$6"))
            terminal.types("y")
            assert terminal.ends() == 1
    assert "PORT=" in terminal.said.splitlines()[-1]
    file = instance / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = from_environment({"INSTANCE_PATH": str(instance)})
    assert settings.is_production
    assert settings.pharmacy.name == NAME.replace("$5", "$6")
    assert settings.pharmacy.phone == "(555) 555-0100"
    assert re.findall("New York|Vermont", settings.pharmacy.ships_to) == ["New York", "Vermont"]
    assert settings.licenses == (("NY", "NY-000123"), ("VT", "036.0001"))
    assert settings.database_url == f"sqlite:///{instance}/formulary.sqlite3"
    assert (settings.stripe_secret_key, settings.stripe_webhook_secret, settings.smtp_url) == SECRETS
    assert settings.mail_from == settings.pharmacy.email == "ada@pharmacy.example"
    assert (settings.trusted_proxies, settings.timezone) == (1, "America/New_York")
    assert "hidden1" not in terminal.said
    for secret in ("hidden2", "hidden3", settings.secret_key, settings.vault_keys):
        assert secret not in terminal.said


@pytest.mark.parametrize(("typed", "at"), [("\x04", 1), ("\x03", 18)], ids=["Ctrl-D", "Ctrl-C, hidden"])
def test_who_stops_while_asked_leaves_nothing_behind_and_no_port_opens(tmp_path, typed, at):
    instance, port = tmp_path / "new", free_pair()
    with started(instance, port) as terminal:
        terminal.reads()
        for answer in ANSWERS[:at]:
            terminal.types(answer)
        assert not is_open(port)
        os.write(terminal.screen, typed.encode())
        assert terminal.ends() == 1
    assert not instance.exists()


def test_only_what_is_missing_is_asked_and_no_means_no(tmp_path):
    before = {
        name: COMPLETE[name] for name in REQUIRED_IN_PRODUCTION if name not in ("PHARMACY_PHONE", "SMTP_URL")
    }
    optional = {"PHARMACY_HOURS": "always", "PHARMACY_EMAIL": "a@pharmacy.example", "STORE_TIMEZONE": "UTC"}
    add(tmp_path / FILE, before | optional)
    text = (tmp_path / FILE).read_text()
    with started(tmp_path, free_pair(), TRUSTED_PROXIES="1", SMTP_URL=COMPLETE["SMTP_URL"]) as terminal:
        terminal.reads()
        assert FILE in terminal.types("(555) 555-0199")  # already the last question
        terminal.types("n")
        assert terminal.ends() == 1
    assert (tmp_path / FILE).read_text() == text
    assert "PHARMACY_PHONE" not in (read(tmp_path / FILE) or {})


def test_a_folder_that_holds_a_demo_is_not_asked_about(tmp_path):
    (tmp_path / "vault.key").write_text("k1:" + "A" * 43 + "=")
    with started(tmp_path, free_pair()) as terminal:
        assert f"INSTANCE_PATH={tmp_path}-production" in terminal.reads()
        assert terminal.ends() == 1
    assert os.listdir(tmp_path) == ["vault.key"]
