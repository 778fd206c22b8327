"""The desk's words for codes of other rooms, and how its figures are drawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from shop.catalogue.queries import VariantFacts
from shop.orders.queue import Queue
from shop.outbox.failures import FailingJob
from shop.safety.sale import SaleRefusal
from shop.stock.inventory import LotRow
from shop.stock.rules import LiftReason, LotState, Reason, lot_state

SOON_DAYS = 90
PRESSING_DAYS = 30

REASONS = {
    Reason.RECALL_1: "Recall, class I",
    Reason.RECALL_2: "Recall, class II",
    Reason.RECALL_3: "Recall, class III",
    Reason.DAMAGED: "Package damaged",
    Reason.TEMPERATURE: "Kept too warm or too cold",
    Reason.DOUBTFUL: "Origin in doubt",
    Reason.COUNT: "Count differs",
}
LIFT_REASONS = {
    LiftReason.EXAMINED: "Examined and sound",
    LiftReason.RECALL_ENDED: "The recall has ended, or does not cover this lot",
    LiftReason.MISTAKE: "Put aside by mistake",
}
SALE = {
    SaleRefusal.NOT_LISTED: "Not listed",
    SaleRefusal.NO_PRICE: "No price",
    SaleRefusal.OTHER_MARKET: "Not registered here",
    SaleRefusal.NOT_BY_MAIL: "Not by mail",
    SaleRefusal.STRENGTH_TO_CHECK: "To check, then price by hand",
}
TRAYS = {
    Queue.PACK: "To pack",
    Queue.UNPAID: "Awaiting payment",
    Queue.SHIPPED: "Shipped",
    Queue.ENDED: "Canceled or expired",
}


@dataclass(frozen=True)
class Tag:
    """A few words on a row; `kind` "stop" is red, "warn" amber, "" plain."""

    words: str
    kind: str = ""


def lot_tag(lot: LotRow, today: date) -> Tag:
    """What to do with a lot, in words."""
    match lot_state(lot.status, lot.on_hand, lot.expires_on, today, SOON_DAYS):
        case LotState.EMPTY:
            return Tag("Empty")
        case LotState.QUARANTINED:
            return Tag(f"Put aside: {aside_reason(lot.status_reason)}", "stop")
        case LotState.EXPIRED:
            return Tag("Expired", "stop")
        case LotState.SOON:
            days = (lot.expires_on - today).days
            return Tag(_in_days(days), "stop" if days <= PRESSING_DAYS else "warn")
    return Tag("Pick")


def aside_reason(code: str) -> str:
    """The words of a reason within a sentence."""
    words = REASONS.get(Reason(code)) if code in list(Reason) else None
    return f"{words[:1].lower()}{words[1:]}" if words else "no reason given"


def cover_tag(days: int | None) -> Tag:
    """How long something lasts; `days` 0 means none left."""
    if not days:
        return Tag("none left", "stop")
    return Tag(f"{days} {'day' if days == 1 else 'days'} left", "stop" if days <= 7 else "warn")


def job_tag(job: FailingJob) -> Tag:
    return Tag("Given up", "stop") if job.given_up else Tag("Retried automatically", "warn")


def _in_days(days: int) -> str:
    return {0: "Expires today", 1: "Expires tomorrow"}.get(days, f"Expires in {days} days")


def by_name(found: Iterable[VariantFacts]) -> list[VariantFacts]:
    """By medicine, and within it by strength: 5 mg before 10 mg."""
    return sorted(found, key=lambda one: (one.product_name.lower(), one.form, _amount(one.strength), one.id))


def whole_cents(value: Decimal) -> int:
    """A value in the currency's units as cents, rounded half up, for showing."""
    return int((value * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _amount(strength: str) -> float:
    number = "".join(c for c in strength.split(maxsplit=1)[0] if c.isdigit() or c == ".") if strength else ""
    try:
        return float(number)
    except ValueError:
        return 0.0
