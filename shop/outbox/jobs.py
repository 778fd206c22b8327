"""Work of the outbox itself: telling the owner of alarms."""

from datetime import datetime
from typing import Any

from shop.clock import business_date, now
from shop.database import transaction
from shop.outbox import mail, watching
from shop.outbox.chores import periodically
from shop.outbox.kinds import handles
from shop.outbox.rules import Lane
from shop.outbox.service import enqueue
from shop.web import settings

ALARM_KIND = "alarm_mail"


@periodically(seconds=30)
def tell_of_alarms() -> None:
    """Ask for a mail to the owner about each condition that is met: one a day, however often it is met."""
    at = now()
    if not (found := watching.ringing(at)):
        return
    with transaction():
        for one in found:
            key = f"alarm:{one.name}:{business_date(at)}"
            payload = {"name": one.name, "count": one.count, "key": key, "asked_at": at.isoformat()}
            enqueue(ALARM_KIND, key, payload, at=at)


# not the lane of mails: there it would wait behind those it tells of
@handles(ALARM_KIND, lane=Lane.DEFAULT)
def send_alarm(payload: dict[str, Any], at: datetime) -> None:
    """Send one alarm to the owner."""
    pharmacy = settings().pharmacy
    to = mail.Recipient(0, pharmacy.name, settings().alarm_email or pharmacy.email)
    asked_at = datetime.fromisoformat(payload["asked_at"])
    message = mail.compose(
        "alarm",
        to,
        payload["key"],
        asked_at,
        says=watching.sentence(payload["name"]),
        name=payload["name"],
        count=payload["count"],
    )
    mail.deliver(message, payload["key"], asked_at)
