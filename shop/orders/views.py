"""A customer's own orders: the list, and one with its timeline. Paying and canceling are checkout's."""

from datetime import date

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from shop import guest_access
from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.accounts.queries import Person
from shop.appearance.attributes import drawing
from shop.catalogue import queries as catalogue
from shop.clock import business_date, today
from shop.form_fields import one_line
from shop.orders import queries, refunds
from shop.orders.held_back import held_back
from shop.orders.line_notes import notes_of
from shop.orders.models import Order
from shop.orders.own import own_order
from shop.orders.promise import arrives_by
from shop.orders.rules import Entry, number_of, timeline
from shop.paging import page_number
from shop.patients import queries as patients
from shop.pricing.charged import Charged, breakdowns
from shop.web import settings

blueprint = Blueprint("orders", __name__)
LONGEST_FIND = 80


@blueprint.get("/orders")
@requires(Permission.SHOP)
def index() -> str:
    """Newest first, a page at a time. What was never paid and has ended is on a list of its own."""
    unpaid = bool(request.args.get("unpaid"))
    page = queries.own_page(current_user.id, page_number(request.args.get("page")), unpaid)
    attempts = 0 if unpaid else queries.attempts(current_user.id)
    return render_template("orders/list.html", page=page, find="", unpaid=unpaid, attempts=attempts)


@blueprint.post("/orders")
@requires(Permission.SHOP)
def find() -> Response:
    """The order with this number, or those with a medicine of this name. A POST: what somebody takes has no
    place in an address."""
    text, user_id = one_line(request.form.get("q"))[:LONGEST_FIND], current_user.id
    number = number_of(text)
    if number and queries.own(user_id, number):
        return redirect(url_for("orders.show", number=number), 303)  # type: ignore[return-value]
    page = queries.own_page(user_id, 1, find=text)
    return make_response(render_template("orders/list.html", page=page, find=text, unpaid=False, attempts=0))


@blueprint.get("/orders/<number>")
@requires(Permission.SHOP, guests=True)
def show(number: str) -> str:
    """One order. Somebody else's is not found, just like one that doesn't exist."""
    order = own_order(number)
    forbidden = held_back(order, today())
    return render_template(
        "orders/order.html",
        order=order,
        guest=(guest := _guest_of(order)),
        may_correct=bool(guest and order.placed_at and guest_access.ordered_here(number)),
        names=patients.names_of(line.patient_id for line in order.lines),
        entries=_timeline(order),
        notes=notes_of(order),
        forbidden=forbidden,
        arrives_by=None if forbidden else _arrives_by(order),
        today=today(),
        parts=breakdowns(
            (Charged(line.id, line.variant_id, line.unit_price, line.quantity) for line in order.lines),
            business_date(order.created_at),
        ),
        facts=catalogue.variants(line.variant_id for line in order.lines),
        drawing=drawing,
        refunds=(made := [one for one in refunds.of_orders([order.id]) if one.refused_at is None]),
        removed_cents=refunds.removed_cents(made),
    )


def _arrives_by(order: Order) -> date | None:
    return arrives_by(order, today(), settings().delivery_days, settings().market)


def _guest_of(order: Order) -> Person | None:
    """Who ordered without an account; None for an account."""
    whose = accounts.person(order.user_id)
    return whose if whose and whose.is_guest else None


def _timeline(order: Order) -> list[Entry]:
    return timeline(order.status, {event.event: event.at for event in order.events})


BLUEPRINTS = (blueprint,)
