"""Lots belong to packs, and what is sold closed leaves the shelf in whole packs; on both databases."""

from datetime import date
from itertools import count

import pytest

from shop.catalogue.models import Pack
from shop.database import db, transaction
from shop.stock import holds, inventory, queries, service
from shop.stock.holds import OutOfStock
from shop.stock.service import LotRefused
from tests.factories import make_lot, make_variant
from tests.integration.stock.stock_checks import AT, TODAY, assert_ledgers_agree, counts, in_days

LINE, OTHER_LINE = 71, 72
UNTIL = in_days(97)
EXPIRES = date(2028, 6, 30)
_codes = count(1)


@pytest.fixture
def loratadine(context) -> int:
    """Sold over the counter in closed cartons of 10, 24 and 30."""
    return make_variant("Loratadine", rx=False, quantities=(10, 24, 30), sold_as="closed")


def make_pack(variant_id: int, size: int | None, labeler: str = "Example Labs") -> int:
    code = f"{next(_codes):011d}"
    with transaction():
        pack = Pack(
            variant_id=variant_id, ndc=code, ndc11=code, labeler=labeler, description="As filed", size=size
        )
        db.session.add(pack)
        db.session.flush()
        return pack.id


def receive(variant_id: int, pack_id: int | None, quantity: int, admin: int, number: str = "A1") -> int:
    with transaction():
        return service.receive_lot(variant_id, pack_id, number, EXPIRES, quantity, None, admin, AT)


def hold(variant_id: int, quantity: int, line: int = LINE):
    with transaction():
        return holds.hold(line, variant_id, quantity, UNTIL, AT)


def test_two_makers_lots_of_one_number_are_two_lots(baclofen, admin):
    one, other = make_pack(baclofen, 100, "One"), make_pack(baclofen, 100, "Other")

    first, second = receive(baclofen, one, 100, admin), receive(baclofen, other, 300, admin)
    again = receive(baclofen, one, 100, admin)

    assert first == again != second
    assert [counts(lot) for lot in (first, second)] == [(200, 0), (300, 0)]
    assert {inventory.lot(lot).pack_id for lot in (first, second)} == {one, other}
    assert_ledgers_agree()


def test_a_package_of_another_medicine_is_not_received(baclofen, loratadine, admin):
    foreign = make_pack(loratadine, 24)

    with pytest.raises(LotRefused) as refused:
        receive(baclofen, foreign, 24, admin)
    assert refused.value.field == "item"


def test_closed_packs_come_whole(loratadine, admin):
    carton = make_pack(loratadine, 24)

    with pytest.raises(LotRefused) as refused:
        receive(loratadine, carton, 100, admin)
    assert refused.value.field == "quantity"
    assert counts(receive(loratadine, carton, 96, admin)) == (96, 0)


def test_closed_packs_of_one_size_fill_a_line_the_fewest_packs_first(loratadine, admin):
    tens = receive(loratadine, make_pack(loratadine, 10), 100, admin)
    thirties = receive(loratadine, make_pack(loratadine, 30), 60, admin)

    assert [(one.lot_id, one.quantity) for one in hold(loratadine, 60)] == [(thirties, 60)]
    assert [(one.lot_id, one.quantity) for one in hold(loratadine, 30, OTHER_LINE)] == [(tens, 30)]
    assert_ledgers_agree()


def test_packs_of_two_sizes_never_make_one_line(loratadine, admin):
    receive(loratadine, make_pack(loratadine, 10), 30, admin)
    receive(loratadine, make_pack(loratadine, 30), 30, admin)

    with pytest.raises(OutOfStock) as refused:
        hold(loratadine, 60)
    assert refused.value.left == 30
    assert queries.kept_for([LINE]) == {}


def test_no_carton_is_opened_and_no_lot_without_a_pack_is_sold_closed(loratadine, admin):
    receive(loratadine, make_pack(loratadine, 24), 48, admin)
    receive(loratadine, make_pack(loratadine, None), 48, admin, "B2")
    make_lot(loratadine, 500)

    for quantity in (12, 36, 72):
        with pytest.raises(OutOfStock):
            hold(loratadine, quantity)
    assert queries.available([loratadine], TODAY) == {loratadine: 48}
    assert queries.available_by_size([loratadine], TODAY)[loratadine][24] == 48


def test_part_of_a_pack_that_was_adjusted_away_is_not_sold(loratadine):
    lot = make_lot(loratadine, 47, pack_size=24)

    assert queries.available([loratadine], TODAY) == {loratadine: 24}
    assert [(one.lot_id, one.quantity) for one in hold(loratadine, 24)] == [(lot, 24)]
    with pytest.raises(OutOfStock):
        hold(loratadine, 24, OTHER_LINE)


def test_other_lots_that_replace_a_recalled_one_hold_packs_of_its_size(loratadine, admin):
    recalled = receive(loratadine, make_pack(loratadine, 24), 24, admin)
    hold(loratadine, 24)
    tens = receive(loratadine, make_pack(loratadine, 10), 120, admin)
    with transaction():
        service.quarantine(recalled, "recall_class_1", admin, AT)

    with pytest.raises(OutOfStock), transaction():
        holds.reallocate([LINE], UNTIL, AT)
    spare = receive(loratadine, make_pack(loratadine, 24), 48, admin)
    with transaction():
        held = holds.reallocate([LINE], UNTIL, AT)

    assert [(one.lot_id, one.quantity) for one in held] == [(spare, 24)]
    assert counts(tens) == (120, 0)


def test_a_bottle_is_counted_out_across_packs_of_any_size(baclofen, admin):
    receive(baclofen, make_pack(baclofen, 100), 100, admin)
    receive(baclofen, make_pack(baclofen, 30), 30, admin)

    assert sum(one.quantity for one in hold(baclofen, 45)) == 45
    assert queries.available([baclofen], TODAY) == {baclofen: 85}
