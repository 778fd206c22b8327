"""The day an order is promised by: said once it is paid for and no pharmacist has to look at it first."""

from collections.abc import Mapping
from datetime import date

from shop.checkout.basket_review import BasketReview
from shop.delivery.calendar import promised
from shop.prescriptions.copies import shipping_refusal
from shop.prescriptions.ledger.confirming import arrivals
from shop.web import settings


def waits(review: BasketReview) -> bool:
    """Whether something in the basket waits for a pharmacist before it is packed. One question at most."""
    if review.drug_review.looked_at:
        return True
    items = {line.coverage.item_id for line in review.lines if line.coverage and line.coverage.item_id}
    suffice = settings().copy_suffices_in
    return any(shipping_refusal(*one, review.state, suffice) for one in arrivals(items).values())


def days_of(review: BasketReview, today: date) -> Mapping[str, date]:
    """By a method's code, the day it arrives by if paid for today; empty where that can't be said."""
    if not review.delivery.is_exact or waits(review):
        return {}
    market = settings().market
    return {
        one.code: promised(today, one.handling_days, one.transit_days, market)
        for one in review.delivery.offered
    }
