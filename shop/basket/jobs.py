"""Jobs of the basket."""

from datetime import datetime
from typing import Any

from shop.basket import service
from shop.database import transaction
from shop.outbox.kinds import handles


@handles("forget_old_basket")
def forget_old_basket(payload: dict[str, Any], at: datetime) -> None:
    """What somebody once looked for is their own business: after 30 days without a change it is deleted."""
    with transaction():
        service.forget_old(payload["basket_id"], at)
