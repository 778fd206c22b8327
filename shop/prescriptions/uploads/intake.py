"""Uploads: what a web request looks at before it takes a file in. The rest is the worker's (`opening`).

Pure but for reading the stream; nothing is stored here.
"""

import os
from typing import BinaryIO

from shop.prescriptions.uploads.kinds import FIRST_BYTES, KINDS, kind_of, seems_to_be
from shop.prescriptions.uploads.refusals import (
    MAX_UPLOAD_BYTES,
    FileEmpty,
    FileTooLarge,
    NoFileSent,
    WrongKind,
)


def check(stream: BinaryIO | None, filename_hint: str = "") -> int:
    """The size in bytes of what may be a JPEG, PNG, WEBP or PDF of at most 15 MB; raises an UploadRefused.

    The content decides, by its first kilobyte. `filename_hint` only helps to word a refusal and to tell "no
    file" from "empty file". Leaves the stream at its beginning.
    """
    size = stream.seek(0, os.SEEK_END) if stream is not None else 0
    if stream is None or size == 0:
        raise FileEmpty() if filename_hint else NoFileSent()
    stream.seek(0)
    if size > MAX_UPLOAD_BYTES:
        raise FileTooLarge()
    start = stream.read(FIRST_BYTES)
    stream.seek(0)
    if kind_of(start) is None:
        raise wrong_kind(start, filename_hint)
    return size


def wrong_kind(data: bytes, filename_hint: str) -> WrongKind:
    """Says what the file seems to be and whether its ending misleads; the name itself may be a patient's."""
    found = seems_to_be(data)
    if not found:
        return WrongKind()
    ending = filename_hint.rpartition(".")[2].lower()
    misleading = f"Its name ends in .{ending}, but the" if ending in (*KINDS, "jpg") else "The"
    todo = (
        "Choose “Most Compatible” in the phone’s camera settings, or send it as JPEG."
        if "HEIC" in found
        else ""
    )
    return WrongKind(f"{misleading} file seems to be {found}, which we can’t accept.", todo)
