"""`make run`: starts everything, says in one sentence what is wrong, and stops everything."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from itertools import islice
from pathlib import Path

import pytest

from tests.running_store import PATIENCE, ROOT, ending, free_pair, is_ready, stop_store, until
from tests.unit.config.test_config import COMPLETE


def run(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shop.serve"],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def assert_refused_in_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("neighbor", [0, 1], ids=["web port", "sandbox port"])
def test_a_busy_port_is_named_with_the_way_out(tmp_path, neighbor):
    port = free_pair()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + neighbor))
        taken.listen()
        done = run({"PORT": str(port), "INSTANCE_PATH": str(tmp_path)})
    assert_refused_in_one_sentence(done, str(port + neighbor), "PORT=")


def test_a_second_store_on_the_same_folder_is_refused(tmp_path, demo_instance, begin):
    begin(demo_instance(tmp_path / "instance"))
    done = run({"PORT": str(free_pair()), "INSTANCE_PATH": str(tmp_path / "instance")})
    assert_refused_in_one_sentence(done, str(tmp_path / "instance"), "INSTANCE_PATH")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    done = run({"PORT": str(free_pair()), "INSTANCE_PATH": "/proc/formulary"})
    assert_refused_in_one_sentence(done, "/proc/formulary", "INSTANCE_PATH")


def test_a_port_that_is_no_number_is_named(tmp_path):
    done = run({"PORT": "eighty", "INSTANCE_PATH": str(tmp_path)})
    assert_refused_in_one_sentence(done, "PORT", "eighty")


def test_production_without_its_secrets_refuses_and_names_them(tmp_path):
    done = run({"FORMULARY_ENV": "production", "INSTANCE_PATH": str(tmp_path), "PORT": str(free_pair())})
    assert_refused_in_one_sentence(done, "SECRET_KEY", "VAULT_KEYS", "STRIPE_SECRET_KEY")
    assert list(tmp_path.iterdir()) == []  # nothing was made up in its place


def test_production_with_a_license_of_the_demonstration_refuses_and_names_the_state(tmp_path):
    licenses = {"PHARMACY_LICENSES": "VT:036.0001,NY:DEMO-NY-0000"}
    done = run(COMPLETE | licenses | {"INSTANCE_PATH": str(tmp_path), "PORT": str(free_pair())})
    assert_refused_in_one_sentence(done, "PHARMACY_LICENSES", "NY")
    assert list(tmp_path.iterdir()) == []


def test_a_restart_loses_nothing_and_ctrl_c_stops_every_part(tmp_path, begin):
    instance = tmp_path / "instance"
    process, address = begin(instance)
    parts = _children(process.pid)
    assert len(parts) == 3  # web, worker, sandbox
    marker = instance / "secret.key"
    secret = marker.read_text()
    stop_store(process)
    assert process.returncode == 0
    assert not any(_alive(pid) for pid in parts)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address + "/healthz", timeout=1)

    process, address = begin(instance)
    with urllib.request.urlopen(address + "/medicines/baclofen-tablets") as page:
        assert b"$0.51" in page.read()
    assert marker.read_text() == secret
    stop_store(process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_while_it_prepares_it_stops_in_one_sentence(tmp_path, number):
    process = subprocess.Popen(
        [sys.executable, "-m", "shop.serve"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(free_pair()), "INSTANCE_PATH": str(tmp_path), "DEMO_LIFE": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with ending(process):
        steps = islice((line for line in process.stdout if line.endswith("…\n")), 2)
        assert len(list(steps)) == 2, "it starts, it prepares"
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    assert out.endswith(".\n"), "no step, which ends in three dots, is the last that is said"


def test_a_part_that_dies_is_started_again_and_it_is_said(tmp_path, demo_instance, begin):
    process, address = begin(demo_instance(tmp_path / "instance"))
    first = parts_of(process.pid)
    for pid in first.values():
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: is_ready(address) and parts_of(process.pid).keys() == first.keys())
    again = parts_of(process.pid)
    said = (tmp_path / "store.log").read_text()
    assert not set(again.values()) & set(first.values())
    assert first.keys() == {"web server", "worker", "payment sandbox"}
    for name in first:
        assert re.search(rf"{name}\b.*\bSIGKILL\b.*\b1 s\b", said), name
    stop_store(process)
    assert process.returncode == 0
    assert not any(_alive(pid) for pid in again.values())


def test_a_web_process_that_dies_is_replaced(tmp_path, demo_instance, begin):
    process, address = begin(demo_instance(tmp_path / "instance"))
    web = parts_of(process.pid)["web server"]
    workers = set(_children(web))
    assert len(workers) == 2
    os.kill(min(workers), signal.SIGKILL)
    assert until(lambda: len(_children(web)) == 2 and min(workers) not in _children(web))
    assert is_ready(address)
    stop_store(process)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_supervisor(tmp_path, demo_instance, begin, number):
    process, _address = begin(demo_instance(tmp_path / "instance"))
    parts = _children(process.pid)
    everything = [*parts, *(grandchild for pid in parts for grandchild in _children(pid))]
    assert len(everything) >= 5  # web server with two processes, worker, sandbox
    process.send_signal(number)
    process.wait(PATIENCE)
    assert not any(_alive(pid) for pid in everything)


def test_a_part_that_cannot_start_at_all_ends_the_start(tmp_path):
    """The sandbox's state cannot be opened."""
    (tmp_path / "sandbox.sqlite3").mkdir()
    done = run({"PORT": str(free_pair()), "INSTANCE_PATH": str(tmp_path), "DEMO_LIFE": "0"})
    assert done.returncode == 1
    assert "payment sandbox" in done.stderr, "the part's name"


def parts_of(supervisor: int) -> dict[str, int]:
    """The running parts: web server is the one with processes of its own."""
    found = {}
    for pid in _children(supervisor):
        if "sandbox" in _command(pid):
            found["payment sandbox"] = pid
        else:
            found["web server" if len(_children(pid)) >= 2 else "worker"] = pid
    return found


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


def _alive(pid: int) -> bool:
    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    return not until(gone)
