"""The bars of the expiry chart, the words of a lot, and the order of strengths."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from shop.admin.chart import expiry_chart, month_after, nice_top
from shop.admin.labels import LIFT_REASONS, REASONS, SALE, TRAYS, Tag, cover_tag, lot_tag, whole_cents
from shop.orders.queue import Queue
from shop.safety.sale import SaleRefusal
from shop.stock.inventory import LotRow
from shop.stock.rules import LiftReason, Reason

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


def test_the_chart_is_said_in_a_sentence():
    found = chart({(2026, 12): (Decimal(100), Decimal(300)), (2027, 10): (Decimal(0), Decimal(50))})
    assert found.said == (
        "Value expiring each month from November 2026 to October 2027. Most in December, $400; $450 in all."
    )
    assert chart({}).said == "Nothing in stock expires from November 2026 to October 2027."


@pytest.mark.parametrize(
    ("expires_in", "status", "on_hand", "tag"),
    [
        (400, "pickable", 9, Tag("Pick")),
        (63, "pickable", 9, Tag("Expires in 63 days", "warn")),
        (31, "pickable", 9, Tag("Expires in 31 days", "warn")),
        (30, "pickable", 9, Tag("Expires in 30 days", "stop")),
        (1, "pickable", 9, Tag("Expires tomorrow", "stop")),
        (0, "pickable", 9, Tag("Expires today", "stop")),
        (-1, "pickable", 9, Tag("Expired", "stop")),
        (400, "quarantined", 9, Tag("Quarantined: recall, class II", "stop")),
        (400, "pickable", 0, Tag("Empty")),
    ],
)
def test_a_lot_says_what_to_do_with_it(expires_in, status, on_hand, tag):
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
    assert lot_tag(row, TODAY) == tag


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
