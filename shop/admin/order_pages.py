"""Order pages: what to pack, from which lots, and shipping it."""

from datetime import date

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.accounts.guests import corrected_at
from shop.accounts.queries import names_of, person
from shop.admin.blueprint import LONGEST_SEARCH, actor, address, blueprint, flash_refusal
from shop.admin.forms import NoteForm, ShipForm
from shop.admin.labels import CANCEL_REASONS, DUE, TRAYS
from shop.admin.order_history import history_of
from shop.checkout import charging
from shop.clock import now, today
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.fulfillment import packing
from shop.fulfillment import service as fulfillment
from shop.fulfillment.afterwards import mail_of
from shop.fulfillment.blocking import blocks_of
from shop.keyset import edge_from
from shop.orders import cancellation
from shop.orders import queries as orders
from shop.orders import queue as order_queue
from shop.orders.line_notes import notes_of
from shop.orders.models import Order
from shop.orders.promise import Due, due
from shop.orders.queue import Queue
from shop.orders.rules import timeline
from shop.orders.states import ENDED, TO_SHIP, Step, may_cancel
from shop.payments.refusals import PaymentServiceUnavailable
from shop.payments.states import Reason
from shop.prescriptions import queries as prescriptions
from shop.prescriptions.rx_numbers import parse
from shop.stock import holds, queries
from shop.stock.rules import good_on
from shop.stock.states import LotStatus
from shop.web import settings

MOST_FOUND = 10
OLDEST = "ordered"
"""In an address: by when it was ordered, not by the promised day."""


@blueprint.get("/orders")
@requires(Permission.DISPATCH)
def order_list() -> str:
    """One tray of orders; what is to be packed first, by the day it was promised by."""
    name = request.args.get("tray", "")
    tray = Queue(name) if name in list(Queue) else Queue.PACK
    day, market, to_ship = today(), settings().market, tray in order_queue.BY_PROMISE
    oldest = to_ship and request.args.get("sort") == OLDEST
    page = order_queue.queue_page(tray, edge_from(request.args.get("from", "")), oldest)
    return render_template(
        "admin/orders.html",
        tray=tray,
        trays=TRAYS,
        counts=order_queue.queue_counts(),
        page=page,
        blocks=blocks_of(page.rows, day, market) if to_ship else {},
        due={one.id: _due(one, day) for one in page.rows if to_ship},
        due_tags=DUE,
        to_ship=to_ship,
        oldest=oldest,
        url=lambda edge="", of=tray, sort=OLDEST if oldest else "": address(
            "admin.order_list", tray="" if of is Queue.PACK else of.value, sort=sort, **{"from": edge}
        ),
    )


@blueprint.route("/orders/find", methods=["GET", "POST"])
@requires(Permission.DISPATCH)
def find_order() -> Response:
    """Go to the order with this number, or to the newest on this Rx number; nothing else is told of it."""
    if request.method != "POST":
        return redirect(url_for("admin.order_list"), 303)
    text = request.form.get("q", "").strip()[:LONGEST_SEARCH]
    if rx := parse(text):
        numbers = orders.numbers_on(prescriptions.items_numbered(rx), MOST_FOUND)
    else:
        numbers = [found.number] if (found := orders.by_number(text.upper())) else []
    if not numbers:
        flash("No order has this number. An order number looks like F-7K3M-92QX.", "error")
        return redirect(url_for("admin.order_list"), 303)
    if len(numbers) > 1:
        flash(f"This is the newest of several orders. The others: {', '.join(numbers[1:])}.")
    return redirect(url_for("admin.order", number=numbers[0]), 303)


@blueprint.get("/orders/<number>")
@requires(Permission.DISPATCH)
def order(number: str) -> str:
    """One order: address, lines with the lots to pick, payment, and sending it. Prints as a packing list."""
    return order_page(found_order(number))


