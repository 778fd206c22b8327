"""A customer's browser that sends files, and what is said of them afterwards."""

import io
import re
from typing import Any

from sqlalchemy import func, select

from shop.database import db
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.models import Prescription
from tests.csrf import csrf_token

NOTE = "Second page has the date"
ADA = {"patient_name": "Ada Specimen", "patient_birth_date": "1971-03-02", "notice": "y"}


def token(page: Any) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def post(client, address="/prescriptions", files=(), **fields):
    """Press the button of a form with files, given as (bytes, name)."""
    usual = {"note": NOTE, "confirmed": "y"} | ADA
    fields = {"csrf_token": csrf_token(client)} | usual | fields
    sent = [(io.BytesIO(data), name) for data, name in files]
    return client.post(address, data=fields | {"documents": sent}, content_type="multipart/form-data")


def count(kind: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind))


def states() -> list[tuple[str, str | None]]:
    """State and refusal of every file, oldest first."""
    db.session.rollback()
    rows = select(PrescriptionDocument).order_by(PrescriptionDocument.id)
    return [(row.state, row.refusal) for row in db.session.scalars(rows)]


def only_prescription() -> Prescription:
    db.session.rollback()
    return db.session.scalars(select(Prescription)).one()
