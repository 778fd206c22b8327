"""An order that no page offered, and the proof that it left nothing behind."""

from sqlalchemy import func, select

from shop.database import db
from shop.orders.models import Order
from shop.outbox.models import Job
from shop.payments.models import Payment
from tests.integration.checkout.records import held
from tests.integration.checkout.store_counter import ADDRESS, Customer


def by_hand(customer: Customer, **changes: str):
    """A POST no page offered, with a token that is good."""
    fields = ADDRESS | {"csrf_token": customer.token(), "total_cents": "0"}
    return customer.client.post("/checkout", data=fields | changes)


def nothing_happened() -> bool:
    db.session.rollback()
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Order, Payment)]
    jobs = db.session.scalar(select(func.count(Job.id)).where(Job.kind != "forget_old_basket"))
    return [*counts, jobs] == [0, 0, 0] and held() == {}
