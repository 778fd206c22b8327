"""What the store adds around Flask-Security's views: limits, audit records, landing places."""

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, make_response, redirect, request, url_for
from flask_login import current_user
from flask_security import login_user, user_authenticated
from werkzeug.wrappers import Response

from shop.access import home_for
from shop.accounts import deletion, failures, queries, sessions
from shop.accounts.errors import PasswordWrong
from shop.accounts.forms import stays_inside
from shop.accounts.models import User
from shop.accounts.rules import plain_email
from shop.accounts.service import plain_password
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import now
from shop.database import db, transaction
from shop.web import can_come_back

View = Callable[..., Any]
ASKED_FOR_RESET = (
    "If that email has an account, we sent it a link to reset the password. The link expires in two hours."
)


def wrap_views(app: Flask) -> None:
    """Put the store's rules around the library's views."""
    for endpoint, around in {
        "login": _sign_in,
        "register": _register,
        "logout": _sign_out,
        "reset_password": _reset,
        "change_password": _change_password,
        "forgot_password": _ask_for_reset,
    }.items():
        view = around(app.view_functions[f"security.{endpoint}"])
        app.view_functions[f"security.{endpoint}"] = can_come_back(view)
    user_authenticated.connect(sessions.begin_session, app)
    # Flask-Principal would ask before every request who is there, for permissions that nothing here uses
    before = app.before_request_funcs.setdefault(None, [])
    before[:] = [hook for hook in before if hook.__module__ != "flask_principal"]
    # first of all: even the page that refuses a form asks who is signed in
    before.insert(0, sessions.drop_unreadable)
    app.before_request(sessions.watch_session)


def _sign_in(view: View) -> View:
    def sign_in() -> Any:
        if current_user.is_authenticated:
            return redirect(home_for(current_user.role_names))
        if request.method != "POST":
            return view()
        email = plain_email(request.form.get("email", ""))
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
            was_to_go = deletion.cancel(current_user.id, now())
        if was_to_go:
            flash("Welcome back. Your account won’t be deleted.")
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
        answer = make_response(view())
        sessions.empty_session()
        if user_id:
            sessions.note_sign_out(user_id, "asked")
            # forms to which “back” would lead show what was typed
            answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    return sign_out


def _reset(view: View) -> View:
    def reset_password(token: str) -> Any:
        if request.method != "POST":
            return view(token)
        with transaction():  # the new password, its mail and its audit record are one change
            return view(token)

    return reset_password


def _change_password(view: View) -> View:
    def change_password() -> Any:
        if request.method != "POST" or not current_user.is_authenticated:
            return view()
        before, attempt = current_user.fs_uniquifier, begin_attempt(current_user.email)
        with transaction():  # as above
            answer = view()
            if current_user.fs_uniquifier == before:
                return answer
            failures.undo(attempt)
        roles = current_user.role_names
        return redirect("/account" if "customer" in roles else home_for(roles), 303)

    return change_password


def confirm_password(typed: str) -> None:
    """Raise PasswordWrong unless the person at this browser knows the password of who is signed in, and
    TooManyTries after too many guesses."""
    user = current_user._get_current_object()
    attempt = begin_attempt(user.email)
    if not user.verify_and_update_password(plain_password(typed)):
        raise PasswordWrong
    with transaction():
        failures.undo(attempt)


def sign_in_again(user_id: int) -> None:
    """Keep this browser signed in where all sessions of the account have just ended."""
    user = db.session.get_one(User, user_id, populate_existing=True)
    login_user(user, remember="remember_token" in request.cookies)


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


def _onward() -> Response:
    """Where the person wanted to go, if that is a page of the store; otherwise their own first page."""
    wanted = request.form.get("next") or request.args.get("next")
    return redirect(wanted if wanted and stays_inside(wanted) else home_for(current_user.role_names), 303)


def _note_failure(email: str) -> None:
    known = queries.person_by_email(email)
    with transaction():
        record(Event.ACCOUNT_SIGN_IN_FAILED, at=now(), subject=("user", known.id if known else "unknown"))


def _origin() -> str:
    return (request.remote_addr or "unknown")[:64]
