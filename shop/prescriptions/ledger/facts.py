"""What the rules of fills read: approved items as `fills.Item`, what was taken of them as `fills.Fill`."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from shop.clock import business_date
from shop.database import db
from shop.prescriptions.ledger import fills
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem, QuantityEntry
from shop.prescriptions.rules import first_day
from shop.prescriptions.states import EntryKind
from shop.web import settings


def item_facts(item: PrescriptionItem, prescription: Prescription) -> fills.Item:
    """What an item of an approved prescription authorizes: its own share of a supply, else the store's.

    Nothing is dispensed before the day of issue, nor before the day that the prescriber says.
    """
    assert prescription.issued_on is not None  # an approved one states both days
    assert prescription.expires_on is not None
    config = settings()
    return fills.Item(
        item.id,
        item.quantity,
        1 + item.refills,
        item.days_supply,
        first_day(prescription.issued_on, prescription.fill_from),
        prescription.expires_on,
        config.refill_after_share if item.refill_share is None else item.refill_share / 100,
        config.delivery_days,
    )


def begun_fills(item_ids: Iterable[int], apart_from_lines: Collection[int] = ()) -> list[fills.Fill]:
    """The started fills of these items, with the units shipped from each and when. Two queries.

    `apart_from_lines` are order lines whose holds do not count: the customer's own unpaid order, which a new
    one replaces.
    """
    ids = list(item_ids)
    if not ids:
        return []
    kept = select(PrescriptionFill).where(PrescriptionFill.item_id.in_(ids))
    rows = db.session.scalars(kept.execution_options(populate_existing=True)).all()
    entries = db.session.scalars(select(QuantityEntry).where(QuantityEntry.item_id.in_(ids))).all()
    left = {entry.order_line_id: entry for entry in entries if entry.kind == EntryKind.DISPENSED}
    back = {entry.order_line_id for entry in entries if entry.kind == EntryKind.RELEASED}
    parts: dict[int | None, list[fills.Shipment]] = {}
    apart: dict[int | None, int] = {}
    for entry in entries:
        line_id = entry.order_line_id
        if entry.kind != EntryKind.HELD or line_id in back:
            continue
        if line_id in left:
            shipment = fills.Shipment(business_date(left[line_id].at), entry.quantity)
            parts.setdefault(entry.fill_id, []).append(shipment)
        elif line_id in apart_from_lines:
            apart[entry.fill_id] = apart.get(entry.fill_id, 0) + entry.quantity
    return [
        fills.Fill(
            row.item_id,
            row.number,
            row.quantity,
            row.taken - apart.get(row.id, 0),
            tuple(parts.get(row.id, ())),
            row.count,
        )
        for row in rows
    ]
