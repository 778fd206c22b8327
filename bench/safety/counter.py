"""The paths from the shelf to a customer: page, basket, checkout, the pharmacist's desk, shipping."""

from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import update

from bench.safety import hands
from bench.safety.cases import SOLD, Case
from shop.addresses import PostalAddress
from shop.basket.owner import BasketOwner
from shop.catalogue.models import Product
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.clock import now, today
from shop.database import db, transaction
from shop.errors import DomainError
from shop.fulfillment.service import ship_order
from shop.orders import queries as orders
from shop.patients import queries as patients
from shop.prescriptions import queries as prescriptions
from shop.prescriptions.states import Origin
from shop.prescriptions.verification import checks, decisions, medicines
from shop.prescriptions.verification.typed import ForPatient, Grounds, Typed, TypedItem
from shop.pricing import service as pricing
from shop.web import settings
from tests.factories import patient_of

OFFERED = 'data-do="add"'


def buying_paths(app: Flask, number: int, case: Case) -> Iterator[tuple[str, str]]:
    """The medicine was listed, ordered and put in a basket before anybody had anything against it."""
    variant_id = hands.harmless(case, f"Harmless {number}", listed=True)
    with transaction() as session:
        session.execute(update(Product).where(Product.safety_code.is_(None)).values(safety_code="clear"))
    early = _ordered(case, number, variant_id) if "shipping" in case.paths else 0
    customer = hands.person()
    if case.rx:
        hands.prescription(customer, variant_id)
    hands.put_in_basket(customer, variant_id, case.quantity)
    hands.turn_into(variant_id, case, "clear")
    if case.before:
        other = hands.person()
        hands.put_in_basket(other, variant_id, case.before)
        hands.order(other, hands.address(number, case.states[0]), None)
    yield "price", _price(app, variant_id)
    if case.since:
        hands.SINCE[case.since](variant_id)
    to = [hands.address(number, state, case.zip_code) for state in case.states]
    yield "basket", _all(lambda address: _basket(customer, address), to)
    if "desk" in case.paths and case.rx:  # otherwise a new prescription would do for checkout
        yield "desk", _desk(customer, variant_id)
    if early:
        yield "shipping", _all(lambda state: _shipping(early, state, case.zip_code), case.states)
    visits = [(address, age) for address in to for age in case.ages]
    yield "checkout", _all(lambda visit: _checkout(customer, *visit), visits)


def _all(attempt: Callable[..., str], ways: Sequence[Any]) -> str:
    """What came of several attempts: sold if one of them was, else the first refusal."""
    found = [attempt(way) for way in ways]
    return SOLD if SOLD in found else found[0]


def _ordered(case: Case, number: int, variant_id: int) -> int:
    customer = hands.person()
    if case.rx:
        hands.prescription(customer, variant_id)
    hands.put_in_basket(customer, variant_id, 30)
    order_id = hands.order(customer, hands.address(10_000 + number, "NY"), None).id
    hands.mark_paid(order_id)
    return order_id


def _price(app: Flask, variant_id: int) -> str:
    """An admin fixes a price; is it then offered on its page?"""
    with transaction():
        pricing.set_fixed_price(variant_id, Decimal("0.77"), (), None, now())
    slug = hands.product_of(variant_id).slug
    answer = Context().run(app.test_client().get, f"/medicines/{slug}")
    assert answer.status_code == 200, answer.status
    return SOLD if OFFERED in answer.text else "not_offered"


def _basket(customer: int, to: PostalAddress) -> str:
    db.session.rollback()
    review = review_basket(BasketOwner(user_id=customer), terms_of(settings()), today(), to)
    return SOLD if review.ready else review.blocked[0].verdict.state.value


def _checkout(customer: int, to: PostalAddress, age: int | None) -> str:
    """The service without the form: whatever a page would keep back is sent."""
    try:
        hands.order(customer, to, age)
    except DomainError as refusal:
        return refusal.code
    return SOLD


def _desk(customer: int, variant_id: int) -> str:
    """A pharmacist types it in and gives every outcome that is offered."""
    reference, pharmacist, at = hands.prescription(customer, None), hands.person("pharmacist"), now()
    item = TypedItem(variant_id, 30, 1, 30, "one in the evening")
    typed = Typed(
        "Ada Specimen",
        None,
        "Ivor Sample, MD",
        "1234567893",
        today(),
        True,
        (item,),
        origin=Origin.PAPER,
        prescriber_address="1 Example Road, Springfield, NY 10001",
        prescriber_phone="(555) 555-0111",
    )
    with transaction():
        patient = patients.by_id(patient_of(customer))
        assert patient is not None
        left = prescriptions.units_left(patient.id, {variant_id}, today())
        known = medicines.medicines({variant_id}, settings().market)
    grounds = Grounds(ForPatient(patient.name, patient.born, patient.id), known, left, 365, today())
    outcomes = {
        one.key: next(iter(one.outcomes)) for one in checks.all_checks(typed, grounds) if one.outcomes
    }
    try:
        with transaction():
            decisions.approve(reference, pharmacist, typed, grounds, outcomes, "", at)
    except decisions.ChecksUnmet as refusal:
        return refusal.unmet[0].key
    return SOLD


def _shipping(order_id: int, state: str, code: str) -> str:
    hands.move(order_id, state, code)
    found = orders.by_id(order_id)
    assert found is not None
    number, admin = found.number, hands.person("admin")
    hands.decide_review(number)
    try:
        with transaction():
            ship_order(number, "", admin, now())
    except DomainError as refusal:
        return refusal.code
    return SOLD
