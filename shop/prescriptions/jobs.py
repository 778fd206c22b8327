"""Jobs of prescriptions: opening what was sent, forgetting drafts, erasing files no row names any more."""

from datetime import datetime
from typing import Any

from shop.database import transaction
from shop.outbox.kinds import handles
from shop.prescriptions.uploads import documents, rendering
from shop.vault.current import current_vault


@handles("render_document", lane="documents")
def render_document(payload: dict[str, Any], at: datetime) -> None:
    """Open a document that was sent; see `rendering`."""
    rendering.render(payload["document_id"], payload["use_id"], at)


@handles("forget_draft")
def forget_draft(payload: dict[str, Any], at: datetime) -> None:
    """Forget a day-old draft, unless it became part of a prescription."""
    with transaction():
        documents.forget_draft(payload["document_id"], at)


@handles("erase_files")
def erase_files(payload: dict[str, Any], at: datetime) -> None:
    """Erase files whose rows are gone; asking twice does no harm."""
    vault = current_vault()
    for file_id in payload["file_ids"]:
        vault.delete(file_id)
