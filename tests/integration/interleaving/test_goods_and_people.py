"""The last pack, the last pills of a prescription, a lot, a claim, a refund, a sign-in: one of two wins."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import func, select

from shop.accounts import failures
from shop.accounts.errors import TooManyTries
from shop.accounts.models import SignInFailure
from shop.accounts.rules import MOST_FAILURES_OF_EMAIL
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import place_order, refusals
from shop.clock import now, today
from shop.database import db, transaction
from shop.orders import queries as order_queries
from shop.orders.models import Order
from shop.payments import movements
from shop.payments import queries as payments
from shop.payments.models import Payment
from shop.prescriptions import service as prescriptions
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.reasons import Reason
from shop.prescriptions.steps import AlreadyDecided, TakenByAnother
from shop.prescriptions.verification import decisions
from shop.stock import holds
from shop.stock import service as stock
from shop.stock.holds import LotNotPickable, OutOfStock
from shop.stock.models import Lot
from tests.factories import in_transaction, make_lot, make_variant
from tests.integration.checkout.store_counter import approve
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.agreement import assert_money_and_goods_agree
from tests.integration.interleaving.bought import ADDRESS, NAMES, TERMS, UNITS, Bought
from tests.integration.interleaving.interleave import Ran, every_interleaving
from tests.integration.prescriptions.conftest import AT, grounds, typed
from tests.integration.stock.stock_checks import assert_ledgers_agree


def in_a_year() -> date:
    return now().date() + timedelta(days=365)


def outcomes(ran: Ran) -> list[str]:
    """What became of the two, in no order: "done", or the refusal's name."""
    results = (ran.first, ran.second)
    return sorted(type(one).__name__ if isinstance(one, Exception) else "done" for one in results)


@dataclass(frozen=True)
class LastPack:
    buyers: tuple[int, int]
    variant_id: int
    lot_id: int


def last_pack() -> LastPack:
    """Two customers have all that is left of it in their baskets."""
    variant_id = make_variant("Naproxen", "220 mg", "0.10", rx=False)
    lot_id = make_lot(variant_id, UNITS, today() + timedelta(days=900))
    buyers = (orders.person("customer"), orders.person("customer"))
    for buyer in buyers:
        with transaction():
            basket.add(BasketOwner(user_id=buyer), variant_id, UNITS, now())
    return LastPack(buyers, variant_id, lot_id)


def buy(made: LastPack, place: int) -> object:
    address = replace(ADDRESS, recipient=NAMES[place])
    return place_order.create_order(made.buyers[place], address, UNITS * 10 + 490, TERMS, now())


def two_accounts() -> LastPack:
    """Enough for both, and each has in the basket all that is sold to a person in 30 days."""
    made = last_pack()
    make_lot(made.variant_id, UNITS, today() + timedelta(days=900))
    return made


def buy_for_one_person(made: LastPack, place: int) -> object:
    address = replace(ADDRESS, line1=("12 Example Street", "12 EXAMPLE ST")[place])
    return place_order.create_order(made.buyers[place], address, UNITS * 10 + 490, TERMS, now())


def test_two_accounts_of_one_person_buy_what_is_sold_to_one(migrated):
    app = migrated("postgresql")
    with app.app_context():
        first, second = (partial(buy_for_one_person, place=place) for place in (0, 1))
        for _made, ran in every_interleaving(app, two_accounts, first, second):
            assert outcomes(ran) == ["BasketBlocked", "done"], ran
            assert_ledgers_agree()
            assert db.session.scalar(select(func.count(Order.id))) == 1


def test_the_last_pack_goes_to_one_of_two_customers(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, last_pack, lambda it: buy(it, 0), lambda it: buy(it, 1)):
            assert outcomes(ran) in (["OutOfStock", "done"], ["BasketBlocked", "done"]), ran
            assert_ledgers_agree()
            assert db.session.get_one(Lot, made.lot_id).held == UNITS
            assert db.session.scalar(select(func.count(Order.id))) == 1


def test_a_lot_put_in_quarantine_is_not_held_afterwards(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, last_pack, lambda it: buy(it, 0), put_in_quarantine):
            lot = db.session.get_one(Lot, made.lot_id)
            assert lot.status == "quarantined"
            held = UNITS if outcomes(ran) == ["done", "done"] else 0
            assert lot.held == held, ran
            assert held or isinstance(ran.first, (OutOfStock, refusals.BasketBlocked))
            assert_ledgers_agree()


def put_in_quarantine(made: LastPack | Bought) -> object:
    return stock.quarantine(made.lot_id, "recall_class_2", orders.person("admin"), now())


def test_a_lot_put_in_quarantine_does_not_ship_afterwards(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, orders.charged, orders.ship, put_in_quarantine):
            order = assert_money_and_goods_agree(made)
            shipped = not isinstance(ran.first, Exception)
            assert (order.status == "shipped") == shipped
            assert shipped or isinstance(ran.first, LotNotPickable), ran


