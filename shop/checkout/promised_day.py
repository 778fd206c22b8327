"""The day an order is promised by: said once it is paid for and no pharmacist has to look at it first."""

from collections.abc import Mapping
from datetime import date, datetime

from shop.checkout.priced_basket import BasketReview
from shop.clock import business_date
from shop.delivery.calendar import promised
from shop.orders import service as order_steps
from shop.orders.held_back import held_back
from shop.orders.line_notes import notes_of
from shop.orders.models import Order
from shop.orders.states import TO_SHIP
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


def promise(order: Order, at: datetime) -> date | None:
    """Keep the day a placed order is promised by, once nothing waits for a pharmacist; the day it keeps.

    A day that was promised once stays, whatever happens later: it is a fact of the order.
    """
    if order.promised_on or order.status not in TO_SHIP or order.transit_days is None:
        return order.promised_on
    if any(note.is_copy or note.in_review for note in notes_of(order).values()):
        return None
    if held_back(order, business_date(at)):
        return None
    day = promised(business_date(at), order.handling_days or 0, order.transit_days, settings().market)
    order_steps.promise(order.id, day)
    return day
