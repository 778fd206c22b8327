"""What is shown instead of a page: refusals in our words, HTTP errors, and crashes under a number.

A page that says "busy" or "broken" asks the database nothing: not who looks, not what is in the basket. Any
other error page that cannot be made because the database is away becomes that page.
"""

import traceback
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from flask import (
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError

from shop.busy import Trouble, busy_of
from shop.database import db
from shop.errors import Busy, DomainError

WORDS = {
    400: ("We couldn’t read that request", "Go back and try again."),
    403: ("You don’t have permission to view this page", "Sign in with an account that does."),
    404: ("Page not found", "Search for the medicine by name, or go to the home page."),
    405: ("That can’t be done here", "Go back and use the button on the page."),
    413: (
        "That is too large to send",
        "Prescriptions may be up to 15 MB and 10 pages. Send a smaller photo.",
    ),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    500: (
        "Something went wrong on our side",
        "Try again in a minute, or call us. If you were placing an order, check your orders first.",
    ),
    503: ("The store is busy right now", "Try again in a few seconds."),
}
CANONICAL_CASE = {"slug": str.lower, "strength": str.lower, "ingredient": str.lower, "number": str.upper}
"""How a name in an address is always written: medicines in small letters, orders in capitals."""
CHECK_FIRST = "Try again in a few seconds. If you were placing an order, check your orders first."


def _page_without_asking(**message: Any) -> str:
    """The error page for when nothing may be asked. Context processors are passed by: one loads the user."""
    template = current_app.jinja_env.get_template("errors/error.html")
    return template.render(signed_in=lambda: False, basket_count=lambda: 0, nobody_asked=True, **message)


def _unless_away(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The answer to an error; or, when the database is away while it is made, the page that says so."""

    @wraps(answer)
    def answered(error: Any) -> Any:
        try:
            return answer(error)
        except Exception as away:
            trouble = busy_of(away)
            if trouble is None:
                raise
            return _busy_page(away, trouble)

    return answered


@_unless_away
def _refusal_page(error: DomainError) -> Response:
    if error.status == 404 and (meant := _meant_name()):
        return redirect(meant)  # type: ignore[return-value]
    message = {"status": error.status, "title": error.message, "todo": error.todo}
    message |= {"code": error.code, "way": error.way}
    if not isinstance(error, Busy):
        return make_response(render_template("errors/error.html", **message), error.status)
    response = make_response(_page_without_asking(**message), error.status)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@_unless_away
def http_error_page(error: HTTPException) -> Any:
    """The page of an HTTP error, or where the address leads that was meant."""
    if error.code is None or error.code < 400:
        return error
    if meant := _meant_address(error):
        return redirect(meant, 301)
    if error.code == 404 and (meant := _meant_name()):
        return redirect(meant)
    if error.code == 405 and request.method in ("GET", "HEAD") and (page := page_of_form()):
        return redirect(page, 303)  # somebody reloads, or comes back to, what answered a form
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _exception_page(error.original_exception)  # of a hook that ran after the view
    way = None
    if isinstance(error, CSRFError):
        title, todo = "This page was open too long", "Open it again, and send the form again."
        way = (page, "Open the page again") if (page := page_of_form()) else None
    else:
        title, todo = WORDS.get(error.code, (error.name, "Go back and try again."))
    page_of = {"status": error.code, "title": title, "todo": todo, "way": way}
    return render_template("errors/error.html", **page_of), error.code


def _meant_address(error: HTTPException) -> str | None:
    """The page that an unknown address means but for a slash at its end or capital letters; often none."""
    if error.code != 404 or request.url_rule is not None or request.method not in ("GET", "HEAD"):
        return None
    shorter = request.path.rstrip("/")
    adapter = current_app.create_url_adapter(request)
    for path in dict.fromkeys((shorter, shorter.lower())):
        if path.startswith("/") and not path.startswith("//") and adapter and adapter.test(path, "GET"):
            query = request.query_string.decode("latin-1")
            return f"{request.script_root}{quote(path)}{'?' if query else ''}{query}"
    return None


def _meant_name() -> str | None:
    """The same page under the name as it is always written; None where it is written so already.

    Whether anything has that name, its own page says.
    """
    if not request.view_args or request.endpoint is None or request.method not in ("GET", "HEAD"):
        return None
    usual = {
        key: CANONICAL_CASE[key](value) if key in CANONICAL_CASE and isinstance(value, str) else value
        for key, value in request.view_args.items()
    }
    if usual == request.view_args:
        return None
    query = request.query_string.decode("latin-1")
    return f"{url_for(request.endpoint, **usual)}{'?' if query else ''}{query}"  # type: ignore[arg-type]


def page_of_form() -> str:
    """The page of the form that is sent to this address: the address itself where it can be opened, else the
    nearest above it that can; "" for none, as for what only machines send.
    """
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while adapter and path:
        if adapter.test(path, "GET"):
            return f"{request.script_root}{quote(path)}"
        path = path.rpartition("/")[0]
    return f"{request.script_root}/" if request.path.count("/") == 1 else ""


def _exception_page(error: Exception) -> Any:
    trouble = busy_of(error)
    return _busy_page(error, trouble) if trouble else _crash_page(error)


def _busy_page(error: Exception, trouble: Trouble) -> Response:
    """503, and when to try again. The log names the kind of trouble, never the row that it was about."""
    number = uuid.uuid4().hex[:8]
    _let_go()
    current_app.logger.warning("busy %s at %s: %s", number, request.endpoint, trouble.code)
    title, todo = WORDS[503]
    if request.method not in ("GET", "HEAD"):
        todo = CHECK_FIRST  # an earlier step of the same click may have been saved
    page = _page_without_asking(status=503, title=title, todo=todo, number=number)
    response = make_response(page, 503)
    response.headers["Retry-After"] = str(trouble.retry_after)
    return response


def _crash_page(error: Exception) -> tuple[str, int]:
    """Log where it happened, under a number the user can tell us; never what the request contained."""
    number = uuid.uuid4().hex[:8]
    _let_go()
    # without the error's own message: a database's quotes the row, a parser's what was typed
    where = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("crash %s at %s: %s\n%s", number, request.endpoint, type(error).__name__, where)
    title, todo = WORDS[500]
    return _page_without_asking(status=500, title=title, todo=todo, number=number), 500


def _let_go() -> None:
    """End what the request had begun: its transaction, and what it put into the session (a sign-in)."""
    try:
        db.session.rollback()
    except SQLAlchemyError:  # a connection that is lost cannot even be rolled back
        db.session.remove()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    as_it_came = app.session_interface.open_session(app, request)
    session.clear()
    session.update(as_it_came or {})
    session.modified = False


def init_app(app: Flask) -> None:
    app.jinja_env.globals["page_of_form"] = page_of_form
    app.register_error_handler(DomainError, _refusal_page)
    app.register_error_handler(HTTPException, http_error_page)
    app.register_error_handler(Exception, _exception_page)
