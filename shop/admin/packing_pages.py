"""Packing an order and unpacking it."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import actor, blueprint, flash_refusal
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.fulfillment import packing


@blueprint.post("/orders/<number>/pack")
@requires(Permission.DISPATCH)
def pack(number: str) -> Response:
    """Mark the order packed, after which the customer can't cancel it. A refusal says why."""
    try:
        with transaction():
            packing.pack_order(number, actor(), now(), request.form.get("seen"))
    except NotFound:
        raise
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Order {number} is packed. The customer can no longer cancel or change it.")
    return redirect(url_for("admin.order", number=number), 303)


@blueprint.post("/orders/<number>/unpack")
@requires(Permission.DISPATCH)
def unpack(number: str) -> Response:
    """Mark the order unpacked."""
    try:
        with transaction():
            packing.unpack_order(number, actor(), now())
    except NotFound:
        raise
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Order {number} is waiting to be packed again. The customer can cancel or change it.")
    return redirect(url_for("admin.order", number=number), 303)
