"""What is shown instead of a page: refusals in our words, HTTP errors, and crashes under a number."""

import traceback
import uuid
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from shop.database import db
from shop.errors import Busy, DomainError

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


def _refusal_page(error: DomainError) -> Response:
    page = render_template("errors/error.html", status=error.status, title=error.message, todo=error.todo)
    response = make_response(page, error.status)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


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


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _refusal_page)
    app.register_error_handler(HTTPException, _http_error_page)
    app.register_error_handler(Exception, _crash_page)
