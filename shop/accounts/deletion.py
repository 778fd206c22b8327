"""Deleting an account: asked for, canceled by signing in, done by a job when the grace period is over.

What the law keeps stays (`dependents.erases_account` says so in each room), the rest goes. The account's row
stays without anything of the person: records name it. Flushes, never commits.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, select

from shop.accounts import dependents
from shop.accounts.email_change import CHANGED_KIND
from shop.accounts.errors import AccountNeeded
from shop.accounts.models import AccountDeletion, Address, MutedMail, SignInFailure, User
from shop.accounts.queries import lock
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import business_date
from shop.database import db
from shop.outbox.mail import enqueue_mail
from shop.outbox.service import enqueue, forget_keys

GRACE = timedelta(days=30)
"""So long an account that is to be deleted can be had back (store policy)."""
AGAIN_AFTER = timedelta(days=1)
KIND = "erase_account"
ERASED_NAME = "Deleted account"


def ask(user_id: int, at: datetime) -> datetime:
    """Delete the account at the end of GRACE; when that is. It is signed out everywhere.

    Raises AccountNeeded while something open depends on it.
    """
    user = lock(user_id)
    if reasons := dependents.what_keeps(user_id, at):
        raise AccountNeeded(reasons)
    user.fs_uniquifier, user.email_wanted = uuid4().hex, None
    due_at = plan(user_id, at)
    record(Event.ACCOUNT_DELETION_ASKED, at=at, subject=("user", user_id), actor_id=user_id)
    key = f"deletion_asked:{user_id}:{at.isoformat()}"
    enqueue_mail("deletion_asked", user_id, key, at, until=business_date(due_at).isoformat())
    return due_at


def plan(user_id: int, at: datetime) -> datetime:
    """Let the job delete it at the end of GRACE; when that is. A guest is deleted without being asked."""
    deletion = db.session.get(AccountDeletion, user_id) or AccountDeletion(user_id=user_id)
    deletion.requested_at, deletion.due_at = at, at + GRACE
    db.session.add(deletion)
    db.session.flush()
    _enqueue(deletion, at)
    return deletion.due_at


def forget_plan(user_id: int) -> None:
    """It is kept: a guest that became an account."""
    db.session.execute(delete(AccountDeletion).where(AccountDeletion.user_id == user_id))


def cancel(user_id: int, at: datetime) -> bool:
    """Whoever signs in keeps the account. False where nobody asked for its deletion."""
    waiting = AccountDeletion.user_id == user_id, AccountDeletion.done_at.is_(None)
    deletion = db.session.scalar(select(AccountDeletion).where(*waiting).with_for_update())
    if deletion is None:
        return False
    db.session.delete(deletion)
    db.session.flush()
    record(Event.ACCOUNT_DELETION_CANCELED, at=at, subject=("user", user_id), actor_id=user_id)
    return True


def erase(user_id: int, due_at: str, at: datetime) -> bool:
    """Do it, where it is still wanted and due. Where something opened meanwhile, look again a day later."""
    user = lock(user_id)
    deletion = db.session.get(AccountDeletion, user_id, populate_existing=True, with_for_update=True)
    if deletion is None or deletion.done_at is not None or deletion.due_at.isoformat() != due_at:
        return False  # canceled, or asked for anew
    if deletion.due_at > at:
        return False
    if dependents.what_keeps(user_id, at):
        deletion.due_at = at + AGAIN_AFTER
        db.session.flush()
        _enqueue(deletion, at)
        return False
    _erase(user, deletion, at)
    return True


def erase_now(user_id: int, at: datetime) -> None:
    """Do it without waiting: of a guest whose order an account has taken."""
    user = lock(user_id)
    _erase(user, db.session.get_one(AccountDeletion, user_id, with_for_update=True), at)


def _erase(user: User, deletion: AccountDeletion, at: datetime) -> None:
    dependents.erase_all(user.id, at)
    deletion.done_at = at
    _forget(user)
    record(Event.ACCOUNT_ERASED, at=at, subject=("user", user.id))


def _forget(user: User) -> None:
    for table in (Address, MutedMail):
        db.session.execute(delete(table).where(table.user_id == user.id))
    db.session.execute(delete(SignInFailure).where(SignInFailure.email == user.email))
    forget_keys(f"{CHANGED_KIND}:{user.id}:")  # they hold a former address
    user.name, user.email, user.email_wanted = ERASED_NAME, f"deleted-{user.id}@deleted.invalid", None
    user.password, user.guest_email, user.active, user.fs_uniquifier = None, None, False, uuid4().hex
    db.session.flush()


def _enqueue(deletion: AccountDeletion, at: datetime) -> None:
    due = deletion.due_at.isoformat()
    payload = {"user_id": deletion.user_id, "due_at": due}
    enqueue(KIND, f"{KIND}:{deletion.user_id}:{due}", payload, at=at, run_after=deletion.due_at)
