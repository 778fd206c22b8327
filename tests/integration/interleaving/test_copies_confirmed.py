"""A copy's confirmation is undone while something ships on it: one of the two wins at every interleaving."""

from dataclasses import dataclass

import pytest
from sqlalchemy import update

from shop.clock import now, today
from shop.database import db, transaction
from shop.prescriptions.ledger import confirming, quantities
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.states import ConfirmedHow
from tests.factories import make_variant
from tests.integration.checkout.store_counter import approve
from tests.integration.interleaving import bought as orders
from tests.integration.interleaving.interleave import every_interleaving

UNITS, LINE = 30, 1


@dataclass(frozen=True)
class Confirmed:
    """A confirmed copy with units held for an order line."""

    reference: str
    pharmacist_id: int
    item_id: int


def confirmed() -> Confirmed:
    item_id = approve(orders.person("customer"), make_variant(), quantity=UNITS, refills=0)
    pharmacist_id = orders.person("pharmacist")
    with transaction() as session:
        session.execute(update(Prescription).values(origin="photo"))
        item = session.get_one(PrescriptionItem, item_id)
        reference = item.prescription.reference
        confirming.confirm(reference, pharmacist_id, ConfirmedHow.PHONE, "Ivor Sample", now())
        quantities.hold_quantity(item_id, LINE, UNITS, now(), today())
    return Confirmed(reference, pharmacist_id, item_id)


def dispense(made: Confirmed) -> object:
    return quantities.dispense_quantity([LINE], now(), [LINE], state="NY")


def undo(made: Confirmed) -> object:
    return confirming.undo_confirmation(made.reference, made.pharmacist_id, now())


@pytest.mark.parametrize("works", [(dispense, undo), (undo, dispense)])
def test_nothing_ships_on_a_copy_whose_confirmation_was_undone(migrated, works):
    app = migrated("postgresql")
    with app.app_context():
        for made, ran in every_interleaving(app, confirmed, *works):
            refused = {type(one).__name__ for one in (ran.first, ran.second) if isinstance(one, Exception)}
            stays = confirming.arrivals([made.item_id])[made.item_id][1] is not None
            assert refused == ({"ConfirmationInUse"} if stays else {"CopyNotConfirmed"}), ran
            db.session.rollback()
