"""Writers of one process on SQLite: one after another, none polls, and who waits too long is told so."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shop.accounts.models import Role
from shop.busy import Trouble, busy_of
from shop.database import db, transaction
from shop.limits import Deadlines
from tests.running_store import PATIENCE


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_writer_without_a_turn_is_told_to_try_again_and_the_next_one_writes(app) -> None:
    began, done = Event(), Event()

    def slow() -> None:
        with app.app_context(), transaction():
            began.set()
            assert done.wait(PATIENCE)

    app.extensions["deadlines"] = Deadlines(command_lock=1)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(slow)
        assert began.wait(PATIENCE)
        try:
            with app.app_context(), pytest.raises(PoolTimeout) as refused, transaction():
                pytest.fail("two writers at once")
        finally:
            done.set()
        writing.result()
    assert busy_of(refused.value) is Trouble.CROWDED
    with app.app_context(), transaction():
        db.session.add(Role(name="next"))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_error_gives_the_turn_back(app) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            raise ZeroDivisionError
        with transaction():
            assert db.session.scalar(select(func.count(Role.id))) is not None
    assert not app.extensions["writers_turn"].locked()
