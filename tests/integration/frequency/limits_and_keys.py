"""What is counted up to a limit, and what is there once: sign-ins, uploads, webhook events, jobs."""

from uuid import uuid4

from sqlalchemy import func, select

from shop.accounts import failures
from shop.accounts.models import SignInFailure
from shop.accounts.rules import MOST_FAILURES_OF_EMAIL
from shop.clock import now
from shop.database import db
from shop.outbox.models import Job
from shop.outbox.service import enqueue
from shop.payments import service as payments
from shop.payments.models import WebhookEvent
from shop.prescriptions.document_models import UploadUse
from shop.prescriptions.uploads import budget
from tests.factories import in_transaction
from tests.integration.frequency.decision import Decision, KnownAlready, assert_said
from tests.integration.interleaving import bought as orders


def one_try_left(count: int) -> list[str]:
    emails = [f"{uuid4().hex}@demo.example" for _ in range(count)]
    with in_transaction():
        for email in emails * (MOST_FAILURES_OF_EMAIL - 1):
            failures.note(email, email[:32], now())
    return emails


def guess(email: str) -> None:
    failures.begin(email, email[:32], now())


def guessed_once(email: str, said: list[str]) -> None:
    assert_said(said, 1, "TooManyTries")
    counted = select(func.count(SignInFailure.id)).where(SignInFailure.email == email)
    assert db.session.scalar(counted) == MOST_FAILURES_OF_EMAIL


def one_file_left(count: int) -> list[int]:
    with in_transaction():
        people = [orders.person("customer") for _ in range(count)]
        for user_id in people:
            budget.charge(user_id, [(1, False)] * (budget.limits()[0].files - 1), now())
    return people


def send_file(user_id: int) -> None:
    budget.charge(user_id, [(1, False)], now())


def sent_once(user_id: int, said: list[str]) -> None:
    assert_said(said, 1, "OverBudget")
    used = select(func.count(UploadUse.id)).where(UploadUse.user_id == user_id)
    assert db.session.scalar(used) == budget.limits()[0].files


def new_keys(count: int) -> list[str]:
    return [uuid4().hex for _ in range(count)]


def note_event(key: str) -> None:
    if not payments.note_event(f"evt_{key}", "checkout.session.completed", now()):
        raise KnownAlready


def noted_once(key: str, said: list[str]) -> None:
    assert_said(said, 1, "KnownAlready")
    noted = select(func.count(WebhookEvent.id)).where(WebhookEvent.event_id == f"evt_{key}")
    assert db.session.scalar(noted) == 1


def ask(key: str) -> None:
    enqueue("forget_old_basket", key, {"basket_id": 0}, at=now())


def asked_once(key: str, said: list[str]) -> None:
    assert_said(said, 3, "")
    assert db.session.scalar(select(func.count(Job.id)).where(Job.key == key)) == 1


DECISIONS = [
    Decision("a sign-in is tried", one_try_left, (guess,) * 3, guessed_once),
    Decision("a file is charged", one_file_left, (send_file,) * 3, sent_once),
    Decision("an event is new", new_keys, (note_event,) * 3, noted_once),
    Decision("a job is asked for", new_keys, (ask,) * 3, asked_once),
]
