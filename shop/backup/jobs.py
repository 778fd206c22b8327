"""Chores that keep a store from growing without end: old rows are removed, litter is swept."""

import logging

from shop.clock import now
from shop.maintenance import retention, sweeping
from shop.outbox.chores import periodically

log = logging.getLogger(__name__)


@periodically(seconds=3600)
def remove_old_rows() -> None:
    """Remove finished jobs, old events and ended holds when their settings say so."""
    if removed := {kind: count for kind, count in retention.remove_old(now()).items() if count}:
        log.info("removed old rows: %s", removed)


@periodically(seconds=3600)
def sweep_litter() -> None:
    """Remove files that no row names and that nobody is writing any more."""
    if removed := sweeping.sweep(now()):
        log.info("swept: %s", removed)
