"""Reading from the audit record what stood before the latest change of a rule or a price."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db
from shop.pricing.records import PriceRecord, price_from_text, rule_from_text

STORE = "store"


@dataclass(frozen=True)
class Before:
    """What stood before the latest change, and who made that when. `value` None: there was nothing."""

    at: datetime
    actor_id: int | None
    value: Any


def rule_before(product_id: int | None) -> Before | None:
    """The rule that the latest change replaced; None where none was ever changed."""
    subject = STORE if product_id is None else product_id
    row = _latest((Event.PRICE_RULE_SET, Event.PRICE_RULE_REMOVED), "price_rule", subject)
    return Before(row.at, row.actor_id, rule_from_text(row.detail["before"])) if row else None


def price_before(variant_id: int) -> Before | None:
    """How a strength was priced before the latest decision about it by name; None: there was none."""
    row = _latest((Event.VARIANT_PRICE_SET, Event.VARIANT_PRICED_BY_RULE), "variant", variant_id)
    if row is None:
        return None
    record: PriceRecord = price_from_text(row.detail["before"])
    return Before(row.at, row.actor_id, record)


def _latest(events: tuple[Event, ...], kind: str, subject_id: int | str) -> AuditRecord | None:
    return db.session.scalar(
        select(AuditRecord)
        .where(AuditRecord.event.in_([event.value for event in events]))
        .where(AuditRecord.subject_type == kind, AuditRecord.subject_id == str(subject_id))
        .order_by(AuditRecord.id.desc())
        .limit(1)
    )
