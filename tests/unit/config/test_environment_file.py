"""`production.env`: what is written is read again, by `sh` too; what is there stays; the environment wins."""

import os
import re
import stat
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.config import SettingsRefused
from shop.environment import from_environment
from shop.environment_file import FILE, add, completed, is_writable, line, read
from tests.unit.config.test_config import COMPLETE

AWKWARD = {
    "A": 'Ada\'s "Corner" Pharmacy $5',
    "B": "back\\slash\\ `tick` \\$x \\\\ end\\",
    "C": "# no; comment & (none) ~ !x *",
    "D": "  spaces  around  ",
    "E": "Señora Muestra, 薬局",
    "F": "smtps://user:p%40ss@mail.example:465",
    "G": "''",
}


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(is_writable))
def test_every_text_of_one_line_is_read_as_it_was_written(tmp_path_factory, text):
    file = tmp_path_factory.getbasetemp() / f"any-{os.getpid()}.env"
    file.write_text(line("NAME", text) + "\n", "utf-8")
    assert read(file) == ({"NAME": text} if text else {})


def test_sh_reads_the_same(tmp_path):
    add(tmp_path / FILE, AWKWARD)
    said = subprocess.run(
        ["/bin/sh", "-ec", f"set -a; . ./{FILE}; exec env"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert {f"{name}={value}" for name, value in AWKWARD.items()} <= set(said)
    assert read(tmp_path / FILE) == AWKWARD


@pytest.mark.parametrize("text", ["two\nlines", "return\r", "bell\a", "nul\0", "\x1b[A", "\udcff", "\u2028"])
def test_what_is_no_line_is_not_written(tmp_path, text):
    with pytest.raises(ValueError, match="NAME"):
        add(tmp_path / FILE, {"NAME": text})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("# A=1\n\n  \nB=2\r\n", {"B": "2"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A=\n", {}),
        ("A='$x \"y\" \\z'  ", {"A": '$x "y" \\z'}),
        ("PHARMACY_LICENCE=ZZ-2", {"PHARMACY_LICENSE": "ZZ-2"}),
    ],
)
def test_lines_that_a_person_wrote(tmp_path, text, found):
    (tmp_path / FILE).write_text(text, newline="")
    assert read(tmp_path / FILE) == found


@pytest.mark.parametrize(
    "text",
    [
        "hidden",
        "A=two hidden",
        "A=$hidden",
        'A="$hidden"',
        'A="hidden',
        "A='hid'den'",
        "export A=hidden",
        " A=hidden",
        "A=hidden\\",
        "1A=hidden",
        "A=hidden#1",
        'A="hidden"x',
        "A = hidden",
    ],
)
def test_a_line_that_others_would_read_otherwise_is_refused_without_its_value(tmp_path, text):
    (tmp_path / FILE).write_text(f"OK=1\n{text}\n")
    with pytest.raises(SettingsRefused, match=FILE) as refusal:
        read(tmp_path / FILE)
    assert re.findall(r"\d+", str(refusal.value).replace(str(tmp_path), "")) == ["2"], "the line"
    assert "hidden" not in str(refusal.value)


def test_a_file_that_is_no_text_or_no_file_is_named(tmp_path):
    (tmp_path / FILE).write_bytes(b"A='\xff'\n")
    with pytest.raises(SettingsRefused, match=FILE):
        read(tmp_path / FILE)
    with pytest.raises(SettingsRefused, match=re.escape(str(tmp_path))):
        read(tmp_path)
    assert read(tmp_path / "none" / FILE) is None


def test_what_stands_in_the_file_stays_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "new" / FILE
    add(file, {"A": "1"})
    file.write_text("# mine\nA=1\nB=")
    add(file, {"B": "2", "C": "x y"})
    assert file.read_text() == '# mine\nA=1\nB=\nB=2\nC="x y"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(file.parent) == [FILE]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, "file"),
        ({"PHARMACY_NAME": ""}, "file"),
        ({"PHARMACY_NAME": "said"}, "said"),
        ({"PHARMACY_NAME": "said", "FORMULARY_ENV": "production"}, "said"),
    ],
)
def test_the_environment_wins_and_the_file_makes_it_production(tmp_path, said, found):
    add(tmp_path / FILE, COMPLETE | {"PHARMACY_NAME": "file"})
    settings = from_environment({"INSTANCE_PATH": str(tmp_path), **said})
    assert settings.is_production
    assert settings.pharmacy.name == found


def test_a_demo_does_not_run_on_the_folder_of_a_production_store(tmp_path):
    add(tmp_path / FILE, COMPLETE)
    with pytest.raises(SettingsRefused, match="INSTANCE_PATH"):
        from_environment({"INSTANCE_PATH": str(tmp_path), "FORMULARY_ENV": "demo"})


def test_without_a_file_only_what_is_said_counts(tmp_path):
    env = {"INSTANCE_PATH": str(tmp_path), "A": "1", "B": "", "PHARMACY_LICENCE": "ZZ-2"}
    assert completed(env) == {"INSTANCE_PATH": str(tmp_path), "A": "1", "PHARMACY_LICENSE": "ZZ-2"}
