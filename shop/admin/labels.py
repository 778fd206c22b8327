"""Labels for codes of other rooms: lots, orders, jobs, sales, what a listing would change and did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from shop.catalogue.queries import VariantFacts
from shop.listing.finding import ProductRow
from shop.listing.rules import REFUSALS, ListingFacts, ListingRefusal, listing_refusal
from shop.listing.service import Outcome
from shop.orders.promise import Due
from shop.orders.queue import Queue
from shop.orders.states import CancelReason, RefundReason, ReturnReason
from shop.outbox.failures import FailingJob
from shop.safety.sale import SaleRefusal
from shop.stock.inventory import LotRow
from shop.stock.rules import Correction, LiftReason, LotState, Move, Reason, lot_state

SOON_DAYS = 90
PRESSING_DAYS = 30

REASONS = {
    Reason.RECALL_1: "Recall, class I",
    Reason.RECALL_2: "Recall, class II",
    Reason.RECALL_3: "Recall, class III",
    Reason.DAMAGED: "Package damaged",
    Reason.TEMPERATURE: "Temperature excursion",
    Reason.DOUBTFUL: "Origin uncertain",
    Reason.COUNT: "Count discrepancy",
}
LIFT_REASONS = {
    LiftReason.EXAMINED: "Inspected: no defect found",
    LiftReason.RECALL_ENDED: "The recall has ended, or does not cover this lot",
    LiftReason.MISTAKE: "Quarantined by mistake",
}
CORRECTIONS = {
    Correction.RECEIVED_FEWER: "Receiving error: fewer units received",
    Correction.RECEIVED_MORE: "Receiving error: more units received",
    Correction.BROKEN: "Damaged, destroyed",
    Correction.EXPIRED: "Expired, destroyed",
    Correction.RECALLED: "Recalled, destroyed",
    Correction.LOST: "Missing",
    Correction.FOUND: "Found",
    Correction.SUPPLIER: "Returned to supplier",
}
MOVES = {Move.OUT: "Moved to another lot", Move.IN: "Moved here from another lot"}
CANCEL_REASONS = {
    CancelReason.MUST_NOT_SHIP: "It must not ship",
    CancelReason.OUT_OF_STOCK: "Out of stock",
    CancelReason.NOT_DELIVERABLE: "Address can’t be delivered to",
    CancelReason.CUSTOMER_ASKED: "The customer asked",
    CancelReason.PAYMENT_DOUBTFUL: "Payment looks fraudulent",
    CancelReason.OTHER: "Other (explain in the note)",
}
REFUND_REASONS = {
    RefundReason.DAMAGED: "Arrived damaged",
    RefundReason.LOST_IN_MAIL: "Lost in the mail",
    RefundReason.LATE: "Arrived too late",
    RefundReason.WRONG_ITEM: "Wrong item sent",
    RefundReason.RECALLED: "Recalled",
    RefundReason.RETURNED: "Returned",
    RefundReason.GOODWILL: "Goodwill",
    RefundReason.OTHER: "Other (explain in the note)",
}
REFUNDED_BECAUSE = REFUND_REASONS | {
    RefundReason.LINE_REMOVED: "An item was removed, or delivery became cheaper, before shipping"
}
RETURN_REASONS = {
    ReturnReason.DAMAGED: "Arrived damaged",
    ReturnReason.WRONG_ITEM: "Wrong item sent",
    ReturnReason.RECALLED: "Recalled",
    ReturnReason.UNDELIVERABLE: "Undeliverable, sent back by the carrier",
    ReturnReason.UNWANTED: "The customer no longer wants it",
    ReturnReason.OTHER: "Other (explain in the note)",
}
SALE = {
    SaleRefusal.NOT_LISTED: "Not listed",
    SaleRefusal.NO_PRICE: "No price",
    SaleRefusal.OTHER_MARKET: "Not marketed here",
    SaleRefusal.NOT_BY_MAIL: "Not by mail",
    SaleRefusal.STRENGTH_TO_CHECK: "Implausible strength: check it, then set a price",
}
TRAYS = {
    Queue.PACK: "To pack",
    Queue.PACKED: "Packed",
    Queue.UNPAID: "Awaiting payment",
    Queue.SHIPPED: "Shipped",
    Queue.ENDED: "Canceled or expired",
}


@dataclass(frozen=True)
class Tag:
    """A few words on a row; `kind` "stop" is red, "warn" amber, "" plain; `code` names what they say."""

    words: str
    kind: str = ""
    code: str = ""


DUE = {
    Due.LATE: Tag("Late", "stop"),
    Due.WILL_BE_LATE: Tag("Will be late", "warn"),
    Due.TODAY: Tag("Ship today", "warn"),
}


def lot_tag(lot: LotRow, today: date) -> Tag:
    """What to do with a lot, in words."""
    match lot_state(lot.status, lot.on_hand, lot.expires_on, today, SOON_DAYS):
        case LotState.EMPTY:
            return Tag("Empty")
        case LotState.QUARANTINED:
            return Tag(f"Quarantined: {quarantine_reason(lot.status_reason)}", "stop")
        case LotState.EXPIRED:
            return Tag("Expired", "stop")
        case LotState.SOON:
            days = (lot.expires_on - today).days
            return Tag(_in_days(days), "stop" if days <= PRESSING_DAYS else "warn")
    return Tag("Available")


def quarantine_reason(code: str) -> str:
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


def hindrances(facts: ListingFacts) -> list[Tag]:
    """Everything about a product that keeps it, or a strength of it, from being sold."""
    final = {"Controlled": facts.controlled, "Withdrawn": facts.withdrawn, "No strength": not facts.strengths}
    tags = [Tag(words, "stop") for words, holds in final.items() if holds]
    if facts.strengths and not facts.stated:
        tags.append(Tag("Strength not stated", "warn"))
    if facts.doubted:
        tags.append(
            Tag(f"{facts.doubted} implausible {'strength' if facts.doubted == 1 else 'strengths'}", "warn")
        )
    if facts.not_by_mail:
        tags.append(Tag("Not by mail", "warn"))
    if facts.strengths and not facts.priced:
        tags.append(Tag("No price", "warn"))
    elif facts.priced < facts.strengths:
        tags.append(Tag(f"{facts.strengths - facts.priced} without a price"))
    return tags


def consequence(row: ProductRow, listed: bool) -> Tag:
    """What putting it on sale, or taking it off, would change."""
    if not listed:
        return Tag("Goes off sale", code="off") if row.listed_at else Tag("Already off sale", code="already")
    refusal = listing_refusal(row.facts)
    if refusal:
        return Tag(f"Stays off sale: {_lower(REFUSALS[refusal])}", "stop", refusal)
    if row.listed_at:
        return Tag("Already on sale", code="already")
    if row.facts.not_by_mail:
        return Tag("Shown but not sold: not mailable", "warn", "not_by_mail")
    if row.facts.doubted:
        return Tag("Goes on sale, except implausible strengths", "warn", "strength_to_check")
    if not row.facts.priced:
        return Tag("Shown but not sold: no price", "warn", "no_price")
    return Tag("Goes on sale", code="on")


def listing_message(outcome: Outcome, listed: bool) -> str:
    """What became of the products chosen, in sentences for the next page."""
    state = "on sale" if listed else "off sale"
    count = len(outcome.changed)
    sentences = [f"{_products(count)} now {state}." if count else "Nothing changed."]
    if outcome.already:
        sentences.append(f"{_products(outcome.already)} already {state}.")
    if outcome.refused:
        reasons = ", ".join(f"{number} {_reason(reason)}" for reason, number in outcome.reasons())
        sentences.append(f"Not put on sale: {reasons}.")
    return " ".join(sentences)


def _products(count: int) -> str:
    return "1 product is" if count == 1 else f"{count:,} products are"


def _reason(reason: ListingRefusal) -> str:
    return {
        ListingRefusal.CONTROLLED: "with a controlled substance",
        ListingRefusal.UNDECIDED: "that may be controlled",
        ListingRefusal.NO_STORAGE_FACT: "without a storage fact on record",
        ListingRefusal.NOT_BY_MAIL: "on the not-by-mail list",
        ListingRefusal.NOT_BY_CLASS: "in a class that is not sent by mail",
        ListingRefusal.NOT_OVER_THE_COUNTER: "over the counter, though sold only on prescription",
        ListingRefusal.WITHDRAWN: "withdrawn from the directory",
        ListingRefusal.NO_STRENGTH: "without any strength",
    }[reason]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
