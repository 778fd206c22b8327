"""What the store adds around Flask-Security's views: limits, audit records, landing places, idle sign-out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, flash, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import user_authenticated
from flask_security.utils import logout_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.wrappers import Response

from shop.access import home_for
from shop.accounts import failures, queries
from shop.accounts.forms import stays_inside
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import now
from shop.database import transaction
from shop.web import settings

View = Callable[..., Any]
SURVIVES_SIGN_IN = ("_user_id", "_fresh", "_id", "_remember", "_remember_seconds", "_flashes", "basket_token")
LIBRARY_KEYS = ("fs_", "identity.")
ASKED_FOR_RESET = (
    "If that email has an account, we sent it a link to reset the password. The link expires in two hours."
)
SAME_FOR_ALL = ("static", "security.logout", "health.alive", "health.ready", "storefront.robots")
"""Answers for which nobody needs to know who asks: they work without the database too."""
SEEN_EVERY = timedelta(seconds=30)  # a cookie on each answer would be noise


def wrap_views(app: Flask) -> None:
    """Put the store's rules around the library's views."""
    for endpoint, around in {
        "login": _sign_in,
        "register": _register,
        "logout": _sign_out,
        "reset_password": _reset,
        "forgot_password": _ask_for_reset,
    }.items():
        app.view_functions[f"security.{endpoint}"] = around(app.view_functions[f"security.{endpoint}"])
    user_authenticated.connect(_begin_session, app)
    # Flask-Principal would ask before every request who is there, for permissions that nothing here uses
    before = app.before_request_funcs.setdefault(None, [])
    before[:] = [hook for hook in before if hook.__module__ != "flask_principal"]
    # first of all: even the page that refuses a form asks who is signed in
    before.insert(0, drop_unreadable)
    app.before_request(watch_session)


def _sign_in(view: View) -> View:
    def sign_in() -> Any:
        if current_user.is_authenticated:
            return redirect(home_for(current_user.role_names))
        if request.method != "POST":
            return view()
        email = queries.plain_email(request.form.get("email", ""))
        attempt = begin_attempt(email)
        answer = view()
        if not current_user.is_authenticated:
            _note_failure(email)
            return answer
        with transaction():
            failures.undo(attempt)
            record(
                Event.ACCOUNT_SIGNED_IN, at=now(), subject=("user", current_user.id), actor_id=current_user.id
            )
        return _onward()

    return sign_in


def _register(view: View) -> View:
    def register() -> Any:
        if current_user.is_authenticated:
            return redirect(home_for(current_user.role_names))
        if request.method != "POST":
            return view()
        attempt = begin_attempt("")
        answer = view()
        # whoever tries addresses in a row is stopped like one who tries passwords
        if current_user.is_authenticated or not queries.person_by_email(request.form.get("email", "")):
            with transaction():
                failures.undo(attempt)
        return _onward() if current_user.is_authenticated else answer

    return register


def _sign_out(view: View) -> View:
    def sign_out() -> Any:
        user_id = current_user.id if current_user.is_authenticated else None
        answer = view()
        _empty_session()
        if user_id:
            _note_sign_out(user_id, "asked")
        return answer

    return sign_out


def _reset(view: View) -> View:
    def reset_password(token: str) -> Any:
        if request.method != "POST":
            return view(token)
        with transaction():  # the new password, its mail and its audit record are one change
            return view(token)

    return reset_password


def _ask_for_reset(view: View) -> View:
    def forgot_password() -> Any:
        answer = view()
        if request.method != "POST":
            return answer
        flash(ASKED_FOR_RESET, "info")  # the library's own was shown on the page that is not sent
        return redirect(url_for("security.login"), 303)

    return forgot_password


def begin_attempt(email: str) -> int:
    """Count an attempt as failed before it is made; `failures.undo` takes it back when it succeeds.

    So a hundred attempts at once find the limit as surely as a hundred in a row. Raises TooManyTries when
    this email or this origin has failed too often of late.
    """
    with transaction():
        return failures.begin(email, _origin(), now())


def drop_unreadable() -> None:
    """Before each request: leave out what Flask-Login and Flask-Security would fail on instead of refusing.

    A remember cookie that is not ASCII was not signed here; a `next` that leads out of the store is no place
    to go on to.
    """
    if not request.cookies.get("remember_token", "").isascii():
        request.cookies = _without("remember_token", request.cookies)
    if request.blueprint == "security":
        if not stays_inside(request.args.get("next")):
            request.args = _without("next", request.args)
        if not stays_inside(request.form.get("next")):
            request.form = _without("next", request.form)


def _without(name: str, fields: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((key, value) for key, value in fields.items(multi=True) if key != name)


def watch_session() -> Response | None:
    """Before each request: sign out staff who have been idle, and the demo's accounts outside the demo."""
    if not session.get("_user_id") and "remember_token" not in request.cookies:
        return None
    if request.endpoint in SAME_FOR_ALL or not current_user.is_authenticated:
        return None
    if current_user.is_demo and settings().is_production:
        return _sign_out_because("demo", "This account is for the demo only.")
    if not current_user.role_names.intersection(queries.STAFF_ROLES):
        return None
    moment, seen = int(now().timestamp()), session.get("seen_at")
    if seen and moment - seen > settings().staff_idle_minutes * 60:
        return _sign_out_because("idle", "You were signed out after a period of inactivity.")
    if not seen or moment - seen > SEEN_EVERY.total_seconds():
        session["seen_at"] = moment
    return None


def _sign_out_because(reason: str, words: str) -> Response:
    user_id = current_user.id
    logout_user()
    _empty_session()
    _note_sign_out(user_id, reason)
    flash(words, "info")
    back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("security.login", next=back), 303)


def _onward() -> Response:
    """Where the person wanted to go, if that is a page of the store; otherwise their own first page."""
    wanted = request.form.get("next") or request.args.get("next")
    return redirect(wanted if wanted and stays_inside(wanted) else home_for(current_user.role_names), 303)


def _empty_session() -> None:
    for key in list(session):
        if key != "_remember":  # the mark by which the remember cookie is deleted with this answer
            del session[key]


def _begin_session(_app: Flask, user: Any, **_rest: Any) -> None:
    """A session starts anew at sign-in: a token or a choice planted before it is worth nothing after."""
    for key in list(session):
        if key not in SURVIVES_SIGN_IN and not key.startswith(LIBRARY_KEYS):
            del session[key]
    g.pop("csrf_token", None)
    session["seen_at"] = int(now().timestamp())


def _note_failure(email: str) -> None:
    known = queries.person_by_email(email)
    with transaction():
        record(Event.ACCOUNT_SIGN_IN_FAILED, at=now(), subject=("user", known.id if known else "unknown"))


def _note_sign_out(user_id: int, reason: str) -> None:
    with transaction():
        record(Event.ACCOUNT_SIGNED_OUT, at=now(), subject=("user", user_id), actor_id=user_id, reason=reason)


def _origin() -> str:
    return (request.remote_addr or "unknown")[:64]
