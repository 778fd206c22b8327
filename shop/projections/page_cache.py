"""Pages that are the same for every visitor without a session, kept on disk for all processes of a machine.

Stands before the application, so a page that is kept costs no more than reading a file. Which pages may be
kept, and what they show, the views say (`web.public_page`); the versions of that, whoever puts the
application together. An answer from here carries an `Age` (RFC 9111, section 5.1), a fresh one has none.

While the database cannot be asked, the pages of its last known versions are shown, for a bounded time.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag

from shop.last_known import LastKnown
from shop.projections.page_files import FileStore, Page, Versions
from shop.web import PAGE_SHOWS

LOOK_EVERY = 0.5
"""Seconds between two looks at the versions of what pages show, in each process."""
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
