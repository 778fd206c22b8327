"""A store whose safety data are not whole does not start, and says which file and entry."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shop.safety.dataset import DATA
from tests.running_store import PATIENCE, ROOT

START = """
import pathlib, sys
from shop.safety import dataset
dataset.DATA = pathlib.Path(sys.argv[1])
import wsgi
"""


def start(data: Path, instance: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": "a key that only tests know " * 2,
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", START, str(data)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("state_rules.toml", None, "state_rules.toml"),
        (
            "rems.toml",
            lambda text: text.replace("source = ", "origin = ", 1),
            "rems.toml, entry 1 (aficamten)",
        ),
    ],
)
def test_a_defect_refuses_the_start_with_file_and_entry(tmp_path, file, change, named):
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    if change:
        (data / file).write_text(change((data / file).read_text("utf-8")), "utf-8")
    else:
        (data / file).unlink()
    refused = start(data, tmp_path)
    assert refused.returncode != 0
    assert named in refused.stderr
    assert "Traceback" not in refused.stderr


def test_whole_data_let_it_start(tmp_path):
    assert start(DATA, tmp_path).returncode == 0
