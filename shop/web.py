"""What all responses share: sessions, headers, caching, and what is refused before a view runs.

Knows no room. What a page needs from a room (the basket's line count, say) the room adds itself.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Flask, Request, Response, abort, current_app, g, make_response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.routing import IntegerConverter

from shop.access import guard
from shop.config import Settings
from shop.database import db
from shop.errors import Busy, DomainError, Forbidden
from shop.static_files import SPECULATION_RULES, static_url

View = TypeVar("View", bound=Callable[..., Any])
FORM_BYTES = 1024 * 1024
BEFORE_BODY = "before_body"
REFUSAL = "formulary.refusal"
"""In the WSGI environment: the status (413 or 503) with which the server wants this request refused, whose
body it has not read."""


def settings() -> Settings:
    """The settings of the running application."""
    found = current_app.extensions["settings"]
    assert isinstance(found, Settings)
    return found


def init_app(app: Flask, config: Settings) -> None:
    app.url_map.converters["int"] = _Key
    app.session_interface = _Sessions()
    app.after_request(_protection(config))
    if config.count_queries:
        app.before_request(_count_queries)
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", _count_query)


def read_bodies_from_here(app: Flask) -> None:
    """Register what looks into a request's body. Call it after `access.init_app`: hooks run in that order,
    so the body of a request that has no route, or whose sender may not use it, is never parsed.
    """
    for check in app.extensions.get(BEFORE_BODY, ()):
        app.before_request(check)
    app.before_request(_refuse_prefetch)
    app.before_request(_limit_body)
    app.before_request(_refuse_nul)


def before_body(app: Flask, check: Callable[[], None]) -> None:
    """Let `check` refuse a request, by a DomainError, before its body is read. It knows route and person."""
    app.extensions.setdefault(BEFORE_BODY, []).append(check)


class _Sessions(SecureCookieSessionInterface):
    """Cookies as Flask signs them; what signs is made once, not for every request.

    A static file is the same for all, so its answer neither sets a cookie nor varies by one.
    """

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)
        if _may_come_back(response):  # one browser keeps it, and with another cookie would not find it again
            response.vary.discard("cookie")  # in small letters: Werkzeug overlooks others


# --- What no database can hold ---


class _Key(IntegerConverter):
    """A number in an address is a row's key; a larger one than a key can be is no address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": 2**63 - 1} | kwargs)


def _refuse_nul() -> None:
    """PostgreSQL keeps no text with a NUL in it, and no person types one."""
    typed = [request.path]
    if request.query_string:
        typed += [text for pair in request.args.items(multi=True) for text in pair]
    if request.endpoint and request.method not in ("GET", "HEAD"):
        typed += [text for pair in request.form.items(multi=True) for text in pair]
    if any("\0" in text for text in typed):
        abort(400)


# --- Bodies ---


class StoreRequest(Request):
    """A request whose files stay in memory: Werkzeug would write those above 500 kB to /tmp in plain text,
    and prescriptions are health data."""

    def _get_file_stream(self, *_about: object, **_more: object) -> IO[bytes]:
        return BytesIO()


def admit_body(app: Flask, environ: dict[str, Any]) -> tuple[int, str]:
    """How many bytes of body may come with this request, and who sends it: (0, "") for one that is refused.

    Asked by the server before it reads a large body. Knows route and person, reads nothing; what it refuses
    is answered by the application, which refuses it for the same reason.
    """
    with app.request_context(environ):
        try:
            refused = request.endpoint is None or guard() is not None
            for check in () if refused else app.extensions.get(BEFORE_BODY, ()):
                check()
        except DomainError:
            refused = True
        return (0, "") if refused else (_body_bytes(), str(session.get("_user_id", "")))


def _limit_body() -> None:
    request.max_content_length = _body_bytes()
    refusal = request.environ.get(REFUSAL) if request.endpoint else None  # no such address comes first
    if refusal == 503:
        raise Busy(
            "Too many files are being uploaded right now.", "Wait a minute, then send your files again.", 60
        )
    if refusal:
        abort(refusal)


