"""What a store needs before customers can buy in it by the hundred: accounts, medicines, lots without end."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from shop.accounts.models import Role, User
from shop.catalogue import list_rows
from shop.catalogue.models import Product, Variant
from shop.clock import now
from shop.database import db, transaction
from shop.projections.cache_version import catalogue_changed, offers_changed
from shop.stock.models import Lot, Movement

PASSWORD = "a-password-for-the-bench"
MEDICINES = 100
UNITS = 900_000_000
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
        return _variants()


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
        prescription_required=False,
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
