"""Opening what a stranger sent: a file becomes clean pictures of its pages, or a refusal that says why.

Owns the process that does it (`render.py`) and its limits. It takes seconds of processor time, so only the
worker calls it. Nothing is stored here, and no prescription is known: the caller puts pages into the vault.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop.prescriptions.looks import is_mark
from shop.prescriptions.uploads.intake import wrong_kind
from shop.prescriptions.uploads.kinds import kind_of
from shop.prescriptions.uploads.refusals import (
    FileDamaged,
    PdfLocked,
    TookTooLong,
    TooManyPages,
    TooManyPixels,
    UploadRefused,
)
from shop.prescriptions.uploads.render import MAX_PAGES, MAX_SIDE_PIXELS

MAX_RENDERED_BYTES = 64 * 1024**2
MAX_WALL_SECONDS = 60  # the limit of processor time comes first unless the machine is overloaded
MAX_RENDERS_AT_ONCE = 2  # in one process
RENDERER = Path(__file__).with_name("render.py")
SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}

# Each may take a gigabyte for a moment; more of them at once and a small machine swaps.
_turns = threading.BoundedSemaphore(MAX_RENDERS_AT_ONCE)


class RendererBroken(RuntimeError):
    """The process that opens documents cannot run here: the installation is at fault, not the document."""


REFUSALS: dict[str, type[UploadRefused]] = {
    "locked": PdfLocked,
    "too_many_pages": TooManyPages,
    "too_many_pixels": TooManyPixels,
    "damaged": FileDamaged,
}


@dataclass(frozen=True)
class AcceptedPage:
    """One page, encoded anew by us: `media_type` is image/png or image/jpeg, sides are pixels.

    `mark` is what it looks like (`looks`); None where next to nothing is on it.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    mark: str | None = None


@dataclass(frozen=True)
class Opened:
    """What became of a file: its pages in order, or why there are none; and the processor time it took."""

    pages: list[AcceptedPage]
    refusal: UploadRefused | None
    cpu_ms: int


def open_document(data: bytes, cpu_seconds: int) -> Opened:
    """Turn a checked file of at most 10 pages into pictures, in a process of its own. At most a minute.

    What needs more than `cpu_seconds` of processor time is refused.
    """
    kind = kind_of(data)
    if kind is None:
        return Opened([], wrong_kind(data, ""), 0)
    with _turns:
        answer, status, cpu_ms, overdue = _render(data, kind, cpu_seconds)
    try:
        _check_exit(status, overdue, len(answer))
        return Opened(_pages(answer), None, cpu_ms)
    except UploadRefused as refusal:
        return Opened([], refusal, cpu_ms)


def _render(data: bytes, kind: str, cpu_seconds: int) -> tuple[bytes, int, int, bool]:
    """Answer, exit status, CPU time in ms, and whether it ran out of time, of a process that is gone by then.

    It gets no environment: ours holds keys.
    """
    overdue = threading.Event()
    with subprocess.Popen(  # noqa: S603  (what varies is one of KINDS and a number)
        [sys.executable, "-I", "-B", str(RENDERER), kind, str(cpu_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Some Python installations do not start without this one.
        env={name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"},
        cwd="/",
    ) as process:

        def stop() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(MAX_WALL_SECONDS, stop)
        timer.start()
        try:
            answer = _exchange(process, data)
            status, cpu_ms = _ended(process, cpu_seconds)
        finally:
            timer.cancel()
            process.kill()
    return answer, status, cpu_ms, overdue.is_set()


def _exchange(process: "subprocess.Popen[bytes]", data: bytes) -> bytes:
    """Send the document, take the answer. The renderer reads all before it writes, so neither is stuck."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as target:
        target.write(data)
    answer = process.stdout.read(MAX_RENDERED_BYTES + 1)
    if len(answer) > MAX_RENDERED_BYTES:
        process.kill()
    return answer


def _ended(process: "subprocess.Popen[bytes]", cpu_seconds: int) -> tuple[int, int]:
    """Exit status and CPU time in ms. The kernel counts the time: the process itself might be taken over."""
    try:
        _, wait_status, used = os.wait4(process.pid, 0)
    except ChildProcessError:  # the timer's kill saw it end first; then all that was allowed counts as used
        return process.wait(), cpu_seconds * 1000
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    return process.returncode, round((used.ru_utime + used.ru_stime) * 1000)


def _check_exit(status: int, overdue: bool, answered: int) -> None:
    """A renderer that a signal ended met a document too slow for the limits or one that crashed a decoder."""
    if answered > MAX_RENDERED_BYTES:
        raise TooManyPixels()
    if overdue or status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TookTooLong()
    if status < 0:
        raise FileDamaged()
    if status > 0:
        raise RendererBroken(f"The renderer ended with status {status}.")


def _pages(answer: bytes) -> list[AcceptedPage]:
    """Read the answer, believing it no more than the document: a decoder taken over could write anything."""
    first_line, _, bodies = answer.partition(b"\n")
    try:
        verdict = json.loads(first_line)
        if "broken" in verdict:
            raise RendererBroken(f"The renderer cannot run: {verdict['broken']}")
        if "refused" in verdict:
            raise REFUSALS[verdict["refused"]]()
        return list(_cut(verdict["pages"], bodies))
    except (ValueError, KeyError, TypeError):
        raise FileDamaged() from None


def _cut(described: list[dict[str, Any]], bodies: bytes) -> Iterator[AcceptedPage]:
    start = 0
    for page in described[:MAX_PAGES]:
        yield _page(page, bodies[start : start + page["bytes"]])
        start += page["bytes"]


def _page(described: dict[str, Any], body: bytes) -> AcceptedPage:
    mark = described["mark"]
    page = AcceptedPage(body, described["media_type"], described["width"], described["height"], mark)
    sides_fit = all(0 < side <= MAX_SIDE_PIXELS for side in (page.width, page.height))
    if not (mark is None or is_mark(mark)):
        raise FileDamaged()
    if not sides_fit or not body.startswith(SIGNATURES[page.media_type]):
        raise FileDamaged()
    return page
