"""Filling the store before it opens: the demo, twenty customers with prescriptions, and wares on the shelf.

Run as `python -m bench.chaos.opening FILE` with the store's environment, before the store itself; FILE then
says who may sign in and what there is to buy.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask_migrate import upgrade
from flask_security import hash_password
from sqlalchemy import select

from bench.chaos.plan import CUSTOMERS, WARES
from shop import create_app
from shop.accounts import service as accounts
from shop.accounts.models import User
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Variant
from shop.catalogue.queries import VariantFacts
from shop.clock import now
from shop.database import db, transaction
from shop.demo.service import DEMO_PASSWORD, load_demo
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.safety.sale import sale_refusal
from shop.stock import service as stock
from shop.web import settings
from tests.factories import patient_of

PASSWORD = "chaos-and-a-long-word"
PLENTY, SCARCE = 200_000, 600  # units; the scarce ware sells out, frees and sells out again
FILLS = (12, 12, 12, 3)  # every fourth customer runs out of prescription


def main(target: Path) -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        load_demo()
        secret, at = hash_password(PASSWORD), now()
        with transaction():
            wares = _wares()
            _receive(wares, at)
            people = [_customer(number, secret, wares, at) for number in range(CUSTOMERS)]
    target.write_text(
        json.dumps(
            {
                "customers": people,
                "password": PASSWORD,
                "admin": {"email": "admin@demo.example", "password": DEMO_PASSWORD},
                "wares": {
                    name: {
                        "variant": ware.id,
                        "quantities": list(ware.quantities)[:2],
                        "slug": ware.product_slug,
                    }
                    for name, ware in wares.items()
                },
            }
        )
    )


def _wares() -> dict[str, VariantFacts]:
    """A medicine that may be sold, of another product, for each name the plan uses."""
    found: dict[str, VariantFacts] = {}
    products: set[int] = set()
    ids = db.session.scalars(select(Variant.id).order_by(Variant.id)).all()
    facts = catalogue.variants(ids)
    for variant_id in ids:
        ware = facts.get(variant_id)
        if ware is None or sale_refusal(ware, settings().market) or ware.product_id in products:
            continue
        wanted = [name for name in WARES if name.startswith("rx") == ware.prescription_required]
        name = next((name for name in wanted if name not in found), None)
        if name:
            found[name] = ware
            products.add(ware.product_id)
    missing = set(WARES) - found.keys()
    assert not missing, f"the demo has nothing to sell for {missing}"
    return found


def _receive(wares: dict[str, VariantFacts], at: datetime) -> None:
    for name, ware in wares.items():
        for part in (1, 2):  # two lots, so that an order may be picked from both
            units = (SCARCE if name == "hot" else PLENTY) // part
            expires = at.date() + timedelta(days=400 * part)
            stock.receive_lot(ware.id, None, f"CHAOS-{name}-{part}", expires, units, None, None, at)


def _customer(number: int, secret: str, wares: dict[str, VariantFacts], at: datetime) -> dict[str, Any]:
    email = f"chaos-{number:02}@demo.example"
    user_id = accounts.add_account(f"Customer {number:02}", email, secret, "customer", at, is_demo=True)
    pharmacist = db.session.scalars(select(User.id).where(User.email == "pharmacist@demo.example")).one()
    fills = FILLS[number % len(FILLS)]
    items = [
        PrescriptionItem(
            line=line,
            variant_id=ware.id,
            quantity=max(ware.quantities[:2]) * fills,  # in one fill: no waiting for the next
            refills=0,
            directions="as directed",
            authorized=max(ware.quantities[:2]) * fills,
        )
        for line, (name, ware) in enumerate(wares.items(), start=1)
        if name.startswith("rx")
    ]
    db.session.add(
        Prescription(
            reference=uuid4().hex[:24],
            user_id=user_id,
            patient_id=patient_of(user_id, f"Customer {number:02}"),
            status="approved",
            origin="paper",
            submitted_at=at,
            decided_at=at,
            decided_by=pharmacist,
            patient_name=f"Customer {number:02}",
            prescriber_name="Ivor Sample, MD",
            prescriber_npi="1234567893",
            issued_on=at.date(),
            expires_on=at.date() + timedelta(days=300),
            items=items,
        )
    )
    db.session.flush()
    return {"id": user_id, "email": email}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
