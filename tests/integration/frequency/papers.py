"""Decisions about a prescription: who claims it, what is decided, when its files are settled."""

from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from sqlalchemy import func, select

from shop.database import db
from shop.outbox.models import Job
from shop.prescriptions.document_models import DocumentPage, PrescriptionDocument
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.uploads import rendering
from shop.prescriptions.uploads.opening import AcceptedPage
from shop.prescriptions.uploads.refusals import FileDamaged
from tests.factories import in_transaction
from tests.integration.frequency.decision import Decision, KnownAlready, assert_said
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.test_goods_and_people import (
    Waiting,
    approve_it,
    claim,
    refuse_it,
    waiting,
    withdraw_it,
)
from tests.integration.prescriptions.conftest import AT

# --- A prescription and its pharmacists ---


def queue(count: int) -> list[Waiting]:
    with in_transaction():
        return [waiting() for _ in range(count)]


def claim_first(made: Waiting) -> None:
    claim(made, 0)


def claim_second(made: Waiting) -> None:
    claim(made, 1)


def claimed_once(made: Waiting, said: list[str]) -> None:
    first, second, withdrawn = said
    prescription = _prescription(made)
    assert withdrawn == "done", said
    assert prescription.status == "withdrawn"
    assert (first, second).count("done") <= 1, said
    assert {first, second} <= {"done", "TakenByAnother", "AlreadyDecided"}, said


def decided_once(made: Waiting, said: list[str]) -> None:
    assert_said(said, 1, "AlreadyDecided")
    prescription = _prescription(made)
    assert prescription.status == ("approved", "refused", "withdrawn")[said.index("done")]
    items = select(func.count()).where(PrescriptionItem.prescription_id == prescription.id)
    assert db.session.scalar(items) == (prescription.status == "approved")


def _prescription(made: Waiting) -> Prescription:
    return db.session.scalars(select(Prescription).where(Prescription.reference == made.reference)).one()


# --- Its files ---


@dataclass(frozen=True)
class Sent:
    """A prescription whose files are being opened."""

    reference: str
    documents: tuple[int, ...]


def sent(files: int, count: int) -> list[Sent]:
    with in_transaction():
        user_id = orders.person("customer")
        return [_sent(user_id, files) for _ in range(count)]


def _sent(user_id: int, files: int) -> Sent:
    reference = uuid4().hex
    documents = [
        PrescriptionDocument(
            reference=uuid4().hex,
            user_id=user_id,
            filename="scan.png",
            size_bytes=9,
            uploaded_at=AT,
            raw_file_id=uuid4().hex,
        )
        for _ in range(files)
    ]
    for document in documents:
        document.state = "processing"
    row = Prescription(reference=reference, user_id=user_id, status="waiting", submitted_at=AT)
    row.documents = documents
    db.session.add(row)
    db.session.flush()
    return Sent(reference, tuple(document.id for document in documents))


def open_first(made: Sent, place: int = 0) -> None:
    page = AcceptedPage(b"", "image/png", 60, 80)
    if not rendering.accept(made.documents[place], [page], [uuid4().hex], AT):
        raise KnownAlready


def open_second(made: Sent) -> None:
    open_first(made, 1)


def open_third(made: Sent) -> None:
    open_first(made, 2)


def refuse_first(made: Sent) -> None:
    rendering.refuse(made.documents[0], FileDamaged(), AT)


def opened_once(made: Sent, said: list[str]) -> None:
    document = db.session.get_one(PrescriptionDocument, made.documents[0])
    pages = db.session.scalar(select(func.count()).where(DocumentPage.document_id == document.id))
    assert said[:2].count("done") == pages == (document.state == "ready"), said
    assert _mails(made) == 1


def queued_once(made: Sent, said: list[str]) -> None:
    assert_said(said, 3, "")
    assert _mails(made) == 1, "the customer was never told that it is in the queue, or twice"


def _mails(made: Sent) -> int:
    mine = Job.sequence == f"prescription:{made.reference}"
    return db.session.scalar(select(func.count(Job.id)).where(Job.kind == "mail", mine)) or 0


DECISIONS = [
    Decision("a prescription is claimed", queue, (claim_first, claim_second, withdraw_it), claimed_once),
    Decision("it is decided", queue, (approve_it, refuse_it, withdraw_it), decided_once),
    Decision("a file is opened", partial(sent, 1), (open_first, open_first, refuse_first), opened_once),
    Decision(
        "the last files are opened", partial(sent, 3), (open_first, open_second, open_third), queued_once
    ),
]
