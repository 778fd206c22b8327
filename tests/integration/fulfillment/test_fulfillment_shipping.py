"""Sending an order: stock, prescription quantity, order and mail change together, once, or not at all."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from shop.catalogue.models import Product
from shop.clock import now, today
from shop.database import db, transaction
from shop.errors import DomainError
from shop.fulfillment.service import (
    NotToBeSent,
    NotToBeShipped,
    NotWhole,
    TrackingUnreadable,
    check_shippable,
    ship_order,
)
from shop.orders.models import Order, OrderLine, OrderLineLot
from shop.outbox.models import Job
from shop.prescriptions.ledger.quantities import NotDispensable
from shop.prescriptions.models import QuantityEntry
from shop.stock.holds import LotNotPickable
from shop.stock.models import Hold, Lot
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import latest_order, status_of, taken
from tests.integration.checkout.store_counter import Counter, Customer, approve
from tests.integration.drug_review.answers import settle
from tests.rows import named

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def admin(make_user) -> int:
    return make_user("admin")


@pytest.fixture
def bought(ada: Customer, counter: Counter) -> str:
    """A paid order of 60 baclofen: 40 from the lot that expires first, the rest from the next."""
    baclofen = make_variant()
    make_lot(baclofen, quantity=40, expires_on=date(2028, 1, 31), number="EARLY")
    make_lot(baclofen, quantity=100, expires_on=date(2028, 6, 30), number="LATE")
    approve(ada.user_id, baclofen)
    ada.put_in_basket(baclofen, 60)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    counter.charge(number)
    db.session.rollback()
    return number


def shelf() -> list[tuple[str, int, int]]:
    db.session.rollback()
    return [(lot.number, lot.on_hand, lot.held) for lot in db.session.scalars(select(Lot).order_by(Lot.id))]


def ship(number: str, admin: int, tracking: str = "1Z 0000") -> None:
    with transaction():
        ship_order(number, tracking, admin, now())


def refused(number: str, admin: int, refusal: type[DomainError], tracking: str = "") -> None:
    before = shelf()
    with pytest.raises(refusal):
        ship(number, admin, tracking)
    assert shelf() == before


def test_a_shipped_order_leaves_the_shelf_and_remembers_its_lots(
    bought: str, admin: int, ada: Customer
) -> None:
    assert shelf() == [("EARLY", 40, 40), ("LATE", 100, 20)]
    ship(bought, admin)
    assert shelf() == [("EARLY", 0, 0), ("LATE", 80, 0)]
    lots = db.session.scalars(select(OrderLineLot).order_by(OrderLineLot.expires_on)).all()
    assert [(lot.lot_number, lot.quantity) for lot in lots] == [("EARLY", 40), ("LATE", 20)]
    order = latest_order(ada.user_id)
    assert (order.status, order.tracking) == ("shipped", "1Z 0000")
    item_id = order.lines[0].prescription_item_id
    assert taken(item_id) == 60
    kinds = db.session.scalars(select(QuantityEntry.kind).order_by(QuantityEntry.id)).all()
    assert kinds == ["held", "dispensed"]
    page = ada.get(f"/orders/{bought}").text
    for words in ('data-entry="shipped"', "1Z 0000", 'data-entry="travel" class="now"', "EARLY"):
        assert words in page


def test_once_the_day_has_passed_the_page_says_so_calmly(bought: str, admin: int, ada: Customer) -> None:
    ship(bought, admin)
    long_ago = {"shipped_at": now() - timedelta(days=30), "promised_on": today() - timedelta(days=26)}
    with transaction():
        db.session.execute(update(Order).where(Order.number == bought).values(long_ago))
    page = ada.get(f"/orders/{bought}").text
    assert 'data-entry="travel" class="next"' in page
    assert 'aria-current="step"' not in page


def test_the_customer_is_written_to_once_and_the_mail_names_no_medicine(
    bought: str, admin: int, counter: Counter
) -> None:
    folder = counter.app.extensions["settings"].mail_folder
    counter.work()
    before = set(folder.glob("*.eml"))
    ship(bought, admin)
    counter.work()
    (mail,) = set(folder.glob("*.eml")) - before
    assert bought in mail.read_text()
    assert not [path for path in folder.glob("*.eml") if "aclofen" in path.read_text()]


def test_an_order_is_sent_once(bought: str, admin: int) -> None:
    ship(bought, admin)
    refused(bought, admin, NotToBeShipped)
    jobs = db.session.scalars(select(Job).where(Job.kind == "mail"))
    assert [job.payload["template"] for job in jobs].count("order_shipped") == 1


def test_an_order_that_is_not_paid_is_not_sent(ada: Customer, admin: int, counter: Counter) -> None:
    naproxen = make_variant("Naproxen", "220 mg", "0.079", rx=False)
    make_lot(naproxen)
    ada.put_in_basket(naproxen, 60)
    number, url = ada.order()
    refused(number, admin, NotToBeShipped)
    ada.get(counter.return_path(counter.pay(url)))
    refused(number, admin, NotToBeShipped)  # authorized, not yet captured
    assert status_of(number) == "placed"


def test_a_lot_put_aside_meanwhile_is_not_sent(bought: str, admin: int) -> None:
    with transaction() as session:
        session.execute(update(Lot).where(Lot.number == "EARLY").values(status="quarantined"))
    refused(bought, admin, LotNotPickable)
    assert status_of(bought) == "placed"
    assert db.session.scalars(select(QuantityEntry.kind)).all() == ["held"]


def test_a_prescription_medicine_whose_quantity_was_never_taken_is_not_sent(bought: str, admin: int) -> None:
    with transaction() as session:  # the ledger keeps what it has, so the line is made one it does not know
        line = session.scalars(select(OrderLine)).one()
        session.execute(update(Hold).values(order_line_id=line.id + 1000))
        session.execute(update(OrderLine).values(id=line.id + 1000))
        session.expunge(line)
    refused(bought, admin, NotDispensable)
    assert status_of(bought) == "placed"


def test_a_medicine_that_needs_no_prescription_is_sent_without_one(
    ada: Customer, admin: int, counter: Counter
) -> None:
    naproxen = make_variant("Naproxen", "220 mg", "0.079", rx=False)
    make_lot(naproxen)
    ada.put_in_basket(naproxen, 60)
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    counter.charge(number)
    ship(number, admin)
    assert status_of(number) == "shipped"


def test_less_than_was_paid_for_is_not_sent(bought: str, admin: int) -> None:
    for state in ("released", "dispensed"):
        with named(state):
            with transaction() as session:
                session.execute(update(Hold).where(Hold.quantity == 20).values(state=state))
            refused(bought, admin, NotWhole)
            assert status_of(bought) == "placed"
            assert db.session.scalars(select(QuantityEntry.kind)).all() == ["held"]
            assert db.session.scalars(select(OrderLineLot)).all() == []


def test_a_desk_that_sends_short_by_hand_is_told_how_many_are_kept(
    bought: str, admin: int, sign_in, ada: Customer
) -> None:
    with transaction() as session:
        session.execute(update(Hold).where(Hold.quantity == 20).values(state="released"))
        session.execute(update(Lot).where(Lot.number == "LATE").values(held=0))
    desk = Customer(sign_in(admin), admin)
    desk.post(f"/admin/orders/{bought}/ship", tracking="")
    assert status_of(bought) == "placed"
    assert shelf() == [("EARLY", 40, 40), ("LATE", 100, 0)]
    page = desk.get(f"/admin/orders/{bought}").text
    (said,) = re.findall(f'data-refused="{NotWhole.code}">([^<]+)<', page)
    assert "Baclofen" in said
    assert re.findall(r"\d+", said)[:2] == ["40", "60"]


def test_an_unreadable_tracking_number_is_refused(bought: str, admin: int) -> None:
    for tracking in ("x" * 81, "1Z\n0000", "1Z\x00"):
        with named(tracking):
            refused(bought, admin, TrackingUnreadable, tracking)
            assert status_of(bought) == "placed"


def test_an_unknown_number_is_refused(admin: int) -> None:
    from shop.errors import NotFound

    refused("F-0000-0000", admin, NotFound)


def rename_to(name: str) -> None:
    """The medicine of the order, as data of today know it."""
    with transaction() as session:
        product = session.scalars(select(Product)).one()
        product.name, product.ingredients[0].name = name, name.lower()


def test_what_the_data_refuse_now_is_not_shipped_nor_charged_for(bought: str, admin: int, sign_in) -> None:
    desk = sign_in(admin)
    for name in ("Tramadol", "Isotretinoin"):
        with named(name):
            rename_to(name)
            refused(bought, admin, NotToBeSent)
            with pytest.raises(NotToBeSent):
                check_shippable(bought, "", now())
            page = desk.get(f"/admin/orders/{bought}").text
            assert "data-block=" in page
            assert f'action="/admin/orders/{bought}/ship"' not in page


def test_what_its_state_bars_is_shipped_to_others_only(bought: str, admin: int) -> None:
    rename_to("Gabapentin")
    with transaction() as session:
        session.execute(update(Order).values(region="AL"))
    refused(bought, admin, NotToBeSent)
    with transaction() as session:
        session.execute(update(Order).values(region="NY"))
    settle(bought, admin)  # no label of it need be on record
    ship(bought, admin)
    assert status_of(bought) == "shipped"


def test_what_an_admin_put_on_the_list_is_not_shipped(bought: str, admin: int) -> None:
    with transaction() as session:
        session.execute(update(Product).values(not_by_mail="it breaks on the way"))
    refused(bought, admin, NotToBeSent)
