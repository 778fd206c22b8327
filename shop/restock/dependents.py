"""What an account waits for goes with it, and is in its export."""

from datetime import datetime
from typing import Any

from shop.accounts.dependents import erases_account, exports_account
from shop.restock import queries, service


@erases_account
def notices(user_id: int, _at: datetime) -> None:
    """Nobody’s record."""
    service.forget(user_id)


@exports_account("back_in_stock")
def asked_about(user_id: int) -> list[dict[str, Any]]:
    """The medicines it asked to be told of, with when."""
    return [
        {"medicine": one.variant.label, "requested_at": one.requested_at, "notified_at": one.notified_at}
        for one in queries.of_account(user_id)
    ]
