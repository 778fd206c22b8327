"""What a customer typed into a form, kept in the session while they sign in again or correct it.

For addresses, never for health data: a view names the fields that are kept of its form. They are sealed in
the cookie, belong to whoever signs in on this browser within `KEPT`, and are gone once the form was taken.
"""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, flash, redirect, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from shop.access import declared_access, is_guest_let_in
from shop.clock import now
from shop.error_pages import http_error_page, page_of_form
from shop.vault.current import current_keyring
from shop.vault.sealing import VaultDamaged, open_text, seal_text
from shop.web import is_from_elsewhere

View = TypeVar("View", bound=Callable[..., Any])
TYPED = "typed"
KEPT = timedelta(minutes=30)
MOST_BYTES = 8 * 1024  # of a form that is read before anybody is known
MOST_LETTERS = 200  # of one field: the cookie has room for 4 kB
ADDRESS_FIELDS = ("recipient", "line1", "line2", "city", "region", "postal_code", "phone")


def keeps_typed(*names: str) -> Callable[[View], View]:
    """Above the view of a form’s POST: these fields of it are kept."""

    def mark(view: View) -> View:
        view.keeps_typed = names  # type: ignore[attr-defined]
        return view

    return mark


def keep_typed(refused: bool = False) -> None:
    """Keep what was typed into the form that is being sent; said by a view that does not take it yet.

    `refused`: its page says what is wrong with it (`is_refused`), so that the answer may be a redirect there.
    """
    names = _kept_names()
    fields = {name: request.form[name][:MOST_LETTERS] for name in names if name in request.form}
    user_id = current_user.id if current_user.is_authenticated else None
    said = json.dumps([page_of_form(), int((now() + KEPT).timestamp()), user_id, fields, refused])
    session[TYPED] = seal_text(current_keyring(), said, TYPED)


def typed_before() -> MultiDict[str, str] | None:
    """What this customer typed into the form of this page and has not sent yet; None for nothing."""
    return _read()[0]


def is_refused() -> bool:
    """Whether that was sent, and something is wrong with it."""
    return _read()[1]


def only_kept(names: Iterable[str]) -> bool:
    """Whether these fields of the form that is being sent are all kept."""
    return set(names) <= set(_kept_names())


def _read() -> tuple[MultiDict[str, str] | None, bool]:
    if TYPED not in session:
        return None, False
    try:
        page, until, user_id, fields, *refused = json.loads(
            open_text(current_keyring(), session[TYPED], TYPED)
        )
    except VaultDamaged:
        forget_typed()
        return None, False
    whose = current_user.id if current_user.is_authenticated else None
    if until < now().timestamp() or user_id not in (None, whose):
        forget_typed()
        return None, False
    here = page == f"{request.script_root}{request.path}"
    return (MultiDict(fields), refused == [True]) if here else (None, False)


def forget_typed() -> None:
    """The form was taken, or another begins."""
    session.pop(TYPED, None)


def init_app(app: Flask) -> None:
    app.before_request(_keep_while_signing_in)
    app.register_error_handler(CSRFError, _keep_after_long)


def _keep_while_signing_in() -> Response | None:
    """Before each request: the session of who sends such a form is over. They come back to its page."""
    if not _kept_names() or current_user.is_authenticated or not _is_readable():
        return None
    if is_guest_let_in() or declared_access(current_app, request.endpoint or "") == "public":
        return None  # nobody has to sign in for it
    keep_typed()
    flash("Your session has ended. Sign in to continue: the address you typed is saved.", "info")
    return redirect(url_for("security.login", next=page_of_form()), 303)


def _keep_after_long(error: CSRFError) -> Any:
    """The form is of an earlier session of this browser, say from before signing in again in another tab."""
    if not _kept_names() or not _is_readable():
        return http_error_page(error)
    keep_typed()
    flash(
        "This page was open too long, so nothing was sent. Check what you typed, then send it again.", "error"
    )
    return redirect(page_of_form(), 303)


def _kept_names() -> tuple[str, ...]:
    if request.method != "POST":
        return ()
    return getattr(current_app.view_functions.get(request.endpoint or ""), "keeps_typed", ())


def _is_readable() -> bool:
    """Whether this is a small form of our own page: another site’s must not choose where a parcel goes."""
    small = request.content_length is not None and request.content_length <= MOST_BYTES
    return small and request.mimetype == "application/x-www-form-urlencoded" and not is_from_elsewhere()
