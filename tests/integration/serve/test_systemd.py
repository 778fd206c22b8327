"""The units of deploy/systemd: what they promise, and that what they start starts and stops."""

import configparser
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.running_store import PATIENCE, ROOT, ending, free_pair, until

FOLDER = ROOT / "deploy" / "systemd"
UNITS = [FOLDER / f"formulary-{part}.service" for part in ("web", "worker")]
INSTALLED = "/opt/formulary"
PROMISED = {
    "Restart": "on-failure",
    "KillSignal": "SIGTERM",
    "KillMode": "mixed",
    "User": "formulary",
    "EnvironmentFile": "-/etc/formulary/env",
    "UMask": "0077",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "PrivateTmp": "yes",
    "ReadWritePaths": "/var/lib/formulary",
}


def service(unit: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit)
    return dict(parser["Service"])


def command(unit: Path) -> list[str]:
    """ExecStart, with the Python that runs the tests."""
    words = service(unit)["ExecStart"].split()
    assert words[0] == f"{INSTALLED}/.venv/bin/python"
    return [sys.executable, *words[1:]]


def test_there_is_a_unit_for_each_part_and_one_for_the_backup():
    found = {unit.stem for unit in FOLDER.glob("*.service")}
    assert found == {"formulary-web", "formulary-worker", "formulary-backup"}
    assert (FOLDER / "formulary-backup.timer").exists()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_restarts_after_failures_within_limits_and_without_rights(unit):
    said = service(unit)
    assert {name: said.get(name) for name in PROMISED} == PROMISED
    for limit in ("MemoryMax", "TasksMax", "LimitNOFILE", "RestartSec", "TimeoutStopSec"):
        assert re.fullmatch(r"\d+M?", said[limit])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_every_line(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze here")
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace(f"{INSTALLED}/.venv/bin/python", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


def environment(instance: Path) -> dict[str, str]:
    """What a unit finds in its environment."""
    return {
        **os.environ,
        "INSTANCE_PATH": str(instance),
        "PORT": str(free_pair()),
        "FORMULARY_ENV": "demo",
        "DATABASE_URL": "",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="module")
def outdated(tmp_path_factory, demo_instance):
    """The environment of units whose database lacks the newest migration."""
    env = environment(demo_instance(tmp_path_factory.mktemp("outdated") / "instance"))
    downgrade = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "downgrade"]
    subprocess.run(downgrade, cwd=ROOT, env=env, check=True, capture_output=True)
    return env


def begin(unit: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(unit), cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_both_parts_run_beside_each_other_and_stop_when_asked(tmp_path, demo_instance):
    prepared = environment(demo_instance(tmp_path / "instance"))
    with ending(begin(UNITS[0], prepared)) as web, ending(begin(UNITS[1], prepared)) as worker:
        assert until(lambda: is_alive(prepared["PORT"]))
        assert [web.poll(), worker.poll()] == [None, None]
        assert until(lambda: len(handled(worker.pid)) > 0)  # it catches SIGTERM by now
        for process in (web, worker):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(PATIENCE) for process in (web, worker)] == [0, 0]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_part_refuses_a_database_that_is_not_up_to_date(unit, outdated):
    with ending(begin(unit, outdated)) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "flask --app wsgi db upgrade" in said
    assert len(said.strip().splitlines()) == 1


def is_alive(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30):
            return True
    except (urllib.error.URLError, OSError):
        return False


def handled(pid: int) -> set[int]:
    """SIGTERM, when this process catches it; otherwise nothing."""
    found = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return {signal.SIGTERM} if int(found[1], 16) >> (signal.SIGTERM - 1) & 1 else set()
