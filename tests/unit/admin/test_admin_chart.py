"""The bars of the expiry chart, the words of a lot, and the order of strengths."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from shop.admin.chart import expiry_chart, month_after, nice_top
from shop.admin.labels import (
    LIFT_REASONS,
    REASONS,
    SALE,
    SOON_DAYS,
    TRAYS,
    Tag,
    cover_tag,
    lot_tag,
    whole_cents,
)
from shop.orders.queue import Queue
from shop.safety.sale import SaleRefusal
from shop.stock.inventory import LotRow
from shop.stock.rules import LiftReason, LotState, Reason, lot_state

TODAY = date(2026, 11, 22)


def chart(values):
    return expiry_chart(values, TODAY, "en_US", lambda value: f"${value}")


@pytest.mark.parametrize(
    ("months", "first"),
    [(0, date(2026, 11, 1)), (1, date(2026, 12, 1)), (2, date(2027, 1, 1)), (13, date(2027, 12, 1))],
)
def test_months_go_over_the_turn_of_the_year(months, first):
    assert month_after(TODAY, months) == first


@pytest.mark.parametrize(
    ("most", "top"),
    [("0", 10), ("0.3", Decimal("0.5")), ("1", 1), ("860", 1000), ("5000", 5000), ("5001", 10000)],
)
def test_the_top_of_the_chart_is_a_round_number_no_bar_exceeds(most, top):
    assert nice_top(Decimal(most)) == top


def test_bars_stand_on_each_other_and_on_the_base():
    found = chart({(2026, 12): (Decimal(100), Decimal(300)), (2027, 10): (Decimal(0), Decimal(50))})
    assert [bar.label for bar in found.bars][:3] == ["Nov", "Dec", "Jan"]
    assert (found.top, found.total, len(found.bars)) == (500, 450, 12)
    december = found.bars[1]
    assert (december.lower, december.upper) == ((80.0, 20.0), (20.0, 60.0))
    assert found.bars[0].lower == (100.0, 0.0)
    assert all(0 <= y <= y + height <= 100 for bar in found.bars for y, height in (bar.lower, bar.upper))


MONTHS = re.compile(r"November 2026|October 2027|December|\$\d+")


def test_the_chart_is_a_sentence_of_its_figures():
    found = chart({(2026, 12): (Decimal(100), Decimal(300)), (2027, 10): (Decimal(0), Decimal(50))})
    assert MONTHS.findall(found.text) == ["November 2026", "October 2027", "December", "$400", "$450"]
    assert MONTHS.findall(chart({}).text) == ["November 2026", "October 2027"]


@pytest.mark.parametrize(
    ("expires_in", "status", "on_hand", "kind", "state"),
    [
        (400, "pickable", 9, "", LotState.PICK),
        (63, "pickable", 9, "warn", LotState.SOON),
        (31, "pickable", 9, "warn", LotState.SOON),
        (30, "pickable", 9, "stop", LotState.SOON),
        (1, "pickable", 9, "stop", LotState.SOON),
        (0, "pickable", 9, "stop", LotState.SOON),
        (-1, "pickable", 9, "stop", LotState.EXPIRED),
        (400, "quarantined", 9, "stop", LotState.QUARANTINED),
        (400, "pickable", 0, "", LotState.EMPTY),
    ],
)
def test_a_lot_says_what_to_do_with_it(expires_in, status, on_hand, kind, state):
    row = LotRow(
        1,
        1,
        None,
        "K1",
        TODAY + timedelta(days=expires_in),
        status,
        "recall_class_2",
        on_hand,
        0,
        None,
        datetime(2026, 1, 1),  # noqa: DTZ001
    )
    assert lot_state(row.status, row.on_hand, row.expires_on, TODAY, SOON_DAYS) is state
    assert lot_tag(row, TODAY).kind == kind


@pytest.mark.parametrize(
    ("days", "tag"),
    [
        (0, Tag("none left", "stop")),
        (1, Tag("1 day left", "stop")),
        (7, Tag("7 days left", "stop")),
        (8, Tag("8 days left", "warn")),
    ],
)
def test_what_runs_out_says_when(days, tag):
    assert cover_tag(days) == tag


def test_every_code_has_its_words():
    assert set(REASONS) == set(Reason)
    assert set(LIFT_REASONS) == set(LiftReason)
    assert set(SALE) == set(SaleRefusal)
    assert set(TRAYS) == set(Queue)


def test_values_are_shown_in_cents_rounded_half_up():
    assert [whole_cents(Decimal(value)) for value in ("6.125", "0.004", "0.005")] == [613, 0, 1]
