"""`make run`: starts everything, says in one sentence what is wrong, and stops everything."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.running_store import ROOT, free_pair, start_store, stop_store


def run(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shop.serve"], cwd=ROOT, env={**os.environ, **env},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def assert_refused_in_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("neighbour", [0, 1], ids=["web port", "sandbox port"])
def test_a_busy_port_is_named_with_the_way_out(tmp_path, neighbour):
    port = free_pair()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + neighbour))
        taken.listen()
        done = run({"PORT": str(port), "INSTANCE_PATH": str(tmp_path)})
    assert_refused_in_one_sentence(done, f"Port {port + neighbour} is in use", "PORT=")


def test_a_second_store_on_the_same_folder_is_refused(tmp_path):
    process, _address = start_store(tmp_path / "instance")
    done = run({"PORT": str(free_pair()), "INSTANCE_PATH": str(tmp_path / "instance")})
    stop_store(process)
    assert_refused_in_one_sentence(done, "running on", "INSTANCE_PATH")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    done = run({"PORT": str(free_pair()), "INSTANCE_PATH": "/proc/formulary"})
    assert_refused_in_one_sentence(done, "/proc/formulary", "INSTANCE_PATH")


def test_a_port_that_is_no_number_is_named(tmp_path):
    done = run({"PORT": "eighty", "INSTANCE_PATH": str(tmp_path)})
    assert_refused_in_one_sentence(done, "PORT is “eighty”")


def test_production_without_its_secrets_refuses_and_names_them(tmp_path):
    done = run({"FORMULARY_ENV": "production", "INSTANCE_PATH": str(tmp_path), "PORT": str(free_pair())})
    assert_refused_in_one_sentence(done, "SECRET_KEY", "VAULT_KEYS", "STRIPE_SECRET_KEY")
    assert list(tmp_path.iterdir()) == []  # nothing was made up in its place


def test_a_restart_loses_nothing_and_ctrl_c_stops_every_part(tmp_path):
    instance = tmp_path / "instance"
    process, address = start_store(instance)
    parts = _children(process.pid)
    assert len(parts) == 3  # web, worker, sandbox
    marker = instance / "secret.key"
    secret = marker.read_text()
    stop_store(process)
    assert process.returncode == 0
    assert not any(_alive(pid) for pid in parts)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address + "/healthz", timeout=1)

    process, address = start_store(instance)
    with urllib.request.urlopen(address + "/medicines/baclofen-tablets") as page:
        assert b"$0.51" in page.read()
    assert marker.read_text() == secret
    stop_store(process)


def test_ctrl_c_while_it_prepares_stops_it_in_one_sentence(tmp_path):
    port = str(free_pair())
    process = subprocess.Popen(
        [sys.executable, "-m", "shop.serve"],
        cwd=ROOT,
        env={**os.environ, "PORT": port, "INSTANCE_PATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "Preparing" in next(line for line in process.stdout if "Preparing" in line)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("Formulary has stopped.\n")


def test_when_one_part_dies_the_rest_is_stopped_and_it_is_said(tmp_path):
    process, _address = start_store(tmp_path / "instance")
    worker = next(
        pid for pid in _children(process.pid) if not _children(pid) and "sandbox" not in _command(pid)
    )
    os.kill(worker, signal.SIGKILL)
    assert process.wait(20) == 1
    assert "worker ended by itself" in (tmp_path / "store.log").read_text()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def _alive(pid: int) -> bool:
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
