"""The hands that try: customers with prescriptions and baskets, products as somebody may have left them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update

from bench.safety.cases import Case
from shop.accounts.models import Role, User
from shop.addresses import PostalAddress
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.catalogue import list_rows
from shop.catalogue.models import Ingredient, Product, Variant
from shop.checkout.basket_review import review_basket
from shop.checkout.place_order import create_order
from shop.checkout.terms import terms_of
from shop.clock import business_date, now, today
from shop.database import db, transaction
from shop.drug_review import order_review
from shop.orders.models import Order
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.safety.zip_codes import prefixes
from shop.web import settings
from tests.factories import make_lot, make_variant, patient_of, slug_of

PACKS = (10, 30)
UNITS = 100_000


def person(role: str = "customer") -> int:
    """A new account; its id."""
    with transaction() as session:
        wanted = session.scalars(select(Role).where(Role.name == role)).one()
        user = User(
            email=f"{role}-{uuid4().hex[:12]}@demo.example",
            name="Ada Specimen",
            password="-",
            active=True,
            fs_uniquifier=uuid4().hex,
            created_at=now(),
            roles=[wanted],
        )
        session.add(user)
        session.flush()
        return user.id


def address(number: int, state: str, code: str = "") -> PostalAddress:
    """A house of its own, so that the amounts of one row do not count for another."""
    code = code or zip_code(state)
    return PostalAddress("Ada Specimen", f"{number} Example Street", "", "Springfield", state, code, "US", "")


def zip_code(state: str) -> str:
    """One of the state; of New York for what is no state."""
    return f"{min(prefixes().get(state, {'100'}))}01"


def harmless(case: Case, label: str, listed: bool) -> int:
    """A strength of a medicine nobody has anything against, with a price and a full shelf; its id."""
    variant_id = make_variant(
        label, case.strength, "0.51", rx=case.rx, quantities=PACKS, listed=listed, safety_code=None
    )
    make_lot(variant_id, UNITS)
    return variant_id


def turn_into(variant_id: int, case: Case, code: str | None) -> None:
    """Make it the case's medicine past every service, with the answer of the safety data written by hand."""
    with transaction() as session:
        product = product_of(variant_id)
        product.name, product.form, product.form_plural = case.name, case.form, f"{case.form}s"
        product.route, product.regulatory = case.route, dict(case.facts) or None
        product.ingredients = [_ingredient(name, case.marked) for name in case.substances]
        product.origin = "hand" if case.by_hand else "ndc"
        product.safety_code = code
        session.flush()
        list_rows.refresh([product.id], settings().market)


def product_of(variant_id: int) -> Product:
    return db.session.scalars(select(Product).join(Variant).where(Variant.id == variant_id)).one()


def _ingredient(name: str, marked: bool) -> Ingredient:
    slug = slug_of(name)
    found = db.session.scalar(select(Ingredient).where(Ingredient.slug == slug))
    found = found or Ingredient(slug=slug, name=name)
    if marked:
        found.is_controlled = True
    return found


def prescription(user_id: int, variant_id: int | None) -> str:
    """One that is approved for a variant, or waits for a pharmacist; its reference."""
    with transaction() as session:
        row = Prescription(
            reference=uuid4().hex[:20],
            user_id=user_id,
            patient_id=patient_of(user_id),
            status="approved" if variant_id else "waiting",
            origin="paper",
            submitted_at=now(),
            decided_at=now() if variant_id else None,
            decided_by=user_id if variant_id else None,
            issued_on=today() if variant_id else None,
            expires_on=today() + timedelta(days=300) if variant_id else None,
            patient_name="Ada Specimen" if variant_id else None,
            prescriber_name="Ivor Sample, MD" if variant_id else None,
        )
        session.add(row)
        if variant_id:
            fill = {"quantity": 30, "refills": 5, "authorized": 180, "taken": 0, "days_supply": 30}
            session.add(
                PrescriptionItem(
                    variant_id=variant_id, directions="one in the evening", prescription=row, **fill
                )
            )
        session.flush()
        return row.reference


def put_in_basket(user_id: int, variant_id: int, quantity: int) -> None:
    """As an earlier visit left it there."""
    with transaction():
        basket.add(BasketOwner(user_id=user_id), variant_id, quantity, now())


def order(user_id: int, to: PostalAddress, age: int | None) -> Order:
    """Check out what is in the basket, at whatever it costs there. Raises what checkout raises."""
    terms, at, owner = terms_of(settings()), now(), BasketOwner(user_id=user_id)
    review = review_basket(owner, terms, business_date(at), to)
    total, healthy = review.total_cents, [one.id for one in review.ordered_for]
    with transaction():
        return create_order(user_id, to, total, terms, at, age, healthy)[0]


def decide_review(number: str) -> None:
    """A pharmacist settles what the drug review asks about an order, which is no rule of sale."""
    at, pharmacist = now(), person("pharmacist")
    _, asked = order_review.of_order(number, today())
    given = {one.key: next(iter(one.alert.outcomes)) for one in asked if one.alert.outcomes}
    if given:
        with transaction():
            order_review.decide(number, given, dict.fromkeys(given, "Asked."), pharmacist, at, today())


def mark_paid(order_id: int) -> None:
    """As if the payment service had captured the money."""
    with transaction() as session:
        paid = {"status": "placed", "placed_at": now(), "paid_at": now()}
        session.execute(update(Order).where(Order.id == order_id).values(paid))


def move(order_id: int, state: str, code: str = "") -> None:
    """As if a rule of that state had come after the order."""
    with transaction() as session:
        there = {"region": state, "postal_code": code or zip_code(state)}
        session.execute(update(Order).where(Order.id == order_id).values(there))


def _of_product(variant_id: int, **values: object) -> None:
    _write_where(Product, Product.id == product_of(variant_id).id, values)


def _of_variant(variant_id: int, **values: object) -> None:
    _write_where(Variant, Variant.id == variant_id, values)


def _expired(variant_id: int) -> None:
    its = select(PrescriptionItem.prescription_id).where(PrescriptionItem.variant_id == variant_id)
    _write_where(Prescription, Prescription.id.in_(its), {"expires_on": today() - timedelta(days=1)})


def _write_where(table: Any, which: Any, values: dict[str, object]) -> None:
    with transaction() as session:
        session.execute(update(table).where(which).values(**values))


SINCE: dict[str, Callable[[int], None]] = {
    "strength withdrawn": lambda one: _of_variant(one, withdrawn_on=today()),
    "product withdrawn": lambda one: _of_product(one, withdrawn_on=today(), listed_at=None),
    "taken off sale": lambda one: _of_product(one, listed_at=None),
    "another market": lambda one: _of_variant(one, markets=["ZA"]),
    "prescription expired": _expired,
    "on prescription": lambda one: _of_product(one, prescription_required=True),
}
"""What somebody changed after the medicine was in a basket and ordered, by name."""
