"""Jobs of accounts: sending mails to accounts, forgetting sign-in failures and removed addresses."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask_security.recoverable import generate_reset_password_token

from shop.accounts import address_book, deletion, email_change, failures, guest_links, guests, mail_choices
from shop.accounts.models import User
from shop.accounts.service import KEEP_KIND, RESET_KIND
from shop.database import db, transaction
from shop.outbox import mail
from shop.outbox.kinds import handles


@handles(mail.KIND, lane="mail")
def send_mail(payload: dict[str, Any], at: datetime) -> None:
    """Send one mail. An account closed in the meantime gets none, nor one that chose not to get it."""
    if mail_choices.is_muted(payload["user_id"], payload["template"]):
        db.session.rollback()
        return
    _send(payload["template"], payload["user_id"], payload["key"], payload["asked_at"], payload["codes"])


@handles(RESET_KIND, lane="mail")
def send_reset_link(payload: dict[str, Any], at: datetime) -> None:
    """Make the link to set a new password and send it: it is in the email and nowhere else."""
    user = db.session.get(User, payload["user_id"])
    if user is None or user.is_guest:
        return
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    path = f"/reset-password/{token}"
    _send("password_reset", user.id, payload["key"], payload["asked_at"], {"path": path})


@handles(email_change.CONFIRM_KIND, lane="mail")
def send_confirm_link(payload: dict[str, Any], at: datetime) -> None:
    """Make the link that confirms a new email, and send it there; it is in the email and nowhere else."""
    user = db.session.get(User, payload["user_id"])
    if user is None or not user.email_wanted:  # taken back
        return
    path = f"/account/email/confirm/{email_change.token_for(user)}"
    key, asked_at, to = payload["key"], payload["asked_at"], user.email_wanted
    _send("email_confirm", user.id, key, asked_at, {"path": path}, to=to)


@handles(email_change.CHANGED_KIND, lane="mail")
def tell_former_email(payload: dict[str, Any], at: datetime) -> None:
    """Tell the address that an account had until now."""
    key, asked_at = payload["key"], payload["asked_at"]
    _send("email_changed", payload["user_id"], key, asked_at, {}, to=payload["to"])


@handles(guests.CORRECTED_KIND, lane="mail")
def tell_mistyped_email(payload: dict[str, Any], at: datetime) -> None:
    """Tell the address that a guest's mails went to until now: no name, no link, not where they go now."""
    key, asked_at = payload["key"], datetime.fromisoformat(payload["asked_at"])
    to = mail.Recipient(payload["user_id"], "", payload["to"], is_guest=True)
    message = mail.compose("order_email_changed", to, key, asked_at, order=payload["number"])
    with suppress(mail.RecipientRefused):  # mistyped: there may be no such mailbox, and nobody to tell
        mail.deliver(message, key, asked_at)


@handles(KEEP_KIND, lane="mail")
def send_keep_link(payload: dict[str, Any], at: datetime) -> None:
    """Make the link that keeps a guest's order in an account, and send it; it is in the email only."""
    user = db.session.get(User, payload["user_id"])
    if user is None or not user.is_guest:  # kept, or deleted, meanwhile
        return
    path = guest_links.keep_path(user, payload["number"])
    codes = {"path": path, "number": payload["number"]}
    _send("guest_keep", user.id, payload["key"], payload["asked_at"], codes)


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


@handles(deletion.KIND)
def erase_account(payload: dict[str, Any], at: datetime) -> None:
    """Delete an account whose grace period is over, unless its owner signed in meanwhile."""
    with transaction():
        deletion.erase(payload["user_id"], payload["due_at"], at)


def _send(
    template: str, user_id: int, key: str, asked: str, values: dict[str, Any], to: str | None = None
) -> None:
    """`to` is another address than the account's own. A mail about an order leads to its page."""
    user = db.session.get(User, user_id)
    whom = None
    if user and user.active:
        whom = mail.Recipient(user.id, user.name, to or user.reached_at, user.is_guest)
        if number := values.get("number"):
            path = guest_links.order_path(user, number) if user.is_guest else f"/orders/{number}"
            values = values | {"order_path": path}
    db.session.rollback()  # read, done: what follows may use the network
    if whom is None:
        return
    asked_at = datetime.fromisoformat(asked)
    mail.deliver(mail.compose(template, whom, key, asked_at, **values), key, asked_at)
