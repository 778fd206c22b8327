"""Uploads: a stranger's file becomes clean pictures of its pages, or a refusal that says what to do.

Owns the limits, the refusals and the process that does the opening (`render.py`). It stores nothing and knows
no prescription: the caller puts the pages into the vault.
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
from typing import Any, BinaryIO

from shop.prescriptions.kinds import KINDS, kind_of, seems_to_be
from shop.prescriptions.render import MAX_PAGES, MAX_SIDE_PIXELS
from shop.prescriptions.upload_refusals import (
    MAX_UPLOAD_BYTES,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    NoFileSent,
    PdfLocked,
    TookTooLong,
    TooManyPages,
    TooManyPixels,
    UploadRefused,
    WrongKind,
)

MAX_RENDERED_BYTES = 64 * 1024**2
MAX_WALL_SECONDS = 30
MAX_RENDERS_AT_ONCE = 2
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
    """One page, encoded anew by us: `media_type` is image/png or image/jpeg, sides are pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class AcceptedDocument:
    """The pages in order; `kind` is what was sent: jpeg, png, webp or pdf."""

    pages: list[AcceptedPage]
    kind: str


def accept(stream: BinaryIO | None, filename_hint: str = "") -> AcceptedDocument:
    """Turn a JPEG, PNG, WEBP or PDF of at most 15 MB and 10 pages into pictures; raises an UploadRefused.

    The content decides. `filename_hint` only helps to word a refusal and to tell "no file" from "empty file".
    """
    data = _read(stream, filename_hint)
    kind = kind_of(data)
    if kind is None:
        raise _wrong_kind(data, filename_hint)
    if not _turns.acquire(timeout=MAX_WALL_SECONDS):
        raise TookTooLong()
    try:
        return AcceptedDocument(_pages(_render(data, kind)), kind)
    finally:
        _turns.release()


def _read(stream: BinaryIO | None, filename_hint: str) -> bytes:
    """At most one byte more than is allowed, however much was sent."""
    data = bytearray()
    while stream is not None and len(data) <= MAX_UPLOAD_BYTES:
        block = stream.read(MAX_UPLOAD_BYTES + 1 - len(data))
        if not block:
            break
        data += block
    if not data:
        raise FileEmpty() if filename_hint else NoFileSent()
    if len(data) > MAX_UPLOAD_BYTES:
        raise FileTooLarge()
    return bytes(data)


def _wrong_kind(data: bytes, filename_hint: str) -> WrongKind:
    """Says what the file seems to be and whether its ending misleads; the name itself may be a patient's."""
    found = seems_to_be(data)
    if not found:
        return WrongKind()
    ending = filename_hint.rpartition(".")[2].lower()
    misleading = f"Its name ends in .{ending}, but the" if ending in (*KINDS, "jpg") else "The"
    todo = (
        "Choose “Most Compatible” in the phone's camera settings, or send it as JPEG."
        if "HEIC" in found
        else ""
    )
    return WrongKind(f"{misleading} file seems to be {found}, which we cannot take.", todo)


def _render(data: bytes, kind: str) -> bytes:
    """The answer of a fresh process, gone when this returns. It gets no environment: ours holds keys."""
    overdue = threading.Event()
    with subprocess.Popen(  # noqa: S603  (the only word that varies is one of KINDS)
        [sys.executable, "-I", "-B", str(RENDERER), kind],
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
        finally:
            timer.cancel()
            process.kill()
    _check_exit(process.returncode, overdue.is_set())
    return answer


def _exchange(process: "subprocess.Popen[bytes]", data: bytes) -> bytes:
    """Send the document, take the answer. The renderer reads all before it writes, so neither is stuck."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as target:
        target.write(data)
    answer = process.stdout.read(MAX_RENDERED_BYTES + 1)
    if len(answer) > MAX_RENDERED_BYTES:
        raise TooManyPixels()
    process.wait()
    return answer


def _check_exit(status: int, overdue: bool) -> None:
    """A renderer that a signal ended met a document too slow for the limits or one that crashed a decoder."""
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
    page = AcceptedPage(body, described["media_type"], described["width"], described["height"])
    sides_fit = all(0 < side <= MAX_SIDE_PIXELS for side in (page.width, page.height))
    if not sides_fit or not body.startswith(SIGNATURES[page.media_type]):
        raise FileDamaged()
    return page
