"""A lot without a pack gets one from a person: only where its units fit, once, on record, until undone."""

import pytest
from sqlalchemy import select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.stock import assigning, holds, inventory, queries
from shop.stock.assigning import NotAssigned
from tests.factories import make_lot, make_pack, make_variant
from tests.integration.interleaving.interleave import every_interleaving
from tests.integration.stock.stock_checks import AT, TODAY, in_days


@pytest.fixture
def loratadine(context) -> int:
    return make_variant("Loratadine", rx=False, quantities=(10, 24), sold_as="closed")


def assign(lot: int, pack: int, admin: int | None = None) -> None:
    with transaction():
        assigning.assign(lot, pack, admin, now())


def take_back(lot: int, admin: int | None = None) -> None:
    with transaction():
        assigning.take_back(lot, admin, now())


def events() -> list[str]:
    wanted = [Event.LOT_ASSIGNED, Event.LOT_UNASSIGNED]
    rows = select(AuditRecord.event).where(AuditRecord.event.in_(wanted)).order_by(AuditRecord.id)
    return list(db.session.scalars(rows))


def test_whole_packs_are_for_sale_at_once_and_it_can_be_undone(loratadine, admin):
    lot, pack = make_lot(loratadine, 48), make_pack(loratadine, 24)
    assert queries.available([loratadine], TODAY) == {}

    assign(lot, pack, admin)
    assert queries.available([loratadine], TODAY) == {loratadine: 48}
    assert assigning.loose_count() == 0
    assert [one.actor_id for one in assigning.recently_assigned()] == [admin]

    take_back(lot, admin)
    assert queries.available([loratadine], TODAY) == {}
    assert (inventory.lot(lot).pack_id, assigning.assignment_of(lot)) == (None, None)
    assert events() == [Event.LOT_ASSIGNED, Event.LOT_UNASSIGNED]


@pytest.mark.parametrize(("units", "size"), [(47, 24), (48, None)])
def test_what_is_no_whole_pack_of_a_known_size_is_not_assigned_where_packs_stay_closed(
    loratadine, units, size
):
    lot = make_lot(loratadine, units)
    with pytest.raises(NotAssigned):
        assign(lot, make_pack(loratadine, size))
    assert inventory.lot(lot).pack_id is None


def test_any_pack_may_be_the_one_of_what_is_counted_out(baclofen):
    lot = make_lot(baclofen, 47)
    assign(lot, make_pack(baclofen, 100))
    assert queries.available([baclofen], TODAY) == {baclofen: 47}


def test_a_pack_of_another_strength_is_never_assigned(loratadine, baclofen):
    lot = make_lot(loratadine, 48)
    with pytest.raises(NotAssigned):
        assign(lot, make_pack(baclofen, 24))


def test_two_makers_lots_of_one_number_stay_two(loratadine):
    one, other = make_pack(loratadine, 24), make_pack(loratadine, 10)
    first = make_lot(loratadine, 24, number="A1", pack_id=one, pack_size=24)
    loose = make_lot(loratadine, 240, number="A1")

    with pytest.raises(NotAssigned):
        assign(loose, one)
    assign(loose, other)
    assert [inventory.lot(lot).pack_id for lot in (first, loose)] == [one, other]


def test_what_was_held_as_a_pack_is_not_taken_back(loratadine):
    lot = make_lot(loratadine, 48)
    assign(lot, make_pack(loratadine, 24))
    with transaction():
        holds.hold(71, loratadine, 24, in_days(97), AT)

    with pytest.raises(NotAssigned):
        take_back(lot)
    assert inventory.lot(lot).pack_id is not None


def test_of_two_admins_who_assign_at_once_one_is_told(migrated):
    app = migrated("postgresql")

    def shelf() -> tuple[int, list[int]]:
        variant = make_variant("Loratadine", rx=False, quantities=(10, 24), sold_as="closed")
        return make_lot(variant, 240), [make_pack(variant, 24), make_pack(variant, 10)]

    with app.app_context():
        works = [lambda made, at=at: assigning.assign(made[0], made[1][at], None, now()) for at in (0, 1)]
        for (lot, packs), ran in every_interleaving(app, shelf, *works):
            refused = [isinstance(one, NotAssigned) for one in (ran.first, ran.second)]
            assert sorted(refused) == [False, True], ran
            assert inventory.lot(lot).pack_id == packs[refused.index(False)]
            assert len(assigning.recently_assigned()) == 1
