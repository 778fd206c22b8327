"""What a store needs before customers can buy in it by the hundred: accounts, medicines, lots without end.

The medicines are on prescription, and every customer has one, never used up, for each of their own and for
the one that all buy: over the counter, the limits for one person would refuse the fourth order of a medicine.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from bench.customers import own
from shop.accounts.models import Role, User
from shop.catalogue import list_rows
from shop.catalogue.models import Product, Variant
from shop.clock import now
from shop.database import db, transaction
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.projections.cache_version import catalogue_changed, offers_changed
from shop.stock.models import Lot, Movement
from tests.factories import patient_of

PASSWORD = "a-password-for-the-bench"
MEDICINES = 100
UNITS = 900_000_000
FILL, FILLS = 30, 10_000_000
LAST_DAY = date(2035, 12, 31)


def email(number: int) -> str:
    return f"bench-{number}@demo.example"


def prepare(app: Flask, customers: int) -> list[int]:
    """Add what is missing; the ids of the variants to buy."""
    with app.app_context():
        secret = hash_password(PASSWORD)
        with transaction():
            role = db.session.scalars(select(Role).where(Role.name == "customer")).one()
            known = db.session.scalar(select(func.count(User.id)).where(User.email.startswith("bench-"))) or 0
            for number in range(known, customers):
                db.session.add(
                    User(
                        email=email(number),
                        name="Ada Specimen",
                        password=secret,
                        active=True,
                        fs_uniquifier=uuid4().hex,
                        created_at=now(),
                        roles=[role],
                    )
                )
            if not _variants():
                products = [_medicine(number) for number in range(MEDICINES)]
                list_rows.refresh([product.id for product in products], app.extensions["settings"].market)
                catalogue_changed(now())
                offers_changed(now())
            _prescribe(_variants())
        return _variants()


def _prescribe(variants: list[int]) -> None:
    """An approved prescription for what they take, for each customer who has none yet."""
    session: Any = db.session
    of_bench = select(User.id).where(User.email.startswith("bench-")).order_by(User.id)
    customers = session.scalars(of_bench).all()
    have = set(session.scalars(select(Prescription.user_id).where(Prescription.user_id.in_(customers))))
    for place, user_id in enumerate(customers):
        if user_id not in have:
            session.add(_prescription(user_id, sorted({variants[0], *own(place, variants)})))
    session.flush()


def _prescription(user_id: int, variants: list[int]) -> Prescription:
    at = now()
    return Prescription(
        reference=uuid4().hex[:24],
        user_id=user_id,
        patient_id=patient_of(user_id),
        status="approved",
        origin="paper",
        submitted_at=at,
        decided_at=at,
        decided_by=user_id,
        patient_name="Ada Specimen",
        prescriber_name="Ivor Sample, MD",
        prescriber_npi="1234567893",
        issued_on=at.date(),
        expires_on=at.date() + timedelta(days=365),
        items=[_item(line, variant_id) for line, variant_id in enumerate(variants, start=1)],
    )


def _item(line: int, variant_id: int) -> PrescriptionItem:
    return PrescriptionItem(
        line=line,
        variant_id=variant_id,
        quantity=FILL * FILLS,  # one fill, or all shoppers would soon wait for the next
        refills=0,
        authorized=FILL * FILLS,
        directions="as directed",
    )


def _variants() -> list[int]:
    ours = select(Variant.id).join(Product).where(Product.slug.startswith("bench-")).order_by(Variant.id)
    return list(db.session.scalars(ours))


def _medicine(number: int) -> Product:
    session: Any = db.session
    product = Product(
        slug=f"bench-{number}-tablets",
        name=f"Bench {number}",
        form="tablet",
        form_plural="tablets",
        route="oral",
        prescription_required=True,
        listed_at=now(),
        safety_code="clear",
    )
    session.add(product)
    session.flush()
    variant = Variant(
        product_id=product.id,
        slug=f"bench-{number}-tablets-200-mg",
        strength="200 mg",
        strength_value=Decimal(200),
        strength_unit="mg",
        price=Decimal("0.10"),
        quantities=[30, 60],
        markets=["US"],
    )
    session.add(variant)
    session.flush()
    lot = Lot(
        variant_id=variant.id,
        number=f"BENCH{number}",
        expires_on=LAST_DAY,
        status="pickable",
        on_hand=UNITS,
        held=0,
        received_at=now(),
    )
    session.add(lot)
    session.flush()
    session.add(Movement(lot_id=lot.id, kind="received", quantity=UNITS, at=now()))
    session.flush()
    return product
