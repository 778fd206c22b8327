"""Which guest orders this browser may open: noted in its session, for a while, by an order's number.

Noted when the order is made here, or when its link is opened here; the second note ends when the guest's
email is corrected, like the link itself. It lets nobody into an account.
"""

from datetime import timedelta

from flask import Response, after_this_request, session

from shop.clock import now

ORDERED, LINKED = "guest_orders", "guest_links"
"""In the session: {number of an order: until when, in seconds since 1970}; and for those opened by a link
{number: [until when, the key of the link]}."""
FOR = timedelta(hours=2)
MOST = 5  # of each kind: a session is a cookie


def ordered(number: str) -> None:
    """The order was made in this browser: it may open it for `FOR`."""
    session[ORDERED] = _latest(_ordered(), number) | {number: _until()}


def opened(number: str, key: str) -> None:
    """A link with this key was opened here: the browser may open the order for `FOR`, or until the key is
    another (`accounts.guest_links.key_of`)."""
    session[LINKED] = _latest(_linked(), number) | {number: [_until(), key]}


def knows(number: str | None) -> bool:
    """Whether this browser has such a note; with None, any at all. `may_open` says what it is worth."""
    noted = _ordered().keys() | _linked().keys()
    return number in noted if number else bool(noted)


def may_open(number: str, key: str) -> bool:
    """Whether this browser may open the order of a guest whose links have this key now."""
    return ordered_here(number) or bool(_linked().get(number, [0, ""])[1] == key)


def ordered_here(number: str) -> bool:
    """Whether the order was made in this browser, within `FOR`."""
    return number in _ordered()


def keep_private() -> None:
    """This answer is about a guest's order: no cache keeps it, no search engine lists it, and no other page
    learns its address."""

    @after_this_request
    def hide(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def _until() -> int:
    return int((now() + FOR).timestamp())


def _ordered() -> dict[str, int]:
    kept: dict[str, int] = session.get(ORDERED, {})
    moment = now().timestamp()
    return {number: until for number, until in kept.items() if until > moment}


def _linked() -> dict[str, list]:  # type: ignore[type-arg]
    kept: dict[str, list] = session.get(LINKED, {})  # type: ignore[type-arg]
    moment = now().timestamp()
    return {number: note for number, note in kept.items() if note[0] > moment}


def _latest(kept: dict, number: str) -> dict:  # type: ignore[type-arg]
    """Room for one more, the latest of the others kept."""
    others = sorted((note, other) for other, note in kept.items() if other != number)
    return {other: note for note, other in others[1 - MOST :]}
