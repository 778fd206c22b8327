"""Migration 0019 goes down and up with rows in everything it touches, twice."""

from sqlalchemy import text

from shop.catalogue.models import ReleaseJoin, StatedSize
from shop.clock import now
from shop.database import db, transaction
from shop.stock import assigning, service
from tests.factories import make_lot, make_pack, make_variant
from tests.integration.stock.stock_checks import AT, in_days
from tests.migrating import downgrade, upgrade

ROWS = ("lot", "stock_movement", "release_join", "pack")


def counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in ROWS}


def test_lots_movements_and_joined_releases_outlast_the_way_down_and_up(context):
    variant = make_variant()
    pack, lot = make_pack(variant, None), make_lot(variant, 30)
    with transaction() as session:
        service.receive_lot(variant, pack, "A1", in_days(900), 10, None, None, AT, "a" * 32)
        assigning.assign(lot, make_pack(variant, 30), None, now())
        session.add(ReleaseJoin(ingredients="a", release="SR", joins="XL", at=AT, reason="As labeled"))
        stated = {"size": 3, "unit": "pill", "description": "As filed", "source": "label"}
        session.add(StatedSize(pack_id=pack, at=AT, **stated))
    before = counts()
    for _ in range(2):
        downgrade(revision="0018")  # what 0019 stands on
        assert counts() == before
        upgrade()
    assert counts() == before
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT reason, joins FROM release_join")).one() == ("", "XL")
        assert connection.execute(text("SELECT count(*) FROM stated_size")).scalar() == 0
