"""Failed sign-ins: kept in a table, so that the limit holds across all processes, and for an hour at most."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from shop.accounts.errors import TooManyTries
from shop.accounts.models import SignInFailure
from shop.accounts.rules import (
    FAILURE_WINDOW,
    MOST_FAILURES_OF_EMAIL,
    MOST_FAILURES_OF_ORIGIN,
    wait_before_sign_in,
)
from shop.database import db, lock_name
from shop.outbox.service import enqueue

CLEANING_KIND = "forget_sign_in_failures"
CLEANED_EVERY = timedelta(hours=1)


def begin(email: str, origin: str, at: datetime) -> int:
    """Count an attempt as failed, or raise TooManyTries; returns what `undo` takes. `email` may be "".

    Until the transaction ends nobody else counts failures of this email or origin.
    """
    for name in sorted({f"sign_in:origin:{origin}", f"sign_in:email:{email}"} - {"sign_in:email:"}):
        lock_name(name)
    of_email = _newest(SignInFailure.email, email, MOST_FAILURES_OF_EMAIL, at) if email else []
    of_origin = _newest(SignInFailure.origin, origin, MOST_FAILURES_OF_ORIGIN, at)
    if wait := wait_before_sign_in(of_email, of_origin, at):
        raise TooManyTries(wait)
    return note(email, origin, at)


def note(email: str, origin: str, at: datetime) -> int:
    """Remember a failure, and ask once an hour that the old ones be forgotten. Returns what `undo` takes."""
    failure = SignInFailure(email=email[:254], origin=origin, at=at)
    db.session.add(failure)
    db.session.flush()
    enqueue(CLEANING_KIND, f"{CLEANING_KIND}:{at:%Y-%m-%dT%H}", {}, at=at, run_after=at + CLEANED_EVERY)
    return failure.id


def undo(failure_id: int) -> None:
    """It was no failure after all."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.id == failure_id))


def forgive(email: str) -> None:
    """Forget the failures of an email whose owner has just set a new password."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.email == email))


def forget_before(at: datetime) -> None:
    """Forget failures that no limit looks at any more."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < at - FAILURE_WINDOW))


def _newest(column: InstrumentedAttribute[str], value: str, most: int, at: datetime) -> list[datetime]:
    found = (
        select(SignInFailure.at)
        .where(column == value, SignInFailure.at > at - FAILURE_WINDOW)
        .order_by(SignInFailure.at.desc())
        .limit(most)
    )
    return list(db.session.scalars(found))
