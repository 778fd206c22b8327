"""The hosted page: pay, be declined and try again, or go back. What is typed here is judged and forgotten."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from shop.payments.sandbox import sessions
from shop.payments.sandbox.cards import NOT_A_TEST_CARD, TEST_CARDS, digits, field_errors, judge
from shop.payments.sandbox.store import Body
from shop.payments.sandbox.wire import WireError

pages = Blueprint("pages", __name__, template_folder="templates")
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$", "chf": "CHF "}
FIELDS = ("number", "expiry", "cvc", "name")


@pages.app_template_filter("money")
def money(cents: int, currency: str) -> str:
    """4930, "usd" → "$49.30"."""
    return f"{SIGNS[currency]}{cents // 100:,}.{cents % 100:02}"


@pages.app_template_filter("moment")
def moment(seconds: int) -> datetime:
    """A wire timestamp as an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


@pages.get("/pay/<session_id>")
def show(session_id: str) -> Response:
    """The form, or a sentence for a session that cannot be paid any more."""
    sandbox = current_app.extensions["sandbox"]
    with sandbox.store.transaction():
        session = sessions.find(sandbox.store, session_id)
    return _form(session) if session["status"] == "open" else _closed(session)


@pages.post("/pay/<session_id>")
def pay(session_id: str) -> AnyResponse:
    """Try the card once. A second click on a paid session only follows the first."""
    sandbox = current_app.extensions["sandbox"]
    now = sandbox.clock()
    entered = {field: request.form.get(field, "").strip()[:100] for field in FIELDS}
    errors = field_errors(**entered, today=datetime.fromtimestamp(now, UTC).date())
    number = digits(entered["number"])
    with sandbox.store.transaction():
        session = sessions.find(sandbox.store, session_id)
        if session["status"] == "open" and not errors:
            session = sessions.attempt(sandbox.store, session, number, judge(number), now)
    if session["status"] == "complete":
        return redirect(_success_url(session), 303)
    if session["status"] == "expired":
        return _closed(session)
    if errors:
        return _form(session, entered, errors, status=422)
    verdict = judge(number)
    if verdict is NOT_A_TEST_CARD:
        entered["number"] = ""  # it may be somebody's real card: it is not sent back either
    return _form(session, entered, declined=verdict.sentence, status=402)


@pages.errorhandler(WireError)
@pages.app_errorhandler(404)
def nothing_here(error: WireError | HTTPException) -> Response:
    """A page for an address nobody made."""
    return _page(render_template("nothing.html"), 404)


def _form(
    session: Body,
    entered: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    declined: str = "",
    status: int = 200,
) -> Response:
    page = render_template(
        "pay.html",
        session=session,
        lines=session["_lines"],
        entered=entered or {},
        errors=errors or {},
        declined=declined,
        cards=TEST_CARDS,
    )
    return _page(page, status, session)


def _closed(session: Body) -> Response:
    paid = session["status"] == "complete"
    page = render_template("closed.html", session=session, paid=paid, success_url=_success_url(session))
    return _page(page, 200 if paid else 410, session)


def _success_url(session: Body) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _page(html: str, status: int, session: Body | None = None) -> Response:
    # Browsers apply form-action to the redirect after a form as well, so the store's origin has to be in it.
    after = urlsplit(session["success_url"]) if session else None
    target = f" {after.scheme}://{after.netloc}" if after else ""
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{target}"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