def _body_bytes() -> int:
    """What the view says that its form may take, or `FORM_BYTES`."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "body_bytes", FORM_BYTES)


# --- Forms without a session ---


def same_origin(view: View) -> View:
    """Guard a POST that carries no CSRF token, because its form stands on a page without a session.

    A browser says where a request comes from: `Sec-Fetch-Site`, or `Origin` in older ones. A request with
    neither is no browser's, so no signed-in person's cookie is being misused.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if is_from_elsewhere():
            raise Forbidden("This form was sent from another site.", "Open the page here and try again.")
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def is_from_elsewhere() -> bool:
    """Whether another site's page made the browser send this request."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = tuple(f"{scheme}://{request.host}" for scheme in ("http", "https"))  # a proxy may speak either
    return site not in ("same-origin", "none") if site else origin is not None and origin not in ours


# --- Public pages ---


PAGE_SHOWS = "formulary.page_shows"
"""In the WSGI environment of a page that may be kept for the next visitor: what it shows, as a dict from
parts to the ids it shows of them."""


def public_page(*parts: str) -> Callable[[View], View]:
    """A page that is the same for everyone without a session: cacheable, with an ETag, and no cookie.

    `parts` name what it shows (`storefront.page_version`); a kept one is shown until that changes, and one
    without any part shows nothing that does. With a session (signed in, or a basket) the page is private,
    since its masthead says so; the view may forbid that it is kept at all.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def page(*args: Any, **kwargs: Any) -> Response:
            for part in parts:
                page_shows(part)
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                return response
            if response.mimetype == "text/html":
                response.headers["Speculation-Rules"] = f'"{static_url(SPECULATION_RULES)}"'
            if session:
                response.headers.setdefault("Cache-Control", "private, no-cache")
                return response
            if not g.get("count_visits"):
                request.environ[PAGE_SHOWS] = _shown()
            response.headers["Cache-Control"] = "public, no-cache"
            response.add_etag(weak=True)
            if "If-None-Match" in request.headers:
                response.make_conditional(request)
            return response

        page.may_be_prefetched = True  # type: ignore[attr-defined]
        return page  # type: ignore[return-value]

    return declare


def can_come_back(view: View) -> View:
    """Decorates a view whose form holds no health data: the browser may cache its responses other than
    redirects, such as a page with errors, and show them again when somebody goes back.

    Without this, going back ends in ERR_CACHE_MISS. Such responses never contain passwords.
    """
    view.can_come_back = True  # type: ignore[attr-defined]
    return view


def _may_come_back(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    shown = response.status_code == 200 or 400 <= response.status_code < 500
    return request.method == "POST" and shown and getattr(view, "can_come_back", False)


def is_prefetch() -> bool:
    """Whether the browser is only prefetching a page that somebody may open next. Nothing is recorded."""
    return "prefetch" in request.headers.get("Sec-Purpose", "")


def _refuse_prefetch() -> Response | None:
    """Only public pages are prefetched: others say things once, or record who read them. The browser throws
    this answer away, and asks again when somebody opens the page."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not is_prefetch() or request.endpoint == "static" or getattr(view, "may_be_prefetched", False):
        return None
    return Response(status=503)


def page_shows(part: str, ids: Iterable[int] = ()) -> None:
    """Called by a public view: the page shows these ids of a part. Further calls add to them."""
    _shown().setdefault(part, []).extend(ids)


def _shown() -> dict[str, list[int]]:
    shown: dict[str, list[int]] = g.setdefault("page_shows", {})
    return shown


def count_visits() -> None:
    """Called by a public view to keep its response out of the page cache, so that every visit reaches it."""
    g.count_visits = True


def _protection(config: Settings) -> Callable[[Response], Response]:
    """Response headers for every page. They never vary, so they are built once."""
    pay = config.stripe_api_base or "https://checkout.stripe.com"
    # form-action names the payment page, because browsers apply it to the redirect that follows a form
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        f"connect-src 'self'; form-action 'self' {pay}; base-uri 'none'; frame-ancestors 'none'"
    )
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if config.public_url.startswith("https://"):
        always["Strict-Transport-Security"] = "max-age=31536000"

    def protect(response: Response) -> Response:
        for name, value in always.items():  # a page may say that even less is told of it
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Cache-Control", "private, no-cache" if _may_come_back(response) else "no-store"
        )
        if config.count_queries:
            response.headers["X-Query-Count"] = str(g.get("query_count", 0))
        return response

    return protect


def _count_queries() -> None:
    g.query_count = 0


def _count_query(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if g and not statement.startswith(("BEGIN", "PRAGMA")):
        g.query_count = g.get("query_count", 0) + 1
