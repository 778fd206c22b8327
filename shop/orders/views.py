"""A customer's own orders: the list, and one with its timeline. Paying and cancelling are checkout's."""

from datetime import date

from flask import Blueprint, render_template, request
from flask_login import current_user

from shop.access import Permission, requires
from shop.clock import business_date, days_ahead, today
from shop.errors import NotFound
from shop.orders import queries, refunds
from shop.orders.line_notes import notes_of
from shop.orders.models import Order
from shop.orders.rules import Entry, timeline
from shop.paging import page_number
from shop.patients import queries as patients
from shop.web import settings

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders")
@requires(Permission.SHOP)
def index() -> str:
    """Newest first, a page at a time."""
    page = queries.own_page(current_user.id, page_number(request.args.get("page")))
    return render_template("orders/list.html", page=page)


@blueprint.get("/orders/<number>")
@requires(Permission.SHOP)
def show(number: str) -> str:
    """One order. Somebody else's is as unknown as one that never was."""
    order = queries.own(current_user.id, number)
    if order is None:
        raise NotFound("We couldn’t find this order.", "Check your orders.")
    return render_template(
        "orders/order.html",
        order=order,
        names=patients.names_of(line.patient_id for line in order.lines),
        entries=_timeline(order),
        notes=notes_of(order),
        arrives_by=_arrives_by(order),
        today=today(),
        refunds=[one for one in refunds.of_orders([order.id]) if one.refused_at is None],
    )


def _timeline(order: Order) -> list[Entry]:
    return timeline(order.status, {event.event: event.at for event in order.events})


def _arrives_by(order: Order) -> date | None:
    if order.shipped_at is None:
        return None
    return days_ahead(business_date(order.shipped_at), settings().delivery_days)


BLUEPRINTS = (blueprint,)
