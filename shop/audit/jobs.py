"""Work each machine's worker does by itself: sealing what was recorded."""

from shop.audit.sealing import seal_audit
from shop.outbox.chores import periodically


@periodically(seconds=1)
def seal_records() -> None:
    """Give new records their place in the chain. One that stays unsealed is an alarm: `sealing.overdue`."""
    seal_audit()
