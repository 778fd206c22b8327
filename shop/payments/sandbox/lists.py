"""Lists as Stripe pages them: newest first, `limit`, `starting_after`, `created[gte]`, `has_more`."""

from typing import NamedTuple

from shop.payments.sandbox import wire
from shop.payments.sandbox.shapes import line_item
from shop.payments.sandbox.store import Body, Store
from shop.payments.sandbox.wire import WireError

MOST = 100
COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Listed(NamedTuple):
    """One list: its address, the kind of object in it, and the fields it may be narrowed to."""

    path: str
    kind: str
    filters: tuple[str, ...]


LISTS = (
    Listed("/checkout/sessions", "checkout.session", ("payment_intent", "status")),
    Listed("/payment_intents", "payment_intent", ()),
    Listed("/charges", "charge", ("payment_intent",)),
    Listed("/refunds", "refund", ("payment_intent", "charge")),
    Listed("/events", "event", ("type",)),
)


def page(store: Store, listed: Listed, params: wire.Params) -> Body:
    """One page of a list."""
    wire.only(params, ("limit", "starting_after", "created", *listed.filters))
    limit, after = _limit(params), params.get("starting_after")
    if after is not None and store.get(listed.kind, str(after)) is None:
        raise wire.missing(listed.kind, str(after), "starting_after", status=400)
    wanted = {name: wire.text(params, name) for name in listed.filters if name in params}
    found = store.newest(listed.kind, limit + 1, after=after, created=_created(params), **wanted)
    return _list(f"/v1{listed.path}", found[:limit], len(found) > limit)


def line_items(session: Body, params: wire.Params) -> Body:
    """The lines of a session, in their order."""
    wire.only(params, ("limit", "starting_after"))
    items = [
        line_item(session["id"], place, line | {"created": session["created"]})
        for place, line in enumerate(session["_lines"])
    ]
    limit, after = _limit(params), params.get("starting_after")
    ids = [item["id"] for item in items]
    if after is not None and after not in ids:
        raise wire.missing("line item", str(after), "starting_after", status=400)
    rest = items[ids.index(after) + 1 :] if after is not None else items
    return _list(f"/v1/checkout/sessions/{session['id']}/line_items", rest[:limit], len(rest) > limit)


def _list(url: str, data: list[Body], has_more: bool) -> Body:
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def _limit(params: wire.Params) -> int:
    limit = wire.whole(params, "limit", 10)
    if limit > MOST:
        raise WireError(
            f"This value must be less than or equal to {MOST}.",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


def _created(params: wire.Params) -> dict[str, int]:
    """Comparisons of SQL with the seconds they compare to."""
    if isinstance(params.get("created"), str):
        return {"=": wire.whole(params, "created", least=0)}
    given = wire.group(params, "created", COMPARED)
    return {COMPARED[name]: wire.whole(given, name, least=0) for name in given}
