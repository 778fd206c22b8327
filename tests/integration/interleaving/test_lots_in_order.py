"""Lots are locked in one order, also where an order moves from a lot in quarantine to an earlier one."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.clock import now
from shop.database import transaction
from shop.stock import holds
from shop.stock.models import Lot
from tests.factories import make_lot, make_variant
from tests.integration.interleaving.interleave import every_interleaving
from tests.integration.stock.stock_checks import assert_ledgers_agree

MOVES, ENDS, MAKES_ROOM = 1, 2, 3
"""Order lines: one is moved to other lots, another one is released, the last has been released before."""


def kept_from_two_lots() -> None:
    """The later lot is in quarantine. One line is kept from it alone, the other from both."""
    today = now().date()
    variant_id = make_variant()
    make_lot(variant_id, 100, today + timedelta(days=800))
    later = make_lot(variant_id, 100, today + timedelta(days=900))
    with transaction() as session:
        for line, quantity in ((MAKES_ROOM, 50), (ENDS, 60), (MOVES, 40)):
            holds.hold(line, variant_id, quantity, today, now())
        holds.release([MAKES_ROOM], now())
        session.execute(update(Lot).where(Lot.id == later).values(status="quarantined"))


def move(_made: None) -> object:
    return holds.reallocate([MOVES], now().date(), now())


def end(_made: None) -> object:
    return holds.release([ENDS], now())


@pytest.mark.parametrize(("first", "second"), [(move, end), (end, move)])
def test_moving_to_an_earlier_lot_and_releasing_both_never_wait_for_each_other(migrated, first, second):
    app = migrated("postgresql")
    with app.app_context():
        for _, ran in every_interleaving(app, kept_from_two_lots, first, second):
            assert not isinstance(ran.first, Exception), ran
            assert not isinstance(ran.second, Exception), ran
            assert_ledgers_agree()
