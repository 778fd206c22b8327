"""Migration 0038: a return that was recorded by mistake is a row of its own; the ledger stays append-only."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shop.clock import now
from shop.database import db, transaction
from shop.stock.models import Lot, Returned
from shop.stock.states import ReturnKind
from tests.factories import make_lot, make_variant
from tests.migrating import downgrade, upgrade

KINDS = text("SELECT kind FROM stock_return ORDER BY id")


def kinds() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(KINDS).scalars())


def test_it_says_destroyed_to_the_release_before_and_is_never_edited(context, make_user):
    actor_id, variant_id = make_user("admin"), make_variant()
    make_lot(variant_id)
    with transaction() as session:
        lot_id = session.scalars(select(Lot.id)).one()
        of = {"lot_id": lot_id, "order_line_id": 1, "quantity": 2, "at": now(), "actor_id": actor_id}
        session.add_all(
            [Returned(kind=ReturnKind.QUARANTINED, **of), Returned(kind=ReturnKind.MISTAKEN, **of)]
        )
    db.session.remove()
    for _ in range(2):
        downgrade(revision="0037")
        assert kinds() == ["quarantined", "destroyed"]
        refuses("DELETE FROM stock_return")
        upgrade()
        assert kinds() == ["quarantined", "destroyed"]
        refuses("UPDATE stock_return SET quantity = 1")
        refuses("DELETE FROM stock_return")


def refuses(change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(change))