@blueprint.post("/orders/<number>/ship")
@requires(Permission.DISPATCH)
def ship(number: str) -> Response | tuple[str, int]:
    """Charge the customer and ship it: lots are dispensed, the customer is notified. A refusal says why."""
    form = ShipForm()
    if not form.validate_on_submit():
        return order_page(found_order(number), form), 422
    try:
        _charge_and_ship(number, form.tracking.data or "", actor(), form.seen.data)
    except NotFound:
        raise
    except fulfillment.TrackingUnreadable as refusal:
        form.tracking.errors = [f"{refusal.message} {refusal.todo}"]
        return order_page(found_order(number), form), refusal.status
    except PaymentServiceUnavailable as refusal:
        form.tracking.errors = [
            "Not shipped yet: the payment service didn’t answer, so we don’t know whether the card was "
            "charged. Ship it again in a minute; the card won’t be charged twice."
        ]
        return order_page(found_order(number), form), refusal.status
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Order {number} shipped. We’re emailing the customer.")
    return redirect(url_for("admin.order", number=number), 303)


def _charge_and_ship(number: str, tracking: str, actor_id: int, seen: str | None) -> None:
    """Check, capture with no transaction open, then ship: nothing ships that isn’t paid for."""
    at, gateway = now(), current_app.extensions["gateway"]
    with transaction():
        order_id = fulfillment.check_shippable(number, tracking, at, seen)
        movement = charging.request_capture(order_id, Reason.ORDER_SHIPS, at, actor_id)
    if movement is not None:
        charging.capture(gateway, movement, at)
    charging.check_kept(gateway, order_id)
    with transaction():
        fulfillment.ship_order(number, tracking, actor_id, now(), seen)


@blueprint.post("/orders/<number>/other-lots")
@requires(Permission.DISPATCH)
def other_lots(number: str) -> Response:
    """Reallocate an order to other lots where those held for it were quarantined or have expired."""
    found = found_order(number)
    try:
        with transaction():
            kept = packing.take_other_lots(found.id, now())
    except packing.StillPacked as refusal:
        flash_refusal(refusal)
    except holds.OutOfStock as refusal:
        left = f"only {refusal.left} units are" if refusal.left else "none are"
        flash(f"Not enough stock in other lots: {left} left that won’t expire too soon.", "error")
    else:
        flash("Reallocated to other lots." if kept else "Every lot of this order can be picked.")
    return redirect(url_for("admin.order", number=number), 303)


def found_order(number: str) -> Order:
    """Any order, or a 404."""
    found = orders.by_number(number)
    if found is None:
        raise NotFound("There is no order with this number.", "Look for it in the list of orders.")
    return found


def _due(order: Order, today: date) -> Due | None:
    return due(order.promised_on, order.transit_days, today, settings().market)


def order_page(found: Order, form: ShipForm | None = None, note: NoteForm | None = None) -> str:
    """The page of one order, with what was entered and refused."""
    kept = queries.kept_for(line.id for line in found.lines)
    day = today()
    bad = [
        unit
        for units in kept.values()
        for unit in units
        if unit.status != LotStatus.PICKABLE or not good_on(unit.expires_on, day)
    ]
    whole = all(sum(unit.quantity for unit in kept.get(line.id, ())) == line.quantity for line in found.lines)
    canceled = cancellation.of_order(found.id) if found.status == "canceled" else None
    here = found.status in TO_SHIP
    steps = timeline(found.status, {event.event: event.at for event in found.events})
    return render_template(
        "admin/order.html",
        order=found,
        kept=kept,
        bad=bad,
        blocks=blocks_of([found], day, settings().market)[found.id] if here else [],
        whole=whole,
        form=form or ShipForm(tracking=found.tracking),
        note_form=note or NoteForm(),
        mailed=mail_of(found, day) is not None,
        today=day,
        due=_due(found, day) if here else None,
        due_tags=DUE,
        mark=fulfillment.mark(found),
        customer=(customer := person(found.user_id)),
        corrected_at=corrected_at(customer.id) if customer and customer.is_guest else [],
        ready=here,
        cancelable=may_cancel(found.status, by_staff=True),
        notes=notes_of(found),
        in_parcel=found.status in ENDED and any(step.code == Step.PACK for step in steps),
        canceled=canceled,
        canceler=names_of([canceled.actor_id]).get(canceled.actor_id) if canceled else "",
        reasons=CANCEL_REASONS,
        history=history_of(found),
    )
