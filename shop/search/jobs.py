"""Chores of each machine's worker: the index follows the database, failed searches are counted."""

from flask import current_app

from shop.clock import today
from shop.database import transaction
from shop.outbox.chores import periodically
from shop.search import ensure_index
from shop.search.log import buffer, queries, service
from shop.web import settings


@periodically(seconds=1)
def follow_the_catalogue() -> None:
    """Bring the index up to date if it is behind; several changes at once cost one turn."""
    ensure_index(current_app._get_current_object())  # type: ignore[attr-defined]


@periodically(seconds=10)
def count_failed_searches() -> None:
    """Fold what the web processes of this machine noted into the table."""
    instance = settings().instance
    if notes := buffer.take(instance):
        with transaction():
            service.fold_in(notes)
    buffer.done(instance)


@periodically(seconds=3600)
def erase_old_searches() -> None:
    """Keep no failed search longer than 90 days."""
    day = today()
    if queries.any_older_than_kept(day):
        with transaction():
            service.erase_old(day)
