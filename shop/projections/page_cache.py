"""Pages that are the same for every visitor without a session, kept on disk for all processes of a machine.

Stands before the application, so a page that is kept costs no more than reading a file. What is kept is
named by the state of the database it shows: when that changes, nothing has to be removed, nobody asks for it.
Owns keeping and answering; which pages may be kept the views say (`web.public_page`), and the state whoever
puts the application together.

While the database cannot be asked, the pages of its last known state are shown, for a bounded time, with an
`Age` that says so (RFC 9111, section 5.1).
"""

import json
import logging
import os
import random
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag

from shop.last_known import LastKnown

LOOK_EVERY = 0.5
"""Seconds between two looks at the state of the database, in each process."""
PATIENCE = 0.5
"""Seconds for which a visitor waits for such a look; then the last known state has to do."""
OLD = 3.0
"""Seconds after which a state that could not be confirmed is said to be old."""
LARGEST_PAGE = 128 * 1024
LONGEST_QUERY = 400
ENCODINGS = ("br", "gzip")
MAY_BE_KEPT = "formulary.may_be_kept"
"""Set in the WSGI environment by a view whose page is the same for every visitor without a session."""

Environ = dict[str, Any]
Start = Callable[..., Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A page as it went out once."""

    headers: list[tuple[str, str]]
    etag: str | None
    body: bytes


class Shelf:
    """A fixed number of files, each of which holds one page: never more than `megabytes` of disk.

    A key has two places. A new page takes the place of one of another state, or of either.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = Path(folder)
        self.places = max(1, megabytes * 1024 * 1024 // LARGEST_PAGE)

    def get(self, key: str, state: str) -> Kept | None:
        """The page of this key as of this state; None when there is none, or what is there cannot be read."""
        for path in self._paths(key):
            kept = _read(path, key, state)
            if kept:
                return kept
        return None

    def put(self, key: str, state: str, kept: Kept) -> None:
        """Keep a page. One that is too large, or a disk that is full, is no error: it is rendered again."""
        head = json.dumps({"key": key, "state": state, "headers": kept.headers, "etag": kept.etag})
        content = head.encode() + b"\n" + kept.body
        if len(content) > LARGEST_PAGE:
            return
        try:
            self._write(self._place_for(key, state), content)
        except OSError as trouble:
            log.warning("a page could not be kept: %s", trouble.strerror)

    def _place_for(self, key: str, state: str) -> Path:
        first, second = self._paths(key)
        for path in (first, second):
            if _read(path, None, state) is None:
                return path
        return random.choice((first, second))  # noqa: S311  (which page goes is no secret)

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


class PageCache:
    """WSGI middleware. `state` names what pages would show now; it is asked twice a second at most.

    A state that cannot be confirmed any more is good for `stale_seconds`.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        shelf: Shelf,
        state: Callable[[], str],
        cookies: Iterable[str],
        stale_seconds: float,
        patience: float = PATIENCE,
    ) -> None:
        self._app = app
        self._shelf = shelf
        self.state = LastKnown("the state of the pages", state, LOOK_EVERY, patience)
        self._cookies = tuple(f"{name}=" for name in cookies)
        self._stale_seconds = stale_seconds

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        if not self._could_be_kept(environ):
            return self._app(environ, start_response)
        state, age = self.state.get()
        if state is None or age > self._stale_seconds:
            return self._app(environ, start_response)
        encoding = environ["HTTP_ACCEPT_ENCODING"] = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = "\0".join(
            (encoding, *(environ.get(part, "") for part in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")))
        )
        asked = environ.pop("HTTP_IF_NONE_MATCH", "")
        kept = self._shelf.get(key, state)
        if kept is None:
            status, kept = self._render(environ)
            if not (status.startswith("200") and environ.get(MAY_BE_KEPT)):
                start_response(status, kept.headers)
                return [kept.body]
            self._shelf.put(key, state, kept)
        elif age > OLD:
            kept = replace(kept, headers=[*kept.headers, ("Age", str(int(age)))])
        return _answer(kept, asked, start_response)

    def _could_be_kept(self, environ: Environ) -> bool:
        cookie = environ.get("HTTP_COOKIE", "")
        return (
            environ["REQUEST_METHOD"] == "GET"
            and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
            and not (cookie and any(name in cookie for name in self._cookies))
        )

    def _render(self, environ: Environ) -> tuple[str, Kept]:
        said: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            said[:] = [status, headers]

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
            environ.pop(MAY_BE_KEPT, None)  # meant for one visitor, whatever the view believed
        return status, Kept(headers, etag, body)


def _read(path: Path, key: str | None, state: str) -> Kept | None:
    """The page in a file, if it is this state's and (unless None) this key's."""
    try:
        with open(path, "rb", buffering=0) as file:
            head, _, body = file.read(LARGEST_PAGE).partition(b"\n")
        said = json.loads(head)
        if said["state"] != state or (key is not None and said["key"] != key):
            return None
        return Kept([(name, value) for name, value in said["headers"]], said["etag"], body)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _answer(kept: Kept, asked: str, start_response: Start) -> Iterable[bytes]:
    if asked and kept.etag and parse_etags(asked).contains_weak(unquote_etag(kept.etag)[0] or ""):
        unsent = ("content-length", "content-encoding", "content-type")
        start_response("304 NOT MODIFIED", [h for h in kept.headers if h[0].lower() not in unsent])
        return []
    start_response("200 OK", kept.headers)
    return [kept.body]


def _encoding(accepted: str) -> str:
    """The one encoding to answer in, so that few variants of a page are kept: br, gzip or ""."""
    if not accepted:
        return ""
    offered = parse_accept_header(accepted, Accept)
    return next((name for name in ENCODINGS if offered.quality(name) > 0), "")
