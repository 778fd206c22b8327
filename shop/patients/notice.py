"""The Notice of Privacy Practices: which edition is in force, and that an account acknowledged it, once each.

A pharmacy gives its notice at the latest with the first service and asks that its receipt be acknowledged
(45 CFR 164.520(c)(2)). Here: before the first prescription, the first health answers and the first order on
prescription, whichever comes first. A new edition asks again.
"""

from datetime import date, datetime

from sqlalchemy import select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, lock_name
from shop.errors import DomainError
from shop.patients.models import NoticeAcknowledgment
from shop.web import settings

SHIPPED = date(2026, 11, 29)
"""The edition that comes with this software: a draft that a pharmacy reviews before it uses it."""
ADDRESS = "/notice-of-privacy-practices"


class NoticeNotAcknowledged(DomainError):
    """Health data come only from somebody who was given the notice in force."""

    status = 422
    code = "notice_not_acknowledged"

    def __init__(self) -> None:
        super().__init__(
            "Please read our Notice of Privacy Practices first.",
            "Check the box that says you’ve received it. If you don’t want to, call us.",
        )


def edition() -> date:
    """The day from which the notice in force applies; its name, too."""
    return settings().privacy_notice_edition


def acknowledged_at(user_id: int) -> datetime | None:
    """When an account acknowledged the edition in force; None where it has not."""
    return db.session.scalar(
        select(NoticeAcknowledgment.at).where(
            NoticeAcknowledgment.user_id == user_id, NoticeAcknowledgment.edition == edition().isoformat()
        )
    )


def acknowledge(user_id: int, at: datetime) -> None:
    """Keep that the account acknowledged the edition in force; the first time counts. Flushes."""
    lock_name(f"notice of {user_id}")  # two forms at once
    if acknowledged_at(user_id) is not None:
        return
    name = edition().isoformat()
    db.session.add(NoticeAcknowledgment(user_id=user_id, edition=name, at=at))
    db.session.flush()
    audit.record(Event.NOTICE_ACKNOWLEDGED, at=at, subject=("user", user_id), actor_id=user_id, edition=name)


def require(user_id: int, said: bool, at: datetime) -> None:
    """Keep what was `said` with a form, or raise NoticeNotAcknowledged where nobody ever said it."""
    if said:
        acknowledge(user_id, at)
    elif acknowledged_at(user_id) is None:
        raise NoticeNotAcknowledged
