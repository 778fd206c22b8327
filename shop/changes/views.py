"""A customer changes an order they paid for, until it is packed: an item removed, another address."""

from flask import Blueprint, Response, flash, make_response, render_template
from werkzeug.datastructures import MultiDict

from shop.access import Permission, requires
from shop.accounts.typed import ADDRESS_FIELDS, forget_typed, keep_typed, keeps_typed, typed_before
from shop.changes import changing
from shop.changes.changing import AddressNotAllowed, LastLine
from shop.checkout.payment_views import to_order
from shop.checkout.refusals import AlreadyPacked, OrderMovedOn
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.orders.address_form import AddressFields, ForeignAddressFields
from shop.orders.destination import NotDeliverable, NotServed
from shop.orders.models import Order
from shop.orders.own import own_order
from shop.orders.states import OrderStatus
from shop.safety.states_served import COUNTRY
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
        form[name].data = getattr(order, name)
    return _page(order, form)


@blueprint.post("/orders/<number>/address")
@requires(Permission.SHOP, guests=True)
@keeps_typed(*ADDRESS_FIELDS)
def change_address(number: str) -> Response:
    """Send it elsewhere, once every rule of the new place allows it."""
    order, market = own_order(number), settings().market
    form = _form()
    keep_typed()
    if not form.validate_on_submit():
        return _page(order, form, 422)
    try:
        with transaction():
            new = changing.change_address(order.id, form.typed_address(), market, order.user_id, now())
    except (AddressNotAllowed, NotServed, NotDeliverable) as refusal:
        return _page(own_order(number), form, 422, refusal)
    except AlreadyPacked as refusal:
        flash(refusal.in_full, "error")
    except OrderMovedOn:
        flash(f"Order {number} is being charged or has shipped, so its address wasn’t changed.", "error")
    else:
        forget_typed()
        flash(
            "Address changed. We’ll ship the order there." if new else "The order already has this address."
        )
    return to_order(number)


@blueprint.post("/orders/<number>/lines/<int:line_id>/remove")
@requires(Permission.SHOP, guests=True)
def remove_line(number: str, line_id: int) -> Response:
    """Take one item out of an order that was paid for and has not shipped."""
    order = own_order(number)
    try:
        with transaction():
            changing.remove_line(order.id, line_id, order.user_id, now())
    except (AlreadyPacked, LastLine) as refusal:
        flash(refusal.in_full, "error")
    except OrderMovedOn:
        flash(
            f"Order {number} is being charged or has shipped, so it wasn’t changed. Call us and we’ll help.",
            "error",
        )
    else:
        flash("Item removed. The total below is up to date.")
    return to_order(number)


def _form(typed: MultiDict[str, str] | None = None) -> AddressFields:
    country = settings().market
    kind = AddressFields if country == COUNTRY else ForeignAddressFields
    form = kind(formdata=typed) if typed else kind()
    form.country = country
    return form


def _page(
    order: Order, form: AddressFields, status: int = 200, refusal: DomainError | None = None
) -> Response:
    return make_response(
        render_template("orders/address.html", order=order, form=form, refusal=refusal), status
    )


BLUEPRINTS = (blueprint,)