def test_lots_reallocated_while_the_order_is_canceled_are_free_again(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for work in ((reallocate, orders.cancel), (orders.cancel, reallocate)):
            for made, ran in every_interleaving(app, quarantined, *work):
                assert not isinstance(ran.first, Exception), ran
                assert not isinstance(ran.second, Exception), ran
                assert db.session.get_one(Order, made.order_id).status == "canceled"
                assert sum(db.session.scalars(select(Lot.held))) == 0
                assert_ledgers_agree()


def quarantined() -> Bought:
    """Placed, its lot in quarantine since, and another lot on the shelf."""
    made = orders.placed()
    make_lot(made.variant_id, 100, today() + timedelta(days=800))
    with transaction():
        put_in_quarantine(made)
    return made


def reallocate(made: Bought) -> object:
    order = order_queries.lock(made.order_id)
    return holds.reallocate([line.id for line in order.lines], in_a_year(), now())


def test_two_deliveries_of_one_lot_add_up(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, last_pack, receive, receive):
            assert outcomes(ran) == ["done", "done"], ran
            assert_ledgers_agree()
            assert db.session.get_one(Lot, made.lot_id).on_hand == UNITS + 20


def test_one_form_sent_twice_at_once_is_booked_once(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, last_pack, receive_form, receive_form):
            assert outcomes(ran) == ["AlreadyReceived", "done"], ran
            assert db.session.get_one(Lot, made.lot_id).on_hand == UNITS + 10


def receive_form(made: LastPack) -> object:
    lot = db.session.get_one(Lot, made.lot_id)
    of = (made.variant_id, None, lot.number, lot.expires_on)
    return stock.receive_lot(*of, 10, None, None, now(), "f" * 32)


def receive(made: LastPack) -> object:
    lot = db.session.get_one(Lot, made.lot_id)
    return stock.receive_lot(made.variant_id, None, lot.number, lot.expires_on, 10, None, None, now())


def last_pills() -> int:
    """A prescription with one fill left."""
    return approve(orders.person("customer"), make_variant(), quantity=UNITS, refills=0)


def test_the_last_pills_of_a_prescription_go_to_one_of_two_orders(migrated):
    app = migrated("postgresql")
    with app.app_context():
        works = [lambda item, line=line: hold(item, line) for line in (1, 2)]
        for item_id, ran in every_interleaving(app, last_pills, *works):
            assert outcomes(ran) == ["NotEnoughLeft", "done"], ran
            assert db.session.get_one(PrescriptionItem, item_id).taken == UNITS


def hold(item_id: int, line_id: int) -> object:
    return quantities.hold_quantity(item_id, line_id, UNITS, now(), now().date())


@dataclass(frozen=True)
class Waiting:
    """A prescription that two pharmacists look at."""

    reference: str
    customer_id: int
    pharmacists: tuple[int, int]
    variant_id: int


def waiting() -> Waiting:
    customer_id = orders.person("customer")
    reference = uuid4().hex
    with in_transaction():
        db.session.add(
            Prescription(reference=reference, user_id=customer_id, status="waiting", submitted_at=AT)
        )
    pharmacists = (orders.person("pharmacist"), orders.person("pharmacist"))
    return Waiting(reference, customer_id, pharmacists, orders.on_shelf(fresh=True).variant_id)


def claim(made: Waiting, place: int) -> object:
    return decisions.claim(made.reference, made.pharmacists[place], AT)


def approve_it(made: Waiting) -> object:
    ready = grounds([made.variant_id])
    return decisions.approve(
        made.reference, made.pharmacists[0], typed(made.variant_id), ready, {}, "", AT
    ).id


def refuse_it(made: Waiting) -> object:
    return decisions.refuse(made.reference, made.pharmacists[1], Reason.UNREADABLE, "", AT).id


def withdraw_it(made: Waiting) -> object:
    return prescriptions.withdraw(made.reference, made.customer_id, AT)


def test_a_prescription_is_claimed_by_one_of_two_pharmacists(migrated):
    app = migrated("postgresql")
    with app.app_context():
        works = [lambda it, place=place: claim(it, place) for place in (0, 1)]
        for made, ran in every_interleaving(app, waiting, *works):
            assert outcomes(ran) == ["TakenByAnother", "done"], ran
            winner = made.pharmacists[0 if not isinstance(ran.first, TakenByAnother) else 1]
            assert db.session.scalars(select(Prescription.claimed_by)).one() == winner


def test_a_prescription_is_decided_once(migrated):
    app = migrated("postgresql")
    decisions = {"approved": approve_it, "refused": refuse_it, "withdrawn": withdraw_it}
    pairs = [(one, other) for one in decisions for other in decisions if one != other]
    with app.app_context():
        for one, other in pairs:
            for _made, ran in every_interleaving(app, waiting, decisions[one], decisions[other]):
                assert outcomes(ran) == ["AlreadyDecided", "done"], (one, other, ran)
                decided = other if isinstance(ran.first, AlreadyDecided) else one
                assert db.session.scalars(select(Prescription.status)).one() == decided
                items = db.session.scalar(select(func.count(PrescriptionItem.id)))
                assert items == (1 if decided == "approved" else 0)


def test_two_refunds_at_once_never_exceed_the_payment(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, orders.charged, refund_most, refund_most):
            assert outcomes(ran) == ["OverRefund", "done"], ran
            payment = db.session.get_one(Payment, made.payment_id)
            assert payment.refunded_cents == payment.amount_cents - 100


def refund_most(made: Bought) -> object:
    payment = payments.by_id(made.payment_id)
    return movements.reserve_refund(payment, payment.amount_cents - 100)


def one_attempt_left() -> None:
    with transaction():
        for _ in range(MOST_FAILURES_OF_EMAIL - 1):
            failures.note("ada@demo.example", "192.0.2.1", now())


def guess(_made: None) -> object:
    return failures.begin("ada@demo.example", "192.0.2.1", now())


def test_two_guesses_at_once_do_not_pass_a_limit_that_has_one_left(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for _made, ran in every_interleaving(app, one_attempt_left, guess, guess):
            assert outcomes(ran) == [TooManyTries.__name__, "done"], ran
            assert db.session.scalar(select(func.count(SignInFailure.id))) == MOST_FAILURES_OF_EMAIL
