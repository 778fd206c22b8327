"""Jobs of accounts: sending a mail to an account."""

from datetime import datetime
from typing import Any

from shop.accounts import queries
from shop.database import db
from shop.outbox import mail
from shop.outbox.worker import handles


def _recipient(user_id: int) -> mail.Recipient | None:
    person = queries.person(user_id)
    db.session.rollback()  # read, done: what follows may use the network
    if person is None or not person.active:
        return None
    return mail.Recipient(person.id, person.name, person.email)


@handles(mail.KIND)
def send_mail(payload: dict[str, Any], at: datetime) -> None:
    """Send one mail. An account closed in the meantime gets none."""
    to = _recipient(payload["user_id"])
    if to is None:
        return
    asked_at = datetime.fromisoformat(payload["asked_at"])
    message = mail.compose(payload["template"], to, payload["key"], asked_at, **payload["codes"])
    mail.deliver(message, payload["key"], asked_at)
