"""Jobs of the basket."""

from datetime import datetime
from typing import Any

from shop.basket import service
from shop.database import transaction
from shop.outbox.worker import handles


@handles("delete_old_baskets")
def delete_old_baskets(_payload: dict[str, Any], at: datetime) -> None:
    """Forget baskets that nobody changed for 30 days: what somebody once looked for is their own business."""
    with transaction():
        service.delete_old(at - service.KEPT)
