"""What the worker does for the stock desk: counting each hour what was dispensed in 90 days."""

from shop.clock import now
from shop.database import transaction
from shop.outbox.chores import periodically
from shop.stock import figures

EVERY_SECONDS = 3600


@periodically(EVERY_SECONDS)
def count_dispensing_rates() -> None:
    """So that the desk does not add up a year's ledger each time it is opened."""
    with transaction():
        figures.count_rates(now())
