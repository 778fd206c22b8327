"""What every answer has in common: sessions, headers, caching, and what is refused before a view is asked.

Knows no room. What a page needs from a room (the basket's line count, say) the room adds itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, make_response, request, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.routing import IntegerConverter

from shop.config import Settings
from shop.database import db
from shop.errors import Forbidden
from shop.page_cache import MAY_BE_KEPT

View = TypeVar("View", bound=Callable[..., Any])


def settings() -> Settings:
    """The settings of the running application."""
    found = current_app.extensions["settings"]
    assert isinstance(found, Settings)
    return found


def init_app(app: Flask, config: Settings) -> None:
    app.url_map.converters["int"] = _Key
    app.session_interface = _Sessions()
    app.before_request(_refuse_nul)
    app.after_request(_protection(config))
    if config.count_queries:
        app.before_request(_count_queries)
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", _count_query)


class _Sessions(SecureCookieSessionInterface):
    """Cookies as Flask signs them; what signs is made once, not for every request."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


# --- What no database can hold ---


class _Key(IntegerConverter):
    """A number in an address is a row's key; a larger one than a key can be is no address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": 2**63 - 1} | kwargs)


def _refuse_nul() -> None:
    """PostgreSQL keeps no text with a NUL in it, and no person types one."""
    typed = [request.path]
    if request.query_string or request.method not in ("GET", "HEAD"):
        for fields in (request.args, request.form):
            typed += [text for pair in fields.items(multi=True) for text in pair]
    if any("\0" in text for text in typed):
        abort(400)


# --- Forms without a session ---


def same_origin(view: View) -> View:
    """Guard a POST that carries no CSRF token, because its form stands on a page without a session.

    A browser says where a request comes from: `Sec-Fetch-Site`, or `Origin` in older ones. A request with
    neither is no browser's, so no signed-in person's cookie is being misused.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        ours = tuple(f"{scheme}://{request.host}" for scheme in ("http", "https"))  # a proxy may speak either
        foreign = site not in ("same-origin", "none") if site else origin is not None and origin not in ours
        if foreign:
            raise Forbidden("This form was sent from another site.", "Open the page here and try again.")
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


# --- Public pages ---


def public_page(view: View) -> View:
    """A page that is the same for everyone without a session: cacheable, with an ETag, and no cookie.

    With a session (signed in, or a basket) it is private, since its masthead says so.
    """

    @wraps(view)
    def page(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        if response.status_code != 200:
            return response
        if session:
            response.headers["Cache-Control"] = "private, no-cache"
            return response
        request.environ[MAY_BE_KEPT] = not g.get("count_visits")
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag(weak=True)
        if "If-None-Match" in request.headers:
            response.make_conditional(request)
        return response

    return page  # type: ignore[return-value]


def count_visits() -> None:
    """Said by a public view of an answer that is not kept for the next visitor: each visit is to reach it."""
    g.count_visits = True


def _protection(config: Settings) -> Callable[[Response], Response]:
    """What a browser is told of every page; the words are the same for all, so they are put together once."""
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
        response.headers.extend(always)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        if config.count_queries:
            response.headers["X-Query-Count"] = str(g.get("query_count", 0))
        return response

    return protect


def _count_queries() -> None:
    g.query_count = 0


def _count_query(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if g and not statement.startswith(("BEGIN", "PRAGMA")):
        g.query_count = g.get("query_count", 0) + 1
