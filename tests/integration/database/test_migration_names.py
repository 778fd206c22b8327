"""Migration 0036 renames columns, codes and keys, down and up twice, with rows in what it touches."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from shop.appearance.finding import VariantAppearance, set_appearance
from shop.catalogue import list_rows
from shop.catalogue.models import Listing, Variant
from shop.clock import now
from shop.database import db, transaction
from shop.orders.models import Order, OrderEvent
from shop.payments.models import Payment
from shop.search import log
from shop.search.log import FailedSearch
from tests.factories import make_variant
from tests.integration.outbox.test_outbox_alarms import add_payment
from tests.migrating import downgrade, upgrade

PILL = {"shape": "round", "color": "gray", "color2": "white", "imprint": 'A "colour": 1', "source": "x"}
FORMER = {"shape": "round", "colour": "grey", "colour2": "white", "imprint": 'A "colour": 1', "source": "x"}


def since() -> list[object]:
    """What the models read of everything that was renamed."""
    db.session.remove()
    of_pill = select(VariantAppearance.color, VariantAppearance.color2)
    found = [tuple(row) for row in db.session.execute(of_pill)]
    found += [db.session.scalars(select(one)).one() for one in (Variant.appearance, Listing.appearance)]
    found += [tuple(db.session.execute(select(Payment.state, Payment.authorized_at)).one())]
    found += [db.session.scalars(select(one)).one() for one in (Order.status, OrderEvent.event)]
    found += [
        tuple(db.session.execute(select(FailedSearch.words, FailedSearch.day, FailedSearch.count)).one())
    ]
    db.session.remove()
    return found


def test_everything_renamed_is_there_under_either_name_with_its_rules(context, make_user):
    variant_id = make_variant()
    payment_id = add_payment(make_user(), "authorized", authorized_at=now())
    with transaction() as session:
        variant = session.get_one(Variant, variant_id)
        set_appearance(variant, PILL, now())
        list_rows.refresh([variant.product_id], context.extensions["settings"].market)
        order = session.scalars(select(Order)).one()
        order.status = "canceled"
        session.add(OrderEvent(order_id=order.id, at=now(), event="canceled"))
        log.fold_in([(date(2026, 3, 8), "specimen")])
    before = since()
    for _ in range(2):
        downgrade(revision="0035")
        with db.engine.connect() as connection:
            one = lambda sql: connection.execute(text(sql)).one()  # noqa: E731
            assert one("SELECT colour, colour2 FROM variant_look") == ("grey", "white")
            assert one("SELECT state FROM payment WHERE authorised_at IS NOT NULL") == ("authorised",)
            assert one('SELECT status, event FROM "order", order_event') == ("cancelled", "cancelled")
            assert one("SELECT words, count FROM search_miss") == ("specimen", 1)
            assert connection.execute(select(Variant.appearance)).scalar() == FORMER
        upgrade()
    assert since() == before
    assert db.session.scalar(select(func.count()).select_from(Payment).where(Payment.id == payment_id)) == 1
    for wrong in ("\"order\" SET status = 'cancelled'", "payment SET state = 'authorised'"):
        with pytest.raises(IntegrityError, match="known"), transaction() as session:
            session.execute(text(f"UPDATE {wrong}"))
    with transaction():
        log.fold_in([(date(2026, 3, 9), "specimen")])  # rows are numbered on from where they were
