"""Looking every minute whether what somebody waits for is back, received, released or found."""

from shop.clock import now, today
from shop.database import db, transaction
from shop.outbox.chores import periodically
from shop.restock import queries, service
from shop.web import settings


@periodically(seconds=60)
def tell_who_waits() -> None:
    """Ask for the emails. While nobody waits, this is one small question."""
    store, at = settings(), now()
    back = queries.back(today(), store.delivery_days, store.market)
    db.session.rollback()  # the writing below sees what is there by then
    if back:
        with transaction():
            service.tell(back, at)


@periodically(seconds=24 * 3600)
def forget_who_was_told() -> None:
    """Rows that only said what somebody once looked for."""
    with transaction():
        service.forget_told(now())
