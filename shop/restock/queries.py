"""Reading who waits for what, and which of it is back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.database import db
from shop.restock.models import StockNotice
from shop.safety.sale import sale_refusal
from shop.stock import queries as stock
from shop.stock.rules import outlasts


@dataclass(frozen=True)
class Notice:
    """A strength an account asked about; `notified_at` is when it was told, None while it waits."""

    variant: VariantFacts
    requested_at: datetime
    notified_at: datetime | None


def of_account(user_id: int) -> list[Notice]:
    """What it asked about, the latest first."""
    rows = db.session.scalars(
        select(StockNotice)
        .where(StockNotice.user_id == user_id)
        .order_by(StockNotice.requested_at.desc(), StockNotice.variant_id)
    ).all()
    variants = catalogue.variants(row.variant_id for row in rows)
    return [
        Notice(variants[row.variant_id], row.requested_at, row.notified_at)
        for row in rows
        if row.variant_id in variants
    ]


def is_waiting(user_id: int, variant_id: int) -> bool:
    """Whether the account is still to be told of it."""
    notice = db.session.get(StockNotice, (user_id, variant_id))
    return notice is not None and notice.notified_at is None


def back(today: date, delivery_days: int, market: str) -> list[int]:
    """Of the strengths that anybody waits for, those of which enough for the smallest pack can be bought."""
    wanted = db.session.scalars(
        select(StockNotice.variant_id).where(StockNotice.notified_at.is_(None)).distinct()
    ).all()
    if not wanted:
        return []
    left = stock.available(wanted, outlasts(today, delivery_days))
    return [
        variant.id
        for variant in catalogue.variants(left).values()
        if sale_refusal(variant, market) is None and left[variant.id] >= min(variant.quantities, default=1)
    ]
