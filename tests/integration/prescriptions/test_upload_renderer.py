"""The process that draws PDFs: its limits, and that nothing it says is believed unseen."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shop.prescriptions.uploads import opening
from shop.prescriptions.uploads.opening import RendererBroken
from shop.prescriptions.uploads.refusals import FileDamaged, TookTooLong, TooManyPixels
from tests.integration.prescriptions.bad_documents import (
    heavy_pdf,
    pdf,
    picture,
    saved,
)
from tests.integration.prescriptions.uploaded import accepted
from tests.running_store import PATIENCE

PAGE = '{"pages": [{"media_type": "image/png", "width": 1, "height": 1, "bytes": 9, "mark": %s}]}\n'
PAGE_OF_SCRIPT = PAGE % "null" + "<script>"
FALSE_MARK = (PAGE % '"1 OR 1"').encode() + b"\x89PNG\r\n\x1a\n."


def test_a_pdf_that_keeps_the_processor_busy_is_stopped_by_the_limit_of_time(monkeypatch):
    monkeypatch.setattr(opening, "MAX_WALL_SECONDS", 1)
    endless = pdf(content=b"0 0 m 600 700 400 20 100 300 c S 0 0 600 700 re f* " * 200_000)
    opened = opening.open_document(endless, cpu_seconds=600)
    assert isinstance(opened.refusal, TookTooLong)
    assert opened.cpu_ms < 600_000  # so it was not the limit of processor time
    assert renderers_alive() == []


def test_many_blended_polygons_cost_no_more_processor_time_than_one_file_has():
    heavy = heavy_pdf()
    assert len(heavy) < 10_000
    opened = opening.open_document(heavy, 5)
    assert isinstance(opened.refusal, TookTooLong)
    assert 4000 < opened.cpu_ms < 7000  # the kernel looks at the limit once a second
    assert renderers_alive() == []


def test_a_usual_file_says_what_it_took_too():
    opened = opening.open_document(saved(picture(), "png"), 10)
    assert (opened.refusal, len(opened.pages)) == (None, 1)
    assert 0 < opened.cpu_ms < 10_000


def test_a_fault_of_the_installation_is_not_blamed_on_the_document(monkeypatch, tmp_path):
    monkeypatch.setattr(opening, "RENDERER", tmp_path / "missing.py")
    with pytest.raises(RendererBroken):
        accepted(saved(picture(), "png"))


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", FileDamaged),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", TookTooLong),
        ("import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes(70 << 20))", TooManyPixels),
        ('print(\'{"broken": "no Pillow"}\')', RendererBroken),
        ("print('nonsense')", FileDamaged),
        ("print('[]')", FileDamaged),
        (f"print({PAGE_OF_SCRIPT!r})", FileDamaged),
        (f"import sys; sys.stdout.buffer.write({FALSE_MARK!r})", FileDamaged),
    ],
)
def test_a_renderer_that_was_taken_over_or_died_is_not_believed(monkeypatch, tmp_path, program, outcome):
    (tmp_path / "taken_over.py").write_text(program)
    monkeypatch.setattr(opening, "RENDERER", tmp_path / "taken_over.py")
    with pytest.raises(outcome):
        accepted(saved(picture(), "png"))


def test_the_renderer_sees_no_secrets_and_cannot_write_or_take_much_memory(monkeypatch, tmp_path):
    monkeypatch.setenv("VAULT_KEYS", "2026:secret")
    (tmp_path / "curious.py").write_text(
        f"import sys, os, json; sys.path.insert(0, {str(opening.RENDERER.parent)!r}); import render\n"
        "render.limit_this_process(10); found = []\n"
        "if 'VAULT_KEYS' in os.environ: found.append('secret')\n"
        "try: bytearray(2 << 30); found.append('memory')\n"
        "except MemoryError: pass\n"
        f"try: open({str(tmp_path / 'leak')!r}, 'wb', buffering=0).write(b'x'); found.append('disk')\n"
        "except OSError: pass\n"
        "print(json.dumps({'broken': 'found ' + repr(found)}))\n"
    )
    monkeypatch.setattr(opening, "RENDERER", tmp_path / "curious.py")
    with pytest.raises(RendererBroken, match=r"found \[\]"):
        accepted(saved(picture(), "png"))


def test_the_limits_hold_before_the_document_is_read():
    expected = {
        "Max address space": str(1024**3),
        "Max cpu time": "10",
        "Max open files": "16",
        "Max file size": "0",
        "Max core file size": "0",
    }
    command = [sys.executable, "-I", "-B", str(opening.RENDERER), "pdf", "10"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as renderer:
        limits = Path(f"/proc/{renderer.pid}/limits")
        deadline = time.monotonic() + PATIENCE
        # It has not been given a byte yet, so what is seen here held before the first one.
        while not expected.items() <= (now := limits_in(limits.read_text())).items():
            assert time.monotonic() < deadline, now
            time.sleep(0.01)
        renderer.communicate(b"")


def limits_in(text: str) -> dict[str, str]:
    """Name of each limit and its soft value."""
    return {line[:26].strip(): line[26:47].strip() for line in text.splitlines()[1:]}


def renderers_alive() -> list[str]:
    """Command lines of this process's children that still run the renderer."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    lines = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    return [line.decode() for line in lines if str(opening.RENDERER).encode() in line]
