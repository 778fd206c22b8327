"""Pages that are the same for every visitor without a session, kept on disk for all processes of a machine.

Stands before the application, so a page that is kept costs no more than reading a file. Which pages may be
kept, and what they show, the views say (`web.public_page`); the versions of that, whoever puts the
application together. Nothing has to be removed: an old page stays until another takes its place. An answer
from here carries an `Age` (RFC 9111, section 5.1), a fresh one has none.

While the database cannot be asked, the pages of its last known versions are shown, for a bounded time.
"""

import json
import logging
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag

from shop.last_known import LastKnown
from shop.projections.store import LOOK_EVERY
from shop.web import PAGE_SHOWS

# --- The files: a page is given back only while what it shows is the current version ----------------------

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


# --- The middleware ---------------------------------------------------------------------------------------

PATIENCE = 0.5
"""Seconds for which a visitor waits for such a look; then what was last known has to do."""
LONGEST_QUERY = 400
ENCODINGS = ("br", "gzip")

Environ = dict[str, Any]
Start = Callable[..., Any]


class PageCache:
    """WSGI middleware. `look` gives the versions of what pages show; it is asked twice a second at most.

    Versions that cannot be confirmed any more are good for `stale_seconds`.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        store: FileStore,
        look: Callable[[], Versions],
        cookies: Iterable[str],
        stale_seconds: float,
        patience: float = PATIENCE,
    ) -> None:
        self._app = app
        self._store = store
        self.versions = LastKnown("the versions of what pages show", look, LOOK_EVERY, patience)
        self._cookies = tuple(f"{name}=" for name in cookies)
        self._stale_seconds = stale_seconds

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        if not self._could_be_kept(environ):
            return self._app(environ, start_response)
        versions, unconfirmed = self.versions.get()
        if versions is None or unconfirmed > self._stale_seconds:
            return self._app(environ, start_response)
        encoding = environ["HTTP_ACCEPT_ENCODING"] = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = "\0".join(
            (encoding, *(environ.get(part, "") for part in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")))
        )
        asked = environ.pop("HTTP_IF_NONE_MATCH", "")
        page = self._store.get(key, versions)
        if page is not None:
            age = str(max(0, int(time.time() - page.rendered_at)))
            return _answer(page, [*page.headers, ("Age", age)], asked, start_response)
        status, page = self._render(environ)
        if not (status.startswith("200") and PAGE_SHOWS in environ):
            start_response(status, page.headers)
            return [page.body]
        self._store.put(key, versions, page)
        return _answer(page, page.headers, asked, start_response)

    def _could_be_kept(self, environ: Environ) -> bool:
        cookie = environ.get("HTTP_COOKIE", "")
        return (
            environ["REQUEST_METHOD"] == "GET"
            and not environ["PATH_INFO"].startswith("/static/")
            and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
            and not (cookie and any(name in cookie for name in self._cookies))
        )

    def _render(self, environ: Environ) -> tuple[str, Page]:
        said: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            said[:] = [status, headers]

        rendered_at = time.time()
        answer = self._app(environ, start)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()
        status, headers = said
        etag = next((value for name, value in headers if name.lower() == "etag"), None)
        if any(name.lower() == "set-cookie" for name, _ in headers):
            environ.pop(PAGE_SHOWS, None)  # meant for one visitor, whatever the view believed
        return status, Page(environ.get(PAGE_SHOWS, {}), headers, etag, body, rendered_at)


def _answer(page: Page, headers: list[tuple[str, str]], asked: str, start_response: Start) -> Iterable[bytes]:
    if asked and page.etag and parse_etags(asked).contains_weak(unquote_etag(page.etag)[0] or ""):
        unsent = ("content-length", "content-encoding", "content-type")
        start_response("304 NOT MODIFIED", [h for h in headers if h[0].lower() not in unsent])
        return []
    start_response("200 OK", headers)
    return [page.body]


def _encoding(accepted: str) -> str:
    """The one encoding to answer in, so that few variants of a page are kept: br, gzip or ""."""
    if not accepted:
        return ""
    offered = parse_accept_header(accepted, Accept)
    return next((name for name in ENCODINGS if offered.quality(name) > 0), "")
