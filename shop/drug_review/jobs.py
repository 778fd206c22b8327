"""What the review does after a commit: placed orders are held against a fact that changed."""

from datetime import datetime
from typing import Any

from shop.clock import business_date
from shop.database import transaction
from shop.drug_review import order_review
from shop.outbox.kinds import handles

REVIEW_PLACED = "review_placed_orders"


@handles(REVIEW_PLACED)
def review_placed_orders(_payload: dict[str, Any], at: datetime) -> None:
    """Note what every placed order waits for now, so that it counts beside "Reviews" before anybody looks."""
    last: int | None = 0
    while last is not None:
        with transaction():
            last = order_review.note_batch(last, at, business_date(at))
