"""The store's settings that decide about an order, as one value."""

from dataclasses import dataclass
from datetime import timedelta

from shop.config import Settings


@dataclass(frozen=True)
class Terms:
    """`market` is ISO 3166 alpha-2, `currency` ISO 4217; `hold`: how long an unpaid order is kept."""

    market: str
    currency: str
    delivery_cents: int
    delivery_days: int
    hold: timedelta


def terms_of(settings: Settings) -> Terms:
    """The terms of this store."""
    return Terms(
        settings.market,
        settings.currency,
        settings.delivery_cents,
        settings.delivery_days,
        timedelta(minutes=settings.hold_minutes),
    )
