"""What every page has in common: headers, filters, error pages, caching, a guard for forms without session.

Knows no room. What a page needs from a room (the basket's line count, say) the room adds itself.
"""

import hashlib
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup, escape
from sqlalchemy import event
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from shop import money
from shop.config import Settings
from shop.database import db
from shop.errors import DomainError, Forbidden
from shop.numerals import write_number
from shop.page_cache import MAY_BE_KEPT

View = TypeVar("View", bound=Callable[..., Any])


def settings() -> Settings:
    """The settings of the running application."""
    found = current_app.extensions["settings"]
    assert isinstance(found, Settings)
    return found


def init_app(app: Flask, config: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        cents=lambda value: money.format_cents(value, config.currency, config.locale),
        unit_price=lambda value: money.format_unit_price(value, config.currency, config.locale),
        day=lambda value: _day(value, config),
        moment=lambda value: _moment(value, config),
        number=lambda value: write_number(value, config.locale),
        plain=plain_decimal,
        strong=strong,
    )
    app.jinja_env.globals.update(
        static_url=static_url, store=config, pharmacy=config.pharmacy, basket_count=lambda: 0
    )  # the basket room replaces `basket_count`
    app.url_map.converters["int"] = _Key
    app.session_interface = _Sessions()
    app.before_request(_refuse_nul)
    app.after_request(_protection(config))
    app.register_error_handler(DomainError, _refusal_page)
    app.register_error_handler(HTTPException, _http_error_page)
    app.register_error_handler(Exception, _crash_page)
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
        request.environ[MAY_BE_KEPT] = True
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag(weak=True)
        if "If-None-Match" in request.headers:
            response.make_conditional(request)
        return response

    return page  # type: ignore[return-value]


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


# --- Error pages ---

WORDS = {
    400: ("That request could not be read", "Go back and try again."),
    403: ("This is closed", "Sign in with an account that may see it."),
    404: ("There is no such page", "Look the medicine up by its name, or go to the front page."),
    405: ("That cannot be done here", "Go back and use the button on the page."),
    413: (
        "That is too large to send",
        "Prescriptions may be up to 15 MB and 10 pages. Send a smaller photo.",
    ),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    500: (
        "Something went wrong on our side",
        "Nothing was charged or sent. Try again in a minute, or call us.",
    ),
}


def _refusal_page(error: DomainError) -> tuple[str, int]:
    return render_template(
        "errors/error.html", status=error.status, title=error.message, todo=error.todo
    ), error.status


def _http_error_page(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, CSRFError):
        title, todo = "This page was open too long", "Go back, reload the page and send the form again."
    else:
        title, todo = WORDS.get(error.code, (error.name, "Go back and try again."))
    return render_template("errors/error.html", status=error.code, title=title, todo=todo), error.code


def _crash_page(error: Exception) -> tuple[str, int]:
    """Log where it happened, under a number the user can tell us; never what the request contained."""
    number = uuid.uuid4().hex[:8]
    db.session.rollback()
    # without the error's own message: a database's quotes the row, a parser's what was typed
    where = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("crash %s at %s: %s\n%s", number, request.endpoint, type(error).__name__, where)
    title, todo = WORDS[500]
    return render_template("errors/error.html", status=500, title=title, todo=todo, number=number), 500


# --- Filters ---


def static_url(filename: str) -> str:
    """The address of a static file, with its content's hash: it may be cached for a year."""
    return _static_url(filename, request.script_root)


@lru_cache(maxsize=512)
def _static_url(filename: str, script_root: str) -> str:
    content = (Path(current_app.static_folder or "") / filename).read_bytes()
    return url_for("static", filename=filename, v=hashlib.sha256(content).hexdigest()[:10])


def plain_decimal(value: Decimal) -> str:
    """A number without trailing zeros and without an exponent: 2.50 -> '2.5', 100 -> '100'."""
    return f"{value.normalize():f}"


def strong(text: str) -> Markup:
    """Escaped text in which **words** are bold: the one mark a monograph's claim may use."""
    parts = str(escape(text)).split("**")
    return Markup("".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(parts)))  # noqa: S704


def _day(value: date | datetime, config: Settings) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(config.timezone)).date()
    return _day_in_words(value, config.locale)


@lru_cache(maxsize=4096)
def _day_in_words(day: date, locale: str) -> str:
    return format_date(day, "d MMMM y", locale=locale)


def _moment(value: datetime, config: Settings) -> str:
    return format_datetime(
        value.astimezone(UTC), "d MMM y, HH:mm", tzinfo=ZoneInfo(config.timezone), locale=config.locale
    )
