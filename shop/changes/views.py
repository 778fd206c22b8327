"""A customer changes an order they paid for, until it is packed: an item removed, another address."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, flash, make_response, render_template
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField

from shop.access import Permission, requires
from shop.accounts.typed import ADDRESS_FIELDS, forget_typed, keep_typed, keeps_typed, typed_before
from shop.changes import changing
from shop.changes.changing import AddressNotAllowed, FreeDeliveryLost, LastLine
from shop.changes.delivery import keeps_method, offered_at, own_option, place_of
from shop.checkout.delivery import Delivery
from shop.checkout.forms import DeliveryField
from shop.checkout.payment_views import to_order
from shop.checkout.refusals import AlreadyPacked, OrderMovedOn
from shop.clock import now, today
from shop.database import transaction
from shop.delivery.calendar import promised
from shop.errors import DomainError
from shop.orders.address_form import AddressFields, ForeignAddressFields
from shop.orders.destination import NotDeliverable, NotServed
from shop.orders.line_notes import notes_of
from shop.orders.models import Order
from shop.orders.own import own_order
from shop.orders.states import OrderStatus
from shop.safety.states_served import COUNTRY
from shop.telephone import written
from shop.web import settings

blueprint = Blueprint("changes", __name__)


@blueprint.get("/orders/<number>/address")
@requires(Permission.SHOP, guests=True)
def address(number: str) -> Response:
    """The address as it is, to be changed. Back to the order where it can't be."""
    order = own_order(number)
    if order.status != OrderStatus.PLACED:
        flash(f"The address of order {number} can no longer be changed. Call us and we’ll help.", "error")
        return to_order(number)
    typed = typed_before()
    form = _form(typed)
    for name in () if typed else ADDRESS_FIELDS:
        kept = getattr(order, name)
        form[name].data = written(kept, settings().market) if name == "phone" else kept
    return _page(order, form)


@blueprint.post("/orders/<number>/address")
@requires(Permission.SHOP, guests=True)
@keeps_typed(*ADDRESS_FIELDS)
def change_address(number: str) -> Response:
    """Send it elsewhere, once every rule of the new place allows it."""
    order, market = own_order(number), settings().market
    form = _form()
    keep_typed()
    if form.update.data:
        return _page(order, form)
    if not form.validate_on_submit():
        return _page(order, form, 422)
    address = form.typed_address()
    is_shown = place_of(address) in (place_of(order.address), form.shown_for.data)
    if not is_shown and not keeps_method(order, address, form.method_code):
        return _page(order, form, is_step=True)
    try:
        with transaction():
            new = changing.change_address(order.id, address, market, order.user_id, now(), form.method_code)
    except (AddressNotAllowed, NotServed, NotDeliverable) as refusal:
        return _page(own_order(number), form, 422, refusal)
    except AlreadyPacked as refusal:
        flash(refusal.in_full, f"error {refusal.code}")
    except OrderMovedOn:
        flash(f"Order {number} is being charged or has shipped, so its address wasn’t changed.", "error")
    else:
        forget_typed()
        flash("Address saved. We’ll ship the order there." if new else "The order already has this address.")
    return to_order(number)


@blueprint.post("/orders/<number>/lines/<int:line_id>/remove")
@requires(Permission.SHOP, guests=True)
def remove_line(number: str, line_id: int) -> Response:
    """Take one item out of an order that was paid for and has not shipped."""
    order = own_order(number)
    try:
        with transaction():
            changing.remove_line(order.id, line_id, order.user_id, now())
    except (AlreadyPacked, FreeDeliveryLost, LastLine) as refusal:
        flash(refusal.in_full, f"error {refusal.code}")
    except OrderMovedOn:
        flash(
            f"Order {number} is being charged or has shipped, so it wasn’t changed. Call us and we’ll help.",
            "error",
        )
    else:
        flash("Item removed. The total below is up to date.")
    return to_order(number)


class _Asked(DeliveryField):
    """Beside the address: how it is sent there. `shown_for` is the state whose methods were shown, `update`
    asks for another state's."""

    shown_for = HiddenField()
    update = StringField()


class ChangedAddress(_Asked, AddressFields):
    """Another address in the United States."""


class ForeignChangedAddress(_Asked, ForeignAddressFields):
    """Elsewhere."""


def _form(typed: MultiDict[str, str] | None = None) -> ChangedAddress | ForeignChangedAddress:
    country = settings().market
    kind = ChangedAddress if country == COUNTRY else ForeignChangedAddress
    form = kind(formdata=typed) if typed else kind()
    form.country = country
    return form


def _page(
    order: Order,
    form: ChangedAddress | ForeignChangedAddress,
    status: int = 200,
    refusal: DomainError | None = None,
    is_step: bool = False,
) -> Response:
    address = form.typed_address() if form.region.data else order.address
    delivery = offered_at(order, address)
    chosen = next((one for one in delivery.offered if one.code == form.method_code), delivery.chosen)
    form.shown_for.data = place_of(address)
    page = render_template(
        "orders/address.html",
        order=order,
        form=form,
        refusal=refusal,
        is_step=is_step,
        delivery=replace(delivery, chosen=chosen),
        days=_days(order, delivery),
    )
    return make_response(page, status)


def _days(order: Order, delivery: Delivery) -> dict[str, date]:
    """By method, the day it would arrive by, if nothing of the order waits; its own keeps its promise."""
    if any(note.is_copy or note.in_review for note in notes_of(order).values()):
        return {}
    market = settings().market
    days = {
        one.code: promised(today(), one.handling_days, one.transit_days, market) for one in delivery.offered
    }
    own = own_option(order)
    if own in delivery.offered and order.promised_on:
        days[own.code] = order.promised_on
    return days


BLUEPRINTS = (blueprint,)
