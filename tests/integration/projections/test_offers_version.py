"""The version of offers: every change counts, and no sale waits for another one's."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from shop.database import db, transaction
from shop.projections.cache_version import ROWS, catalogue_changed, offers_changed, version
from tests.running_store import PATIENCE

pytestmark = pytest.mark.usefixtures("context")
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def current():
    db.session.rollback()
    return version()


def change_offers() -> None:
    with transaction():
        offers_changed(AT)


def test_a_change_counts_once_a_transaction_and_leaves_the_catalogues_version():
    before = current()
    with transaction():
        offers_changed(AT)
        offers_changed(AT)
    assert (current().offers, current().catalogue) == (before.offers + 1, before.catalogue)


def test_a_change_of_the_catalogue_leaves_the_offers():
    before = current()
    with transaction():
        catalogue_changed(AT)
    assert current().offers == before.offers
    assert current().catalogue != before.catalogue


def test_what_a_release_before_0008_counts_is_seen():
    before = current()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE catalogue_version SET offers = offers + 1 WHERE id = 1"))
    assert current().offers == before.offers + 1


def test_changes_of_many_threads_are_all_counted(app):
    before = current().offers

    def change() -> None:
        with app.app_context():
            for _ in range(10):
                change_offers()
            db.session.remove()

    threads = [threading.Thread(target=change) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert current().offers == before + 60


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_change_waits_only_when_every_row_is_taken(app):
    before = current().offers
    done = threading.Event()

    def change() -> None:
        with app.app_context():
            change_offers()
            done.set()
            db.session.remove()

    with db.engine.connect() as holder:
        taken = holder.execute(
            text("SELECT id FROM offers_version WHERE id < :all FOR UPDATE"), {"all": ROWS}
        )
        assert len(taken.all()) == ROWS - 1
        change_offers()  # the one row that is free
        holder.execute(text("SELECT id FROM offers_version FOR UPDATE"))
        thread = threading.Thread(target=change)
        thread.start()
        _until_somebody_waits()
        assert not done.is_set()
        holder.rollback()
        thread.join(PATIENCE)
    assert done.is_set()
    assert current().offers == before + 2


def _until_somebody_waits() -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = threading.Event()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looker:
        for _ in range(600):
            if looker.scalar(waiting):
                return
            deadline.wait(0.1)
    pytest.fail("nobody waited for the rows that were all taken")
