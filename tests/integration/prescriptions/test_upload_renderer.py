"""The process that draws PDFs: its limits, and that nothing it says is believed unseen."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from shop.prescriptions import uploads
from shop.prescriptions.uploads import (
    FileDamaged,
    RendererBroken,
    TookTooLong,
    TooManyPixels,
)
from tests.integration.prescriptions.bad_documents import (
    pdf,
    picture,
    saved,
)
from tests.integration.prescriptions.uploaded import accepted, refused

PAGE_OF_SCRIPT = '{"pages": [{"media_type": "image/png", "width": 1, "height": 1, "bytes": 9}]}\n<script>'


def test_a_pdf_that_keeps_the_processor_busy_is_stopped_by_the_limit_of_time(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_WALL_SECONDS", 1)
    endless = pdf(content=b"0 0 m 600 700 400 20 100 300 c S 0 0 600 700 re f* " * 200_000)
    started = time.monotonic()
    assert isinstance(refused(endless), TookTooLong)
    assert time.monotonic() - started < 5
    assert renderers_alive() == []


def test_a_fault_of_the_installation_is_not_blamed_on_the_document(monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "RENDERER", tmp_path / "missing.py")
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
    ],
)
def test_a_renderer_that_was_taken_over_or_died_is_not_believed(monkeypatch, tmp_path, program, outcome):
    (tmp_path / "taken_over.py").write_text(program)
    monkeypatch.setattr(uploads, "RENDERER", tmp_path / "taken_over.py")
    with pytest.raises(outcome):
        accepted(saved(picture(), "png"))


def test_the_renderer_sees_no_secrets_and_cannot_write_or_take_much_memory(monkeypatch, tmp_path):
    monkeypatch.setenv("VAULT_KEYS", "2026:secret")
    (tmp_path / "curious.py").write_text(
        f"import sys, os, json; sys.path.insert(0, {str(uploads.RENDERER.parent)!r}); import render\n"
        "render.limit_this_process(); found = []\n"
        "if 'VAULT_KEYS' in os.environ: found.append('secret')\n"
        "try: bytearray(2 << 30); found.append('memory')\n"
        "except MemoryError: pass\n"
        f"try: open({str(tmp_path / 'leak')!r}, 'wb', buffering=0).write(b'x'); found.append('disk')\n"
        "except OSError: pass\n"
        "print(json.dumps({'broken': 'found ' + repr(found)}))\n"
    )
    monkeypatch.setattr(uploads, "RENDERER", tmp_path / "curious.py")
    with pytest.raises(RendererBroken, match=r"found \[\]"):
        accepted(saved(picture(), "png"))


def test_the_limits_hold_before_the_document_is_read():
    expected = {
        "Max address space": str(1024**3),
        "Max cpu time": "20",
        "Max open files": "16",
        "Max file size": "0",
        "Max core file size": "0",
    }
    command = [sys.executable, "-I", "-B", str(uploads.RENDERER), "pdf"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as renderer:
        limits = Path(f"/proc/{renderer.pid}/limits")
        deadline = time.monotonic() + 5
        # It has not been given a byte yet, so what is seen here held before the first one.
        while not expected.items() <= (now := limits_in(limits.read_text())).items():
            assert time.monotonic() < deadline, now
            time.sleep(0.01)
        renderer.communicate(b"")


def limits_in(text: str) -> dict[str, str]:
    """Name of each limit and its soft value."""
    return {line[:26].strip(): line[26:47].strip() for line in text.splitlines()[1:]}


def renderers_alive() -> list[str]:
    """Command lines of processes that still run the renderer."""
    lines = [entry.read_bytes() for entry in Path("/proc").glob("[0-9]*/cmdline") if entry.exists()]
    return [line.decode() for line in lines if str(uploads.RENDERER).encode() in line]
