"""Which guest orders this browser may open: noted in its session, for a while, by an order's number.

Noted when the order is made here, or when its link is opened here. It lets nobody into an account.
"""

from datetime import timedelta

from flask import Response, after_this_request, session

from shop.clock import now

OPENED = "guest_orders"
"""In the session: {number of an order: until when, in seconds since 1970}."""
FOR = timedelta(hours=2)
MOST = 5  # a session is a cookie


def open_order(number: str) -> None:
    """Let this browser open the order, for `FOR`."""
    kept = sorted((until, other) for other, until in _still_open().items() if other != number)
    latest = {other: until for until, other in kept[1 - MOST :]}
    session[OPENED] = latest | {number: int((now() + FOR).timestamp())}


def may_open(number: str | None) -> bool:
    """Whether this browser may open the order; with None, any at all."""
    if OPENED not in session:
        return False
    kept = _still_open()
    return number in kept if number else bool(kept)


def keep_private() -> None:
    """This answer is about a guest's order: no cache keeps it, no search engine lists it, and no other page
    learns its address."""

    @after_this_request
    def hide(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def _still_open() -> dict[str, int]:
    kept: dict[str, int] = session.get(OPENED, {})
    moment = now().timestamp()
    return {number: until for number, until in kept.items() if until > moment}
