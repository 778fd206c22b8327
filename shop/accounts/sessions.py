"""Sessions of signed-in people: renewed at sign-in, watched at every request, emptied at sign-out."""

from datetime import timedelta
from typing import Any

from flask import Flask, flash, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security.utils import logout_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.wrappers import Response

from shop.accounts import queries
from shop.accounts.forms import stays_inside
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import now
from shop.database import transaction
from shop.web import settings

SURVIVES_SIGN_IN = (
    "_user_id",
    "_fresh",
    "_id",
    "_remember",
    "_remember_seconds",
    "_flashes",
    "basket_token",
    "typed",
    "guest_orders",
)
LIBRARY_KEYS = ("fs_", "identity.")
SAME_FOR_ALL = ("static", "security.logout", "health.alive", "health.ready", "storefront.robots")
"""Answers for which nobody needs to know who asks: they work without the database too."""
SEEN_EVERY = timedelta(seconds=30)  # a cookie on each answer would be noise


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
    empty_session()
    note_sign_out(user_id, reason)
    flash(words, "info")
    back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("security.login", next=back), 303)


def empty_session() -> None:
    for key in list(session):
        if key != "_remember":  # the mark by which the remember cookie is deleted with this answer
            del session[key]


def begin_session(_app: Flask, user: Any, **_rest: Any) -> None:
    """A session is renewed at sign-in: a token or a choice planted before it is worth nothing after."""
    for key in list(session):
        if key not in SURVIVES_SIGN_IN and not key.startswith(LIBRARY_KEYS):
            del session[key]
    g.pop("csrf_token", None)
    session["seen_at"] = int(now().timestamp())


def note_sign_out(user_id: int, reason: str) -> None:
    with transaction():
        record(Event.ACCOUNT_SIGNED_OUT, at=now(), subject=("user", user_id), actor_id=user_id, reason=reason)
