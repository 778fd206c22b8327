"""A step of a state machine is one UPDATE, whether it leads to one state or to several."""

import pytest
from sqlalchemy import select, update

from shop.database import db, rows_changed, transaction, transition
from shop.stock.models import Lot
from tests.factories import make_lot, make_variant

TURN = {("pickable", "turn"): "quarantined", ("quarantined", "turn"): "pickable"}
TABLE = TURN | {("pickable", "stop"): "quarantined"}


@pytest.fixture
def lots(context) -> list[int]:
    variant = make_variant()
    return [make_lot(variant), make_lot(variant, status="quarantined")]


@pytest.mark.parametrize(
    ("step", "changed", "after"),
    [
        ("turn", 2, ["quarantined", "pickable"]),
        ("stop", 1, ["quarantined", "quarantined"]),
    ],
)
def test_each_row_goes_where_the_table_sends_its_own_state(lots, step, changed, after):
    may, state = transition(Lot.status, TABLE, step)
    with transaction():
        assert rows_changed(update(Lot).where(Lot.id.in_(lots), may).values(status=state)) == changed
    db.session.expire_all()
    assert db.session.scalars(select(Lot.status).order_by(Lot.id)).all() == after


def test_a_step_the_table_does_not_have_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="unheard of"):
        transition(Lot.status, TABLE, "unheard of")
