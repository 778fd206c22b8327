"""Work the catalogue leaves behind: after a change the search index follows, in the worker."""

from datetime import datetime
from typing import Any

from flask import current_app

from shop.catalogue.search import ensure_index
from shop.catalogue.service import INDEX_JOB
from shop.outbox.worker import handles


@handles(INDEX_JOB)
def rebuild_index(payload: dict[str, Any], at: datetime) -> None:
    """Build the index if it is behind; several changes at once cost one build."""
    ensure_index(current_app._get_current_object())  # type: ignore[attr-defined]
