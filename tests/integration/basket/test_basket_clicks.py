"""Two clicks on one basket at once: the later one sees what the earlier one left, and never an error."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from shop.basket import queries, service
from shop.basket.owner import BasketOwner
from shop.clock import now
from shop.database import db, transaction
from shop.errors import NotFound
from tests.factories import make_variant
from tests.integration.interleaving.interleave import somebody_waits
from tests.running_store import until


@pytest.fixture
def owner(make_user) -> BasketOwner:
    return BasketOwner(user_id=make_user())


@contextmanager
def meanwhile(app: Flask, click: Callable[[], None]) -> Iterator[list[object]]:
    """Begin `click` on a connection of its own while the block’s transaction is open; what it raised."""
    said: list[object] = []

    def run() -> None:
        with app.app_context():
            try:
                with transaction():
                    click()
                said.append(None)
            except Exception as error:
                said.append(type(error))
            db.session.remove()

    other = threading.Thread(target=run)
    with transaction():
        yield said
        other.start()
        # SQLite has one writer at a time; on PostgreSQL it reads what it can, and then waits for a row.
        assert db.engine.name == "sqlite" or until(somebody_waits)
        assert said == []
    other.join()


def fill(owner: BasketOwner) -> tuple[int, int]:
    """Two lines; their ids."""
    with transaction():
        first, second = (
            service.add(owner, make_variant(name, "1 mg", rx=False), 30, now()).line_id
            for name in ("Aa", "Bb")
        )
    return first, second


@pytest.mark.parametrize("click", [service.remove, service.put_back])
def test_a_line_forgotten_by_the_click_before_is_no_longer_there(
    context: Flask, owner: BasketOwner, click: Callable[..., None]
) -> None:
    first, second = fill(owner)
    with meanwhile(context, lambda: click(owner, first, now())) as said:
        service.remove(owner, first, now())
        service.remove(owner, second, now())  # and with that the first cannot be put back any more
    assert said == [NotFound]


def test_a_line_ordered_in_this_moment_cannot_be_changed(context: Flask, owner: BasketOwner) -> None:
    first, _second = fill(owner)
    variant_id = queries.lines(owner)[0].variant_id
    with meanwhile(context, lambda: service.set_quantity(owner, first, 60, now())) as said:
        service.clear_ordered(owner.user_id, [(variant_id, None)])
    assert said == [NotFound]
