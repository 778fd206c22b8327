"""A lot is good through its date, whoever asks; day 90 is in the figure and in the list behind it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete

from shop import clock
from shop.database import db, transaction
from shop.stock import figures, holds, inventory, queries, service
from shop.stock.inventory import LotFilter
from shop.stock.models import DispensingRate, Movement
from shop.stock.rules import LotState, lot_state
from tests.factories import make_lot, make_variant
from tests.in_zones import DAYS, first_moment, last_moment, store_in

LINE, OTHER_LINE = 71, 72
MOMENTS = [(zone, day, moment(zone, day)) for zone, day in DAYS for moment in (first_moment, last_moment)]
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(("zone", "day", "at"), MOMENTS, ids=str)
def test_a_lot_of_today_is_good_from_the_first_second_of_the_day_to_its_last(
    context, baclofen, admin, zone: str, day: date, at: datetime
):
    with store_in(zone, context):
        assert everybody_says(baclofen, day, admin, at) == {"good"}


@pytest.mark.parametrize(("zone", "day", "at"), MOMENTS, ids=str)
def test_a_lot_of_yesterday_is_good_no_more(context, baclofen, admin, zone: str, day: date, at: datetime):
    with store_in(zone, context):
        assert everybody_says(baclofen, day - clock.DAY, admin, at) == {"expired"}


def everybody_says(variant_id: int, expires_on: date, admin_id: int, at: datetime) -> set[str]:
    """What receiving, lists, figures, the lot's state, selling and packing say of such a lot, each once."""
    today = clock.business_date(at)
    lot_id = make_lot(variant_id, 40, expires_on)
    said = [
        figures.health(today, today).expired == 0,
        lot_id in listed(today, "pick"),
        lot_id not in listed(today, "expired"),
        figures.supply(today)[variant_id].free == 40,
        queries.available([variant_id], today) == {variant_id: 40},
        state_of(lot_id, today) is not LotState.EXPIRED,
        stays_kept(lot_id, at),
        leaves(lot_id, admin_id, at),
        received(variant_id, expires_on, admin_id, at),
    ]
    return {"good" if one else "expired" for one in said}


def listed(today: date, state: str) -> list[int]:
    return [row.id for row in inventory.lots_page(LotFilter(today, state=state)).rows]


def state_of(lot_id: int, today: date) -> LotState:
    lot = inventory.lot(lot_id)
    return lot_state(lot.status, lot.on_hand, lot.expires_on, today, soon_days=90)


def stays_kept(lot_id: int, at: datetime) -> bool:
    """Whether packing leaves it to the order that keeps it, instead of looking for another."""
    lot = inventory.lot(lot_id)
    with transaction():
        holds.hold(LINE, lot.variant_id, 10, lot.expires_on, at)
    try:
        with transaction():
            return holds.reallocate([LINE], lot.expires_on, at) == []
    except holds.OutOfStock:
        return False


def leaves(lot_id: int, admin_id: int, at: datetime) -> bool:
    """Whether what is kept of it may be sent."""
    lot = inventory.lot(lot_id)
    with transaction():
        holds.hold(OTHER_LINE, lot.variant_id, 10, lot.expires_on, at)
    try:
        holds.refuse_unpickable(lot.number, lot.status, lot.expires_on, clock.business_date(at))
        with transaction():
            return len(holds.dispense([OTHER_LINE], at, admin_id)) == 1
    except holds.LotNotPickable:
        with pytest.raises(holds.LotNotPickable), transaction():
            holds.dispense([OTHER_LINE], at, admin_id)
        return False


def received(variant_id: int, expires_on: date, admin_id: int, at: datetime) -> bool:
    try:
        with transaction():
            service.receive_lot(variant_id, None, "R1", expires_on, 10, None, admin_id, at)
    except service.LotRefused:
        return False
    return True


@pytest.mark.parametrize(("days", "within"), [(0, True), (89, True), (90, True), (91, False), (-1, False)])
def test_day_ninety_is_in_the_figure_the_list_the_chart_and_the_state(baclofen, days: int, within: bool):
    last = clock.days_ahead(TODAY, 90)
    lot_id = make_lot(baclofen, 10, TODAY + timedelta(days=days), unit_cost="1")
    months = figures.expiring_by_month(TODAY, date(2027, 10, 31), soon=last).values()
    soon, later = any(values[0] for values in months), any(values[1] for values in months)
    assert bool(figures.health(TODAY, last).expiring_value) is within
    assert bool(inventory.lots_page(LotFilter(TODAY, expires_by=last)).rows) is within
    assert soon is within
    assert (state_of(lot_id, TODAY) is LotState.SOON) is within
    assert later is (days > 90)


def test_what_was_dispensed_counts_on_its_day_and_the_89_after_it(context, admin):
    """Counted for the page, from the rate kept on that day, and from one kept longer ago."""
    for number, (zone, day, at) in enumerate(MOMENTS):
        variant_id = make_variant(f"Specimen {number}", "1 mg")
        lot_id = make_lot(variant_id, 100, date(2029, 1, 31))
        with transaction():
            db.session.execute(delete(DispensingRate))
            db.session.add(Movement(lot_id=lot_id, kind="dispensed", quantity=-10, at=at))
        last = clock.days_ahead(day, 89)
        with store_in(zone, context):
            assert dispensed(variant_id, last) == (10, 0)
            for counted in (at, last_moment(zone, last)):
                with transaction():
                    figures.count_rates(counted)
                assert dispensed(variant_id, last) == (10, 0)


def dispensed(variant_id: int, last: date) -> tuple[int, int]:
    """Units in the figures of a day and of the day after it."""
    first, second = (figures.supply(day)[variant_id].dispensed for day in (last, last + clock.DAY))
    return first, second
