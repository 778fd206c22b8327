"""At one and the same moment two stores have two dates, and each desk goes by its own."""

import pytest
from sqlalchemy import delete

from shop import clock
from shop.database import db, transaction
from shop.search import log as misses
from shop.stock import inventory
from shop.stock.inventory import LotFilter
from shop.stock.models import Lot
from tests.factories import make_lot
from tests.in_zones import DAYS, EARLIEST, LATEST, first_moment, last_moment, store_in


@pytest.fixture
def last_day(context):
    """Today where the date changes last: a day that is over in Kiritimati."""
    with store_in(EARLIEST, context):
        return clock.today()


@pytest.mark.parametrize(("zone", "state"), [(EARLIEST, "pick"), (LATEST, "expired")])
def test_the_list_of_lots(desk, context, loratadine, last_day, zone, state):
    make_lot(loratadine, number="K1", expires_on=last_day)
    with store_in(zone, context):
        for asked in ("pick", "expired"):
            desk.open(f"/admin/?state={asked}")
            assert [row[1] for row in desk.rows()] == (["K1"] if asked == state else [])
        desk.open("/admin/?within=30")
        assert [row[1] for row in desk.rows()] == (["K1"] if state == "pick" else [])


@pytest.mark.parametrize(("zone", "status"), [(EARLIEST, 200), (LATEST, 422)])
def test_receiving(desk, context, loratadine, last_day, zone, status):
    typed = {"item": f"{loratadine}-", "number": "K1", "quantity": "10", "expires_on": str(last_day)}
    typed |= {"delivery": "0" * 32, "total": "10"}
    with store_in(zone, context):
        desk.send("/admin/stock/receive", **typed)
    assert desk.page.status_code == status
    db.session.rollback()
    assert len(db.session.query(Lot).all()) == (status == 200)


@pytest.mark.parametrize(("zone", "shown"), [(EARLIEST, True), (LATEST, False)])
def test_a_period_ends_today_and_counts_today(desk, context, last_day, zone, shown):
    """The seventh day back from the earlier date is the eighth from the later one."""
    with transaction():
        misses.fold_in([(clock.days_back(last_day, 7), "tizanidin")] * 3)
    with store_in(zone, context):
        desk.open("/admin/searches?days=7")
    assert [row[0] for row in desk.rows()] == (["tizanidin"] if shown else [])


def test_the_lists_of_a_day_hold_from_its_first_second_to_its_last(context, loratadine):
    """What the pages read, in each zone and where clocks change: they are asked for the day of the moment."""
    said = []
    for zone, day in DAYS:
        with transaction():
            db.session.execute(delete(misses.FailedSearch))
            misses.fold_in([(day - 6 * clock.DAY, "seventh")] * 3 + [(day - 7 * clock.DAY, "eighth")] * 3)
        lots = [
            make_lot(loratadine, number=f"{zone} {day} {ago}"[-40:], expires_on=day - ago * clock.DAY)
            for ago in (0, 1)
        ]
        for moment in (first_moment, last_moment):
            with store_in(zone, context):
                today = clock.business_date(moment(zone, day))
            found = [one.words for one in misses.zero_result_searches(today, 7)]
            listed = {
                state: {row.id for row in inventory.lots_page(LotFilter(today, state=state)).rows} & set(lots)
                for state in ("pick", "expired")
            }
            if (found, listed) != (["seventh"], {"pick": {lots[0]}, "expired": {lots[1]}}):
                said.append((zone, day, moment.__name__, found, listed))
    assert said == []
