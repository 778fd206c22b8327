"""What must be true of prescriptions, and which of their columns name files of the vault."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import case, func, select

from shop.database import db
from shop.maintenance.checks import Result, result, verifies
from shop.maintenance.vault_files import names_vault_files
from shop.prescriptions.document_models import DocumentPage, PrescriptionDocument
from shop.prescriptions.models import PrescriptionFill, PrescriptionItem, QuantityEntry
from shop.prescriptions.states import EntryKind

names_vault_files(DocumentPage.file_id)
names_vault_files(PrescriptionDocument.raw_file_id)


@verifies("prescriptions: the quantity taken follows from its ledger")
def quantities() -> Result:
    """Taken is what was held minus what was released, of an item and of each of its fills."""
    checked = db.session.scalar(select(func.count(PrescriptionItem.id))) or 0
    checked += db.session.scalar(select(func.count(PrescriptionFill.id))) or 0
    return result(checked, [*_wrong("item", PrescriptionItem), *_wrong("fill", PrescriptionFill)])


def _wrong(what: str, table: Any) -> Iterator[str]:
    change = case(
        (QuantityEntry.kind == EntryKind.HELD, QuantityEntry.quantity),
        (QuantityEntry.kind == EntryKind.RELEASED, -QuantityEntry.quantity),
        else_=0,
    )
    of = QuantityEntry.item_id if table is PrescriptionItem else QuantityEntry.fill_id
    ledger = select(of.label("id"), func.sum(change).label("units")).group_by(of).subquery()
    units = func.coalesce(ledger.c.units, 0)
    rows = db.session.execute(
        select(table.id, table.taken, units.label("entries"))
        .outerjoin(ledger, ledger.c.id == table.id)
        .where(table.taken != units)
        .order_by(table.id)
    )
    for row in rows:
        yield f"prescription {what} {row.id}: taken {row.taken}, its entries {row.entries}"
