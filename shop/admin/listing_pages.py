"""Putting products on sale and taking them off: what would change, doing it, and undoing it right after."""

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import actor, blueprint, query_arg
from shop.admin.catalogue_pages import code_of, read_code, requested_narrowing, safe_back, with_code
from shop.admin.labels import consequence, listing_message
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.listing import service
from shop.listing.finding import product_ids, product_rows
from shop.numbers import digits

MOST_AT_ONCE = 2000
MOST_SHOWN = 100
ACTIONS = {"list": True, "unlist": False}


class TooMany(DomainError):
    """More than one request should change; a command does."""

    code = "too_many_products"

    def __init__(self) -> None:
        super().__init__(
            f"That’s more than {MOST_AT_ONCE:,} products.",
            "Narrow the search, or use the command: flask catalogue list --rule.",
        )


class NothingAsked(DomainError):
    """The request names no action: its button is missing, or the address was typed by hand."""

    status = 400
    code = "nothing_asked"

    def __init__(self) -> None:
        super().__init__("No action was chosen.", "Go back to the catalog and use its buttons.")


@blueprint.get("/listing")
@requires(Permission.STOCK)
def listing_review() -> str | Response:
    """What would change for the products ticked, or for all that were found."""
    listed = _action(query_arg("do"))
    back = safe_back(request.args.get("back", ""))
    if query_arg("all"):
        ids = product_ids(requested_narrowing(), MOST_AT_ONCE + 1)
    else:
        ids = _ids(request.args.getlist("id"))
    if len(ids) > MOST_AT_ONCE:
        raise TooMany
    rows = product_rows(ids)
    if not rows:
        flash("Select products first, then choose an action.", "error")
        return redirect(back, 303)
    planned = [(row, consequence(row, listed)) for row in rows]
    planned.sort(key=lambda pair: {"stop": 0, "warn": 1}.get(pair[1].kind, 2))
    refused = sum(tag.kind == "stop" for _, tag in planned)
    changing = sum(bool(row.listed_at) != listed for row, tag in planned if tag.kind != "stop")
    return render_template(
        "admin/listing.html",
        listed=listed,
        planned=planned[:MOST_SHOWN],
        total=len(planned),
        ids=[row.id for row in rows],
        changing=changing,
        refused=refused,
        back=back,
    )


@blueprint.post("/listing")
@requires(Permission.STOCK)
def listing_apply() -> Response:
    """Do it, and offer to undo it. What somebody else changed meanwhile stays as it is."""
    listed, ids = _action(request.form.get("do", "")), _ids(request.form.getlist("id"))
    if len(ids) > MOST_AT_ONCE:
        raise TooMany
    at, back = now(), request.form.get("back", "")
    with transaction():
        outcome = service.set_listed(ids, listed, actor(), at)
    flash(listing_message(outcome, listed), "" if outcome.changed or not outcome.refused else "error")
    return redirect(with_code(back, code_of(listed, at)) if outcome.changed else safe_back(back), 303)


@blueprint.post("/listing/undo")
@requires(Permission.STOCK)
def listing_undo() -> Response:
    """Undo a decision for the products nobody has changed since."""
    done = read_code(request.form.get("done", ""))
    if done is None:
        raise NothingAsked
    listed, then = done
    with transaction():
        outcome = service.undo(listed, then, actor(), now())
    flash(f"Undone. {listing_message(outcome, not listed)}")
    return redirect(safe_back(request.form.get("back", "")), 303)


def _action(word: str) -> bool:
    if word not in ACTIONS:
        raise NothingAsked
    return ACTIONS[word]


def _ids(sent: list[str]) -> list[int]:
    """The ids among what was sent, each once; what no id can be is left out."""
    return list(dict.fromkeys(found for text in sent if (found := digits(text)) is not None))
