"""Jobs of accounts: sending mails to accounts, forgetting sign-in failures and removed addresses."""

from datetime import datetime
from typing import Any

from flask_security.recoverable import generate_reset_password_token

from shop.accounts import address_book, failures
from shop.accounts.models import User
from shop.accounts.service import RESET_KIND
from shop.database import db, transaction
from shop.outbox import mail
from shop.outbox.kinds import handles


@handles(mail.KIND, lane="mail")
def send_mail(payload: dict[str, Any], at: datetime) -> None:
    """Send one mail. An account closed in the meantime gets none."""
    _send(payload["template"], payload["user_id"], payload["key"], payload["asked_at"], payload["codes"])


@handles(RESET_KIND, lane="mail")
def send_reset_link(payload: dict[str, Any], at: datetime) -> None:
    """Make the link to set a new password and send it: it is in the email and nowhere else."""
    user = db.session.get(User, payload["user_id"])
    if user is None:
        return
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    path = f"/reset-password/{token}"
    _send("password_reset", user.id, payload["key"], payload["asked_at"], {"path": path})


@handles(failures.CLEANING_KIND)
def forget_sign_in_failures(payload: dict[str, Any], at: datetime) -> None:
    """Forget failures that no limit looks at any more."""
    with transaction():
        failures.forget_before(at)


@handles(address_book.FORGETTING_KIND)
def forget_removed_address(payload: dict[str, Any], at: datetime) -> None:
    """Delete an address that was removed and not put back."""
    with transaction():
        address_book.forget(payload["address_id"], at)


def _send(template: str, user_id: int, key: str, asked: str, values: dict[str, Any]) -> None:
    user = db.session.get(User, user_id)
    to = mail.Recipient(user.id, user.name, user.email) if user and user.active else None
    db.session.rollback()  # read, done: what follows may use the network
    if to is None:
        return
    asked_at = datetime.fromisoformat(asked)
    mail.deliver(mail.compose(template, to, key, asked_at, **values), key, asked_at)
