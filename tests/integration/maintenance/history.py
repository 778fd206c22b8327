"""Orders, prescriptions and documents as the store writes them, for tests that look at all of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

from shop.addresses import PostalAddress
from shop.database import transaction
from shop.orders import service as orders
from shop.orders.service import NewLine
from shop.outbox.service import enqueue
from shop.patients import queries as patients
from shop.payments import service as payments
from shop.prescriptions.ledger.quantities import hold_quantity
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.uploads import documents, rendering
from shop.prescriptions.uploads.files import SentFile, keep_files, store_contents
from shop.prescriptions.uploads.opening import AcceptedPage
from shop.stock import holds
from shop.vault.current import current_vault
from tests.factories import MAIL, patient_of

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)
PRICE = Decimal("0.51")
ADDRESS = PostalAddress("Ada Specimen", "1 Example Road", "", "Springfield", "NY", "10001", "US")


def approved_item(user_id: int, variant_id: int, units: int = 100_000) -> int:
    """An approved prescription for so many units; its item's id."""
    with transaction() as session:
        item = PrescriptionItem(
            variant_id=variant_id,
            quantity=units,
            refills=0,
            authorized=units,
            taken=0,
            directions="one in the evening",
        )
        session.add(
            Prescription(
                reference=uuid4().hex[:20],
                user_id=user_id,
                patient_id=patient_of(user_id),
                status="approved",
                submitted_at=AT,
                decided_at=AT,
                decided_by=user_id,
                issued_on=date(2026, 11, 1),
                expires_on=AT.date() + timedelta(days=300),
                patient_name="Ada Specimen",
                items=[item],
            )
        )
        session.flush()
        return item.id


def sell(user_id: int, variant_id: int, item_id: int, at: datetime = AT, units: int = 30) -> str:
    """A placed order that keeps stock and prescription quantity, as checkout writes one; its number."""
    with transaction():
        patient_id = patients.only(user_id)
        line = NewLine(variant_id, "Baclofen tablet 10 mg", "tablet", PRICE, units, True, item_id, patient_id)
        order = orders.create(user_id, [line], ADDRESS, MAIL, "USD", at + timedelta(minutes=35), at)
        for one in order.lines:
            hold_quantity(item_id, one.id, units, at, at.date())
            holds.hold(one.id, variant_id, units, at.date(), at)
        payments.begin(order.id, order.number, order.total_cents, "USD", at)
        orders.place(order.id, at)
        enqueue("mail", f"mail:{order.number}", {"order": order.number}, at=at)
        return order.number


def send_document(user_id: int, at: datetime = AT) -> str:
    """A document of one opened page in the vault, as a draft; its reference."""
    data = b"\x89PNG\r\n\x1a\n" + uuid4().bytes * 5000
    with keep_files([SentFile("scan.png", len(data), BytesIO(data), 0)]) as kept, transaction():
        (document,) = documents.add(user_id, kept, None, at)
        document_id, reference, raw_file_id = document.id, document.reference, document.raw_file_id
    page = AcceptedPage(data, "image/png", 10, 10)
    with store_contents([data]) as file_ids, transaction():
        rendering.accept(document_id, [page], file_ids, at)
    current_vault().delete(raw_file_id)
    return reference
