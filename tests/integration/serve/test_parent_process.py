"""A SIGINT that only make gets ends what make runs."""

import os
import signal
import subprocess
import sys

from shop.server.parent_process import ParentProcess
from tests.running_store import PATIENCE, ROOT, ending

NOT_A_PART_OF_MAKE_TEST = ("-u", "MAKELEVEL", "-u", "MAKEFLAGS", "-u", "MFLAGS")

WAITS = """
import sys, time
from shop.server.supervisor import Supervisor
supervisor = Supervisor()
print("up", flush=True)
while not supervisor.stopping:
    time.sleep(0.02)
print("stopped", flush=True)
"""


def test_make_that_is_told_to_stop_ends_what_it_runs(tmp_path):
    (tmp_path / "waits.py").write_text(WAITS)
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} waits.py\n")
    make = subprocess.Popen(
        [
            "env",
            "--default-signal=INT",
            *NOT_A_PART_OF_MAKE_TEST,
            "make",
            "run",
        ],  # in the background it ignores SIGINT
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with ending(make):
        assert make.stdout.readline() == "up\n"
        make.send_signal(signal.SIGINT)
        assert make.stdout.readline() == "stopped\n"
        assert make.wait(PATIENCE) != 0


def test_any_other_starter_never_gives_up():
    assert not ParentProcess().gave_up
    assert not ParentProcess(2**22 - 1).gave_up
