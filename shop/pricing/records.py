"""Rules and prices as the short texts that the audit record keeps permanently, and what preceded the
latest change, read back from it."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.database import db
from shop.errors import DomainError
from shop.pricing.rules import Breaks, Rule

STORE = "store"


class NothingToPutBack(DomainError):
    """There was no earlier rule or price, or it stands already."""

    code = "nothing_to_put_back"


@dataclass(frozen=True)
class PriceRecord:
    """How a strength was priced: by a rule, or at this price with these breaks."""

    by_rule: bool
    price: Decimal | None
    breaks: Breaks = ()


def rule_text(rule: Rule | None) -> str | None:
    """{"mark_up": "0.35", "fee": "2.4", "breaks": [[90, "5"]]}; None for no rule."""
    if rule is None:
        return None
    fields = {
        "mark_up": _plain(rule.mark_up),
        "fee": _plain(rule.fee),
        "fixed_price": _plain(rule.fixed_price),
        "breaks": breaks_json(rule.breaks),
    }
    return json.dumps({name: value for name, value in fields.items() if value})


def rule_from_text(text: str | None) -> Rule | None:
    """The rule that `rule_text` wrote; None for None. Fields that are missing were empty."""
    if text is None:
        return None
    fields = json.loads(text)
    return Rule(
        _decimal(fields.get("mark_up")),
        Decimal(fields.get("fee", 0)),
        _decimal(fields.get("fixed_price")),
        _breaks(fields.get("breaks", [])),
    )


def price_text(record: PriceRecord) -> str:
    """{"by_rule": 0, "price": "0.51", "breaks": [[90, "0.47"]]}."""
    price, breaks = _plain(record.price), breaks_json(record.breaks)
    return json.dumps({"by_rule": int(record.by_rule), "price": price, "breaks": breaks})


def rule_state(rule: Rule | None) -> dict[str, str | None]:
    """A rule for `seen.digest`."""
    return {"rule": rule_text(rule)}


def price_state(record: PriceRecord) -> dict[str, str]:
    """How a strength is priced, for `seen.digest`."""
    return {"price": price_text(record)}


def price_from_text(text: str) -> PriceRecord:
    fields = json.loads(text)
    return PriceRecord(bool(fields["by_rule"]), _decimal(fields["price"]), _breaks(fields["breaks"]))


def breaks_json(breaks: Breaks) -> list[list[Any]]:
    """As the columns of tables hold them: [[90, "0.47"]]."""
    return [[units, _plain(value)] for units, value in breaks]


def _breaks(listed: list[list[Any]]) -> Breaks:
    return tuple((int(units), Decimal(value)) for units, value in listed)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


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
        .where(AuditRecord.event.in_([name for event in events for name in event.names]))
        .where(AuditRecord.subject_type == kind, AuditRecord.subject_id == str(subject_id))
        .order_by(AuditRecord.id.desc())
        .limit(1)
    )
