"""What must be true of prescriptions, and which of their columns name files of the vault."""

from collections.abc import Iterator

from sqlalchemy import case, func, select

from shop.database import db
from shop.maintenance.checks import Result, result, verifies
from shop.maintenance.vault_files import names_vault_files
from shop.prescriptions.models import DocumentPage, PrescriptionDocument, PrescriptionItem, QuantityEntry
from shop.prescriptions.states import EntryKind

names_vault_files(DocumentPage.file_id)
names_vault_files(PrescriptionDocument.raw_file_id)


@verifies("prescriptions: the quantity taken follows from its ledger")
def quantities() -> Result:
    """Taken is what was held minus what was released, and never more than was authorized."""
    return result(db.session.scalar(select(func.count(PrescriptionItem.id))) or 0, _wrong_quantities())


def _wrong_quantities() -> Iterator[str]:
    change = case(
        (QuantityEntry.kind == EntryKind.HELD, QuantityEntry.quantity),
        (QuantityEntry.kind == EntryKind.RELEASED, -QuantityEntry.quantity),
        else_=0,
    )
    ledger = (
        select(QuantityEntry.item_id, func.sum(change).label("units"))
        .group_by(QuantityEntry.item_id)
        .subquery()
    )
    units = func.coalesce(ledger.c.units, 0)
    rows = db.session.execute(
        select(PrescriptionItem.id, PrescriptionItem.taken, units.label("entries"))
        .outerjoin(ledger, ledger.c.item_id == PrescriptionItem.id)
        .where(PrescriptionItem.taken != units)
        .order_by(PrescriptionItem.id)
    )
    for row in rows:
        yield f"prescription item {row.id}: taken {row.taken}, its entries {row.entries}"
