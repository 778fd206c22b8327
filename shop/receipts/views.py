"""The receipt of one's own order, as a file."""

from datetime import datetime

from flask import Blueprint, Response, make_response

from shop.access import Permission, requires
from shop.clock import business_date, format_day, now
from shop.errors import NotFound
from shop.money import format_cents, format_number
from shop.orders import refunds
from shop.orders.line_notes import notes_of
from shop.orders.own import own_order
from shop.patients import queries as patients
from shop.receipts.contents import receipt_of
from shop.receipts.paper import Writing, as_pdf
from shop.web import settings

blueprint = Blueprint("receipts", __name__)


@blueprint.get("/orders/<number>/receipt.pdf")
@requires(Permission.SHOP, guests=True)
def show(number: str) -> Response:
    """For the customer alone, once something was charged. No browser or proxy keeps it."""
    order, config = own_order(number), settings()
    names = patients.names_of(line.patient_id for line in order.lines)
    made = receipt_of(order, names, notes_of(order), refunds.of_orders([order.id]))
    if made is None:
        raise NotFound("This order has no receipt yet.", "It’s available once your card is charged.")
    write = Writing(
        lambda at: format_day(business_date(at) if isinstance(at, datetime) else at, config.locale),
        lambda count: format_number(count, config.locale),
        lambda cents: format_cents(cents, config.currency, config.locale),
    )
    response = make_response(as_pdf(made, config.pharmacy, write, now()))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{order.number}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


BLUEPRINTS = (blueprint,)
