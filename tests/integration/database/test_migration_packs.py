"""The migration that sells in packs: what the directory filed is closed, what was made by hand stays."""

import pytest
from sqlalchemy import update

from shop.catalogue.models import Pack, Product, Variant
from shop.database import db, transaction
from shop.stock import inventory
from tests.factories import make_lot, make_variant
from tests.migrating import downgrade, upgrade


def shelf(name: str, rx: bool, origin: str, **product) -> int:
    variant_id = make_variant(name, rx=rx, quantities=(30, 60, 90), **product)
    with transaction() as session:
        for number, size in enumerate((24, 100, 24, 5000)):
            code = f"{variant_id:08d}{number:03d}"
            session.add(
                Pack(variant_id=variant_id, ndc=code, ndc11=code, labeler="One", description="", size=size)
            )
        of = db.session.get_one(Variant, variant_id).product_id
        session.execute(update(Product).where(Product.id == of).values(origin=origin))
    return variant_id


@pytest.fixture
def sold(context) -> dict[str, int]:
    return {
        "over the counter": shelf("Loratadine", False, "ndc"),
        "tablets on prescription": shelf("Baclofen", True, "ndc"),
        "poured": shelf("Prednisolone", True, "ndc", form="oral solution", unit="mL"),
        "tubes": shelf("Betamethasone", True, "ndc", form="cream", unit="g"),
        "by hand": shelf("Sennosides", False, "hand"),
    }


def test_what_the_directory_filed_is_sold_in_its_packs(sold):
    pack_id = db.session.query(Pack.id).filter_by(variant_id=sold["over the counter"], size=24).first()[0]
    lot_id = make_lot(sold["over the counter"], 240, pack_id=pack_id)
    loose = make_lot(sold["over the counter"], 10)
    db.session.remove()

    downgrade(revision="0015")
    upgrade()

    found = {
        name: (variant.sold_as, variant.quantities)
        for name, variant_id in sold.items()
        if (variant := db.session.get_one(Variant, variant_id))
    }
    assert found == {
        "over the counter": ("closed", [24, 100]),
        "tablets on prescription": ("counted", [30, 60, 90]),
        "poured": ("counted", [30, 60, 90]),
        "tubes": ("closed", [24, 100]),
        "by hand": ("counted", [30, 60, 90]),
    }
    assert inventory.lot(lot_id).pack_id == pack_id
    sizes = {row.id: row.pack_size for row in db.session.execute(db.text("SELECT id, pack_size FROM lot"))}
    assert sizes == {lot_id: 24, loose: None}
