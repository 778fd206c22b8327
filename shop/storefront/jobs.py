"""Work each machine's worker does by itself: the finder follows prices and stock."""

from flask import current_app

from shop.outbox.chores import periodically
from shop.storefront.finder.service import follow


@periodically(seconds=1)
def follow_offers() -> None:
    """Write the finder's columns anew if the catalogue, a price or the stock has changed."""
    follow(current_app._get_current_object())  # type: ignore[attr-defined]
