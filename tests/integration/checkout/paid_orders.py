"""What became of an order outside the store: at the payment service, and in the post."""

import pytest
from sqlalchemy import select

from shop.database import db
from shop.payments.facts import PaymentFacts
from shop.payments.models import Payment
from tests.integration.checkout.store_counter import Counter, Customer, approve
from tests.integration.outbox import queued


def facts_of(counter: Counter, number: str) -> PaymentFacts:
    """What the payment service says of the newest payment of an order."""
    db.session.rollback()
    session_id = db.session.scalars(
        select(Payment.session_id).where(Payment.reference.startswith(number)).order_by(Payment.id.desc())
    ).first()
    db.session.rollback()
    return counter.gateway.look_up(session_id)


def mails(template: str) -> int:
    """How many mails of this kind were queued; other threads may have written them."""
    db.session.rollback()
    return queued.mails().count(template)


@pytest.fixture
def placed(counter: Counter, ada: Customer, baclofen: int) -> str:
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    db.session.rollback()
    return number
