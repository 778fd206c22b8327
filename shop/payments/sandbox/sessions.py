"""Checkout Sessions: what may be asked for, and how one ends (paid, declined, expired).

Every function runs inside the store's transaction and takes the time as seconds since 1970.
"""

from typing import Any
from urllib.parse import urlsplit

from shop.payments.sandbox import intents, wire
from shop.payments.sandbox.cards import Verdict
from shop.payments.sandbox.events import announce
from shop.payments.sandbox.store import Body, Store, new_id
from shop.payments.sandbox.wire import WireError

SHORTEST, LONGEST = 30 * 60, 24 * 3600
CURRENCIES = ("usd", "eur", "gbp", "cad", "aud", "chf")  # two decimals; the page need not know others
LEAST_AMOUNT, MOST_AMOUNT = 50, 99_999_999
KNOWN = (
    "mode",
    "line_items",
    "success_url",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "expires_at",
    "metadata",
    "payment_intent_data",
    "payment_method_types",
    "submit_type",
    "ui_mode",
    "locale",
    "expand",
)


def open_session(store: Store, params: wire.Params, now: float, root: str) -> Body:
    """A new open session; `root` is this sandbox's own address, ending in a slash."""
    wire.only(params, KNOWN)
    _only_what_is_played(params)
    lines = [_line(line) for line in wire.as_list(params.get("line_items"))]
    amount = _total(lines)
    session_id = "cs_test_" + new_id("a")[2:]
    session = {
        "id": session_id,
        "object": "checkout.session",
        "status": "open",
        "payment_status": "unpaid",
        "mode": "payment",
        "ui_mode": "hosted_page",
        "livemode": False,
        "created": int(now),
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": lines[0]["currency"],
        "expires_at": _expiry(params, now),
        "payment_intent": None,
        "payment_method_types": ["card"],
        "client_reference_id": params.get("client_reference_id"),
        "customer": None,
        "customer_email": params.get("customer_email"),
        "metadata": _words(params, "metadata"),
        "success_url": _address(params, "success_url"),
        "cancel_url": _address(params, "cancel_url"),
        "url": f"{root}pay/{session_id}",
        "_lines": lines,
        "_intent": _intent_data(params),
    }
    return store.put(session | {"_due": session["expires_at"]})


def _only_what_is_played(params: wire.Params) -> None:
    intent = wire.group(params, "payment_intent_data", ("capture_method", "metadata", "description"))
    played = {
        "mode": (wire.text(params, "mode"), "payment"),
        "ui_mode": (params.get("ui_mode", "hosted_page"), "hosted_page"),
        "payment_intent_data[capture_method]": (intent.get("capture_method"), "manual"),
        "payment_method_types": (
            ",".join(wire.as_list(params.get("payment_method_types"))) or "card",
            "card",
        ),
    }
    for name, (given, wanted) in played.items():
        if given != wanted:
            raise WireError(f"The payment sandbox only plays {name}={wanted}, not {given}.", param=name)


def _line(line: Any) -> Body:
    if not isinstance(line, dict):
        raise WireError("Invalid object: line_items", code="parameter_invalid_empty", param="line_items")
    wire.only(line, ("price_data", "quantity"), "line_items[]")
    price = wire.group(line, "price_data", ("currency", "unit_amount", "product_data"))
    currency = wire.text(price, "currency")
    if currency not in CURRENCIES:
        raise WireError(
            f"Invalid currency: {currency}. The payment sandbox knows {', '.join(CURRENCIES)}.",
            param="line_items[price_data][currency]",
        )
    return {
        "name": wire.text(wire.group(price, "product_data", ("name",)), "name"),
        "currency": currency,
        "quantity": wire.whole(line, "quantity", 1),
        "unit_amount": wire.whole(price, "unit_amount", least=0),
    }


def _total(lines: list[Body]) -> int:
    if not lines:
        raise WireError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if len({line["currency"] for line in lines}) > 1:
        raise WireError("All prices on a session must have the same currency.", param="line_items")
    amount: int = sum(line["quantity"] * line["unit_amount"] for line in lines)
    if amount < LEAST_AMOUNT:
        raise WireError("The total amount due must add up to at least 0.50.", code="amount_too_small")
    if amount > MOST_AMOUNT:
        raise WireError("The total amount due must be no more than 999,999.99.", code="amount_too_large")
    return amount


def _expiry(params: wire.Params, now: float) -> int:
    expires_at: int = wire.whole(params, "expires_at", int(now) + LONGEST)
    # Stripe measures from the moment it makes the session; a minute of grace covers the way there.
    if not SHORTEST - 60 <= expires_at - now <= LONGEST + 60:
        raise WireError(
            "`expires_at` must be between 30 minutes and 24 hours after the session's creation.",
            param="expires_at",
        )
    return expires_at


def _address(params: wire.Params, name: str) -> str:
    address = wire.text(params, name)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise WireError("Not a valid URL", code="url_invalid", param=name)
    return address


def _words(params: wire.Params, name: str) -> dict[str, str]:
    return {key: str(value) for key, value in wire.group(params, name).items()}


def _intent_data(params: wire.Params) -> Body:
    data = wire.group(params, "payment_intent_data")
    return {"metadata": _words(data, "metadata"), "description": data.get("description")}


def shown(store: Store, session: Body, expand: list[str]) -> Body:
    """The session as it is told: no address once it has ended, the intent unfolded if asked for."""
    public = session | {"url": session["url"] if session["status"] == "open" else None}
    for name in expand:
        if name != "payment_intent":
            raise WireError(f"This property cannot be expanded ({name}).", param="expand")
        if session["payment_intent"]:
            public["payment_intent"] = store.get("payment_intent", session["payment_intent"])
    return public


def find(store: Store, session_id: str) -> Body:
    """The session, or the 404 of the interface."""
    session = store.get("checkout.session", session_id)
    if session is None:
        raise wire.missing("checkout.session", session_id, "session")
    return session


def attempt(store: Store, session: Body, number: str, verdict: Verdict, now: float) -> Body:
    """One try to pay an open session. Declined leaves it open; paid completes it. Returns the session."""
    intent = intents.for_session(store, session, now)
    session["payment_intent"] = intent["id"]
    if verdict.code:
        intents.decline(store, intent, verdict, now)
        return store.put(session)
    intents.authorize(store, intent, number[-4:], now)
    session["status"] = "complete"
    store.put(session)
    announce(store, "checkout.session.completed", shown(store, session, []), now)
    return session


def expire(store: Store, session: Body, now: float) -> Body:
    """End an open session: nobody can pay it any more."""
    if session["status"] != "open":
        raise WireError(
            f"Only an open Checkout Session can be expired; this one has a status of {session['status']}.",
            ran=True,
        )
    session["status"] = "expired"
    store.put(session)
    if session["payment_intent"]:
        intents.cancel(store, intents.find(store, session["payment_intent"]), "expired", now)
    announce(store, "checkout.session.expired", shown(store, session, []), now)
    return session


def let_time_pass(store: Store, now: float) -> None:
    """Expire what nobody paid in time, and let go of authorizations that nobody captured in time."""
    for session in store.due("checkout.session", "open", now):
        if session["expires_at"] <= now:
            expire(store, session, now)
    for intent in store.due("payment_intent", "requires_capture", now):
        if intents.lapsed(store, intent, now):
            intents.lapse(store, intent, now)
