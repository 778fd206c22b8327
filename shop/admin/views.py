"""The pages of the admin's desk, for the assembly to find."""

from shop.admin import (
    cancel_pages,
    catalogue_pages,
    delivery_pages,
    listing_pages,
    loose_lot_pages,
    lot_pages,
    mail_pages,
    no_quantity_pages,
    order_desk_pages,
    order_pages,
    outbox_pages,
    pack_pages,
    payment_pages,
    price_pages,
    product_pages,
    refund_pages,
    release_pages,
    return_pages,
    search_pages,
    stock_pages,
    strength_pages,
)
from shop.admin.blueprint import blueprint

__all__ = [
    "BLUEPRINTS",
    "cancel_pages",
    "catalogue_pages",
    "delivery_pages",
    "listing_pages",
    "loose_lot_pages",
    "lot_pages",
    "mail_pages",
    "no_quantity_pages",
    "order_desk_pages",
    "order_pages",
    "outbox_pages",
    "pack_pages",
    "payment_pages",
    "price_pages",
    "product_pages",
    "refund_pages",
    "release_pages",
    "return_pages",
    "search_pages",
    "stock_pages",
    "strength_pages",
]

BLUEPRINTS = (blueprint,)
