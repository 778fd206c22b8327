"""How a paid order is sent when its address changes: asked again, and never for more than was paid."""

from shop.addresses import PostalAddress
from shop.catalogue import queries as catalogue
from shop.checkout.delivery import Delivery
from shop.delivery import queries
from shop.delivery.rules import ELSEWHERE, Option, chosen, is_free, options, reoffered
from shop.orders.models import Order
from shop.safety.states_served import COUNTRY, state_code
from shop.web import settings


def offered_at(order: Order, address: PostalAddress) -> Delivery:
    """The methods for `address` that cost no more than the order's own; in the same state, that one too."""
    config, place = settings(), place_of(address)
    methods = queries.methods(config.delivery_cents, config.delivery_days)
    facts = catalogue.variants(line.variant_id for line in order.lines)
    grams = queries.grams_of([(line.variant_id, line.quantity) for line in order.lines], facts, methods)
    is_same = place == place_of(order.address)
    found = reoffered(options(methods, place, grams, order.subtotal_cents), own_option(order), is_same)
    return Delivery(found, chosen(found, order.delivery_code))


def keeps_method(order: Order, address: PostalAddress, wanted: str) -> bool:
    """Whether the order can keep its delivery method: `wanted` is that method (or "") and it serves the new
    address at no extra cost."""
    offered = offered_at(order, address).offered
    return wanted in ("", order.delivery_code) and any(one.code == order.delivery_code for one in offered)


def loses_free_delivery(order: Order, rest_cents: int) -> bool:
    """Whether an order is sent for nothing because of what it comes to, and `rest_cents` would not be."""
    methods = queries.methods(settings().delivery_cents, settings().delivery_days)
    own = next((one for one in methods if one.code == order.delivery_code), None)
    zone = own.zone_of(place_of(order.address)) if own else None
    was_free = order.delivery_cents == 0 and zone is not None and is_free(zone, order.subtotal_cents)
    return was_free and zone is not None and not is_free(zone, rest_cents)


def own_option(order: Order) -> Option:
    """The method an order has, as it was paid for."""
    days = (order.handling_days or 0, order.transit_days or 0)
    return Option(order.delivery_code, order.delivery_name, order.delivery_cents, *days)


def place_of(address: PostalAddress) -> str:
    """The state that decides what is offered, or ELSEWHERE where states don't."""
    return (state_code(address.region) or ELSEWHERE) if settings().market == COUNTRY else ELSEWHERE
