"""The finder's files: written when something changed, and only what did; missing and damaged ones."""

import pytest
from flask import Flask

from shop import clock
from shop.clock import now
from shop.database import transaction
from shop.stock.rules import outlasts
from shop.stock.service import quarantine
from shop.storefront.finder.columns import Chosen
from shop.storefront.finder.service import columns, finder, follow
from tests.factories import make_lot, make_variant
from tests.in_zones import EARLIEST, LATEST, store_in
from tests.integration.storefront.finder_medicines import four_medicines, view


@pytest.fixture
def shelf(context) -> dict[str, int]:
    return four_medicines()


def folder(app: Flask):
    return next(
        iter(sorted(app.extensions["settings"].columns_folder.glob("snapshot-*"), key=_age, reverse=True))
    )


def _age(path) -> int:
    return path.stat().st_mtime_ns


def test_a_quarantined_lot_leaves_the_facet_without_reading_the_catalogue_again(shelf, context, make_user):
    admin = make_user("admin")
    lot = make_lot(shelf["baclofen"], 500)
    assert view(context, ("stock", "in")).total == 1
    before = {path.name: path.stat().st_ino for path in folder(context).glob("*.npy")}
    with transaction():
        quarantine(lot, "damaged", admin, now())

    assert view(context, ("stock", "in")).total == 0
    after = {path.name: path.stat().st_ino for path in folder(context).glob("*.npy")}
    kept = {name for name in before if before[name] == after[name]}
    assert kept == {name for name in before if name.startswith("found-")}


def test_a_store_that_is_up_to_date_writes_nothing(shelf, context):
    follow(context)

    assert follow(context) is False


def test_another_day_of_the_store_is_another_list(context):
    """A lot that lasts just long enough today is out of stock tomorrow, though nothing was sold."""
    with store_in(EARLIEST, context):
        until = outlasts(clock.today(), context.extensions["settings"].delivery_days)
    make_lot(make_variant("Naproxen", "250 mg"), 1000, until)
    found = {}
    for zone in (EARLIEST, LATEST):
        with store_in(zone, context):
            assert follow(context) is True
            found[zone] = columns().view(Chosen((("stock", "in"),))).total
            assert follow(context) is False
    assert found == {EARLIEST: 1, LATEST: 0}
    follow(context)


def test_without_files_they_are_written_at_the_first_page(shelf, context):
    import shutil

    follow(context)
    shutil.rmtree(context.extensions["settings"].columns_folder)
    context.extensions.pop("finder", None)

    assert columns().size == 4


def test_damaged_files_leave_the_old_columns_serving(shelf, context, caplog):
    follow(context)
    serving = columns()
    make_variant("New", "5 mg")
    follow(context)
    damaged = folder(context)
    for file in damaged.glob("*.npy"):
        file.write_bytes(b"nonsense")
    finder(context).look_now()

    assert columns() is serving
    assert damaged.name in "".join(one.getMessage() for one in caplog.records if one.levelname == "WARNING")


def test_damaged_columns_are_written_anew(shelf, context):
    follow(context)
    for file in folder(context).glob("*.npy"):
        file.write_bytes(b"nonsense")
    make_lot(shelf["baclofen"], 500)

    assert view(context, ("stock", "in")).total == 1
