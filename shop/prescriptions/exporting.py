"""What an account is given of its prescriptions when it exports everything: all they say, and their pages."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.catalogue import queries as catalogue
from shop.database import db
from shop.patients import queries as patients
from shop.prescriptions.document_models import DocumentPage, PrescriptionDocument
from shop.prescriptions.models import Message, Prescription
from shop.vault.current import current_vault

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def everything(user_id: int) -> list[dict[str, Any]]:
    """The account's prescriptions, newest first, withdrawn ones too."""
    rows = db.session.scalars(
        select(Prescription)
        .where(Prescription.user_id == user_id)
        .order_by(Prescription.id.desc())
        .options(
            selectinload(Prescription.items),
            selectinload(Prescription.declined),
            selectinload(Prescription.documents),
        )
    ).all()
    variants = catalogue.variants(item.variant_id for row in rows for item in row.items)
    names = patients.names_of(row.patient_id for row in rows)
    return [
        {
            "reference": row.reference,
            "status": row.status,
            "received_as": row.origin,
            "sent_at": row.submitted_at,
            "decided_at": row.decided_at,
            "reason": row.reason,
            "patient": names.get(row.patient_id) if row.patient_id else None,
            "patient_as_written": row.patient_name,
            "patient_birth_date": row.patient_birth_date,
            "prescriber": row.prescriber_name,
            "prescriber_npi": row.prescriber_npi,
            "prescriber_license": row.prescriber_license,
            "issued_on": row.issued_on,
            "fill_from": row.fill_from,
            "expires_on": row.expires_on,
            "transferred_to": row.transferred_to,
            "your_note": row.customer_note,
            "pharmacist_note": row.pharmacist_note,
            "medicines": [
                {
                    "rx_number": item.rx_number,
                    "medicine": variants[item.variant_id].label if item.variant_id in variants else None,
                    "quantity": item.quantity,
                    "refills": item.refills,
                    "taken": item.taken,
                    "days_supply": item.days_supply,
                    "directions": item.directions,
                    "indication": item.indication,
                }
                for item in row.items
            ],
            "declined": [
                {"medicine": item.as_written, "reason": item.reason, "note": item.note}
                for item in row.declined
            ],
            "messages": _messages(row),
            "files": [
                {"name": one.filename, "sent_at": one.uploaded_at, "size_bytes": one.size_bytes}
                for one in row.documents
            ],
        }
        for row in rows
    ]


def pages(user_id: int) -> Iterator[tuple[str, bytes]]:
    """Every page of every file, decrypted one at a time."""
    rows = db.session.execute(
        select(Prescription.reference, PrescriptionDocument.id, DocumentPage)
        .join(PrescriptionDocument, PrescriptionDocument.id == DocumentPage.document_id)
        .join(Prescription, Prescription.id == PrescriptionDocument.prescription_id)
        .where(PrescriptionDocument.user_id == user_id)
        .order_by(Prescription.id, PrescriptionDocument.id, DocumentPage.number)
    ).all()
    for reference, document_id, page in rows:
        suffix = SUFFIXES.get(page.media_type, "bin")
        name = f"prescriptions/{reference}/file-{document_id}-page-{page.number}.{suffix}"
        yield name, current_vault().read(page.file_id)


def _messages(row: Prescription) -> list[dict[str, Any]]:
    found = select(Message).where(Message.prescription_id == row.id).order_by(Message.id)
    return [
        {
            "at": one.at,
            "from": "you" if one.author_id == row.user_id else "pharmacist",
            "reason": one.reason,
            "text": one.text,
        }
        for one in db.session.scalars(found)
    ]
