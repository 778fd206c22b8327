"""Work the worker of each machine does by itself: the search index follows the database."""

from flask import current_app

from shop.catalogue.search import ensure_index
from shop.outbox.chores import periodically


@periodically(seconds=1)
def follow_the_catalogue() -> None:
    """Build the index if it is behind; several changes at once cost one build."""
    ensure_index(current_app._get_current_object())  # type: ignore[attr-defined]
