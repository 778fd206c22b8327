"""What of a failed search is kept, and the file in between."""

import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.search import log
from shop.search.log import MOST_WORDS, kept_words

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Tizanidin", "tizanidin"),
        ("  vitamin   B12 ", "vitamin b12"),
        ("Ibuprofen 400 mg", "ibuprofen 400 mg"),
        ("5550142", ""),
        ("10 20", ""),
        ("call 555 555 0142", ""),
        ("555-0142 ada", ""),
        ("ada@demo.example", ""),
        ("www.demo.example", ""),
        ("http://demo.example", ""),
        ("my mother has had pain", ""),
        ("x" * 100, "x" * 40),
        ("a" * 40 + " " + "b" * 40, ""),
        ("", ""),
        ("💊 ?!", ""),
    ],
)
def test_only_a_few_plain_words_are_kept(typed: str, kept: str) -> None:
    assert kept_words(typed) == kept


@given(st.text(max_size=150))
def test_whatever_is_typed_what_is_kept_is_a_line_of_few_words(typed: str) -> None:
    kept = kept_words(typed)
    assert len(kept.split()) <= MOST_WORDS
    assert "\t" not in kept
    assert kept.splitlines() in ([], [kept])


def test_notes_are_taken_once_and_only_the_owner_may_read_them(tmp_path: Path) -> None:
    log.note(tmp_path, "Tizanidin", DAY)
    log.note(tmp_path, "ada@demo.example", DAY)
    log.note(tmp_path, "Tizanidin", DAY)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert log.take(tmp_path) == [(DAY, "tizanidin")] * 2
    log.done(tmp_path)
    assert log.take(tmp_path) == []


def test_what_was_taken_but_not_done_is_taken_again_before_newer_notes(tmp_path: Path) -> None:
    log.note(tmp_path, "first", DAY)
    log.take(tmp_path)
    log.note(tmp_path, "second", DAY)
    assert log.take(tmp_path) == [(DAY, "first")]
    log.done(tmp_path)
    assert log.take(tmp_path) == [(DAY, "second")]


def test_the_file_stops_growing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 100)
    for _ in range(50):
        log.note(tmp_path, "tizanidin", DAY)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 130


def test_a_spoilt_line_costs_only_itself(tmp_path: Path) -> None:
    log.note(tmp_path, "tizanidin", DAY)
    (file,) = tmp_path.iterdir()
    with file.open("ab") as lines:
        lines.write(b"\xff\xfe\tx\nno date\twords\n2026-11-22\tada@demo.example\n2026-11-22\n")
    assert log.take(tmp_path) == [(DAY, "tizanidin")]


def test_a_disk_that_cannot_be_written_costs_only_the_note(tmp_path: Path) -> None:
    log.note(tmp_path / "missing", "tizanidin", DAY)
    assert log.take(tmp_path / "missing") == []
