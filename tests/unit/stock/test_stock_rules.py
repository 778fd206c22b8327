"""Truth tables of what may be picked, and in which order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.stock.rules import (
    Correction,
    CorrectionRefusal,
    LotFacts,
    LotState,
    MoveRefusal,
    average_cost,
    correction_refusal,
    days_of_cover,
    expires_by,
    fefo,
    good_on,
    lot_state,
    move_refusal,
    outlasts,
    pickable,
)

TODAY = date(2026, 11, 22)


def lot(number: int, expires_in: int, free: int = 100, status: str = "pickable") -> LotFacts:
    return LotFacts(number, f"L{number}", TODAY + timedelta(days=expires_in), status, free)


def picked(lots: list[LotFacts], quantity: int, until_days: int = 0) -> list[tuple[int, int]]:
    return [(one.lot.id, one.quantity) for one in fefo(lots, quantity, TODAY + timedelta(days=until_days))]


@pytest.mark.parametrize(
    ("expires_in", "good", "by_today"), [(-1, False, True), (0, True, True), (1, True, False)]
)
def test_the_last_day_of_a_lot_is_a_good_one(expires_in, good, by_today):
    expires_on = TODAY + timedelta(days=expires_in)
    assert (good_on(expires_on, TODAY), expires_by(expires_on, TODAY)) == (good, by_today)


def test_a_lot_outlasts_delivery_and_then_the_whole_supply():
    assert outlasts(TODAY, 7, 90) == TODAY + timedelta(days=97)
    assert outlasts(TODAY, 0, 0) == TODAY


@pytest.mark.parametrize(
    ("expires_in", "free", "status", "may_be_picked"),
    [
        (97, 1, "pickable", True),  # good on the very last day
        (96, 1, "pickable", False),  # the last pill would be a day too old
        (-1, 100, "pickable", False),
        (400, 0, "pickable", False),
        (400, 100, "quarantined", False),
    ],
)
def test_what_may_be_picked(expires_in: int, free: int, status: str, may_be_picked: bool):
    assert pickable(lot(1, expires_in, free, status), outlasts(TODAY, 7, 90)) is may_be_picked


@pytest.mark.parametrize(
    ("lots", "quantity", "until_days", "picks"),
    [
        ([], 30, 0, []),
        ([lot(1, 400), lot(2, 200)], 30, 0, [(2, 30)]),
        ([lot(1, 400), lot(2, 200, free=20)], 30, 0, [(2, 20), (1, 10)]),
        ([lot(1, 400), lot(2, 50)], 30, 97, [(1, 30)]),  # the earlier one would not last
        ([lot(1, 400), lot(2, 200, status="quarantined")], 30, 0, [(1, 30)]),
        ([lot(1, 400), lot(2, -1)], 30, 0, [(1, 30)]),
        ([lot(3, 200, free=20), lot(2, 200, free=20)], 30, 0, [(2, 20), (3, 10)]),  # same day: the older lot
        ([lot(1, 400, free=10)], 30, 0, [(1, 10)]),  # fewer than asked: the caller decides
        ([lot(1, 400, free=30), lot(2, 500)], 30, 0, [(1, 30)]),  # exactly enough opens no second lot
        ([lot(1, 400)], 0, 0, []),
    ],
)
def test_first_expired_is_first_out(lots, quantity, until_days, picks):
    assert picked(lots, quantity, until_days) == picks


@given(
    st.lists(
        st.tuples(st.integers(-30, 400), st.integers(0, 50), st.sampled_from(["pickable", "quarantined"]))
    ),
    st.integers(1, 500),
    st.integers(0, 120),
)
def test_a_pick_is_never_more_than_asked_nor_than_is_good_and_leaves_no_earlier_units(
    rows, quantity, until_days
):
    lots = [lot(number, *row) for number, row in enumerate(rows)]
    until = TODAY + timedelta(days=until_days)
    good = [one for one in lots if pickable(one, until)]
    picks = fefo(lots, quantity, until)
    assert sum(pick.quantity for pick in picks) == min(quantity, sum(one.free for one in good))
    assert all(pickable(pick.lot, until) and 0 < pick.quantity <= pick.lot.free for pick in picks)
    assert all(pick.quantity == pick.lot.free for pick in picks[:-1])
    assert [pick.lot.expires_on for pick in picks] == sorted(pick.lot.expires_on for pick in picks)


@pytest.mark.parametrize(
    ("status", "on_hand", "expires_in", "state"),
    [
        ("pickable", 10, 400, LotState.PICK),
        ("pickable", 10, 91, LotState.PICK),
        ("pickable", 10, 90, LotState.SOON),
        ("pickable", 10, 0, LotState.SOON),
        ("pickable", 10, -1, LotState.EXPIRED),
        ("quarantined", 10, 400, LotState.QUARANTINED),
        ("quarantined", 10, -1, LotState.QUARANTINED),
        ("quarantined", 0, 400, LotState.EMPTY),
        ("pickable", 0, -1, LotState.EMPTY),
    ],
)
def test_the_state_of_a_lot(status, on_hand, expires_in, state):
    assert lot_state(status, on_hand, TODAY + timedelta(days=expires_in), TODAY, soon_days=90) is state


@pytest.mark.parametrize(
    ("free", "dispensed", "days"), [(90, 90, 90), (100, 90, 100), (0, 90, 0), (10, 0, None)]
)
def test_days_of_cover_at_the_rate_of_the_last_ninety(free, dispensed, days):
    assert days_of_cover(free, dispensed) == days


@pytest.mark.parametrize(
    ("known", "on_hand", "delivered", "quantity", "cost"),
    [
        ("0.10", 100, "0.20", 100, "0.15"),
        ("0.10", 300, "0.20", 100, "0.125"),
        ("0.10", 0, "0.20", 100, "0.20"),
        ("0.10", 100, None, 100, "0.10"),
        (None, 100, "0.20", 100, "0.20"),
        (None, 100, None, 100, None),
    ],
)
def test_the_cost_of_a_lot_is_the_average_of_what_its_units_cost(known, on_hand, delivered, quantity, cost):
    def price(text):
        return None if text is None else Decimal(text)

    assert average_cost(price(known), on_hand, price(delivered), quantity) == price(cost)


@pytest.mark.parametrize(
    ("why", "units", "status", "reason", "expires", "refusal"),
    [
        (Correction.BROKEN, 70, "pickable", "", 1, None),
        (Correction.BROKEN, 71, "pickable", "", 1, CorrectionRefusal.RESERVED),
        (Correction.BROKEN, 0, "pickable", "", 1, CorrectionRefusal.NOTHING),
        (Correction.FOUND, 71, "pickable", "", 1, None),
        (Correction.FOUND, -1, "pickable", "", 1, CorrectionRefusal.NOTHING),
        (Correction.EXPIRED, 1, "pickable", "", 0, CorrectionRefusal.NOT_EXPIRED),  # good through that day
        (Correction.EXPIRED, 1, "pickable", "", -1, None),
        (Correction.RECALLED, 1, "pickable", "recall_class_1", 1, CorrectionRefusal.NOT_RECALLED),
        (Correction.RECALLED, 1, "quarantined", "damaged", 1, CorrectionRefusal.NOT_RECALLED),
        (Correction.RECALLED, 1, "quarantined", "recall_class_2", 1, None),
    ],
)
def test_a_count_is_corrected_for_a_reason_that_fits_and_never_below_what_is_held(
    why, units, status, reason, expires, refusal
):
    lot = LotFacts(1, "A1", TODAY + timedelta(days=expires), status, 70)
    assert correction_refusal(why, units, lot, reason, TODAY) is refusal


@pytest.mark.parametrize(
    ("units", "number", "status", "refusal"),
    [
        (40, "B2", "pickable", None),
        (41, "B2", "pickable", MoveRefusal.RESERVED),
        (0, "B2", "pickable", MoveRefusal.NOTHING),
        (40, "A1", "pickable", MoveRefusal.SAME_LOT),
        (40, "B2", "quarantined", MoveRefusal.QUARANTINED),  # a recalled unit stays what it is
    ],
)
def test_only_free_units_of_a_lot_on_sale_move_to_another(units, number, status, refusal) -> None:
    assert move_refusal(units, LotFacts(1, "A1", date(2028, 6, 30), status, 40), number) is refusal
