"""Whole pages in a fixed number of files, shared by all processes of a machine.

A page is kept with what it shows and the version of that, and is given back only while that version is the
current one. So nothing has to be removed: an old page stays until another takes its place.
"""

import json
import logging
import os
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

LARGEST_PAGE = 128 * 1024
Shown = Mapping[str, Sequence[int]]
"""What a page shows: by part ("list", "offers" …) the ids it shows of it, if any."""
log = logging.getLogger(__name__)


class Versions(Protocol):
    """The versions of all that pages show, as of one look at the database."""

    def of(self, shown: Shown) -> str:
        """One word for the versions of what a page shows: while it is the same, so is the page."""


@dataclass(frozen=True)
class Page:
    """A page as it went out once, and when (seconds since 1970)."""

    shown: dict[str, list[int]]
    headers: list[tuple[str, str]]
    etag: str | None
    body: bytes
    rendered_at: float


class FileStore:
    """A fixed number of files, each of which holds one page: never more than `megabytes` of disk.

    A key has two places. A new page takes the place of its predecessor, of one that is old, or of either.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = Path(folder)
        self.places = max(1, megabytes * 1024 * 1024 // LARGEST_PAGE)

    def get(self, key: str, versions: Versions) -> Page | None:
        """The current page of this key; None when there is none, or what is there cannot be read."""
        for path in self._paths(key):
            found = _read(path, versions)
            if found and found[0] == key:
                return found[1]
        return None

    def put(self, key: str, versions: Versions, page: Page) -> None:
        """Keep a page as one that shows these versions, which must have been read before it was rendered.

        A page that is too large, or a disk that is full, is no error: it is rendered again.
        """
        head = {
            "key": key,
            "shown": page.shown,
            "version": versions.of(page.shown),
            "headers": page.headers,
            "etag": page.etag,
            "rendered_at": page.rendered_at,
        }
        content = json.dumps(head).encode() + b"\n" + page.body
        if len(content) > LARGEST_PAGE:
            return
        try:
            self._write(self._place_for(key, versions), content)
        except OSError as trouble:
            log.warning("a page could not be kept: %s", trouble.strerror)

    def _place_for(self, key: str, versions: Versions) -> Path:
        places = self._paths(key)
        found = [_read(path, versions) for path in places]
        for path, kept in zip(places, found, strict=True):
            if kept is None or kept[0] == key:
                return path
        return random.choice(places)  # noqa: S311  (which page goes is no secret)

    def _paths(self, key: str) -> tuple[Path, Path]:
        digest = blake2b(key.encode(), digest_size=16).digest()
        one, other = (int.from_bytes(half, "big") % self.places for half in (digest[:8], digest[8:]))
        return self._path(one), self._path(other)

    def _path(self, place: int) -> Path:
        return self.folder / f"{place % 256:02x}" / str(place)

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix="new-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, path)


def _read(path: Path, versions: Versions) -> tuple[str, Page] | None:
    """The key and page in a file, if what the page shows is still as it was."""
    try:
        with open(path, "rb", buffering=0) as file:
            head, _, body = file.read(LARGEST_PAGE).partition(b"\n")
        said = json.loads(head)
        if said["version"] != versions.of(said["shown"]):
            return None
        headers = [(name, value) for name, value in said["headers"]]
        return said["key"], Page(said["shown"], headers, said["etag"], body, said["rendered_at"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
