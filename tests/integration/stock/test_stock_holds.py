"""Units kept for order lines: held, released, dispensed, taken from other lots; on both databases."""

import pytest

from shop.database import transaction
from shop.stock import holds, queries, service
from shop.stock.holds import LotNotPickable, OutOfStock
from tests.factories import make_lot, make_variant
from tests.integration.stock.stock_checks import AT, TODAY, assert_ledgers_agree, counts, in_days

LINE, OTHER_LINE = 71, 72
UNTIL = in_days(97)


def hold(variant_id: int, quantity: int, line: int = LINE, until=UNTIL):
    with transaction():
        return holds.hold(line, variant_id, quantity, until, AT)


def test_a_hold_takes_the_earliest_expiring_lot_that_outlasts_the_supply(baclofen):
    too_short = make_lot(baclofen, expires_on=in_days(96))
    later, next_one = make_lot(baclofen, expires_on=in_days(500)), make_lot(baclofen, expires_on=UNTIL)
    [held] = hold(baclofen, 90)
    assert (held.lot_id, held.quantity, held.expires_on, held.order_line_id) == (next_one, 90, UNTIL, LINE)
    assert [counts(one) for one in (too_short, next_one, later)] == [(1000, 0), (1000, 90), (1000, 0)]
    assert_ledgers_agree()


def test_a_hold_goes_across_two_lots_when_one_is_not_enough(baclofen):
    first, second = make_lot(baclofen, 60, in_days(200)), make_lot(baclofen, 60, in_days(300))
    assert [(one.lot_id, one.quantity) for one in hold(baclofen, 90)] == [(first, 60), (second, 30)]
    assert [(one.lot_id, one.quantity) for one in queries.kept_for([LINE])[LINE]] == [
        (first, 60),
        (second, 30),
    ]
    assert queries.available([baclofen], UNTIL) == {baclofen: 30}
    assert_ledgers_agree()


def test_not_enough_says_how_many_are_left_and_holds_nothing(baclofen):
    lots = [make_lot(baclofen, 60, in_days(200)), make_lot(baclofen, 20, in_days(300))]
    make_lot(baclofen, 500, in_days(400), status="quarantined")
    with pytest.raises(OutOfStock) as refusal:
        hold(baclofen, 90)
    assert (refusal.value.variant_id, refusal.value.left) == (baclofen, 80)
    assert "80" in refusal.value.message
    assert [counts(one) for one in lots] == [(60, 0), (20, 0)]
    assert queries.kept_for([LINE]) == {}


def test_what_one_order_holds_is_not_free_for_another(baclofen):
    lot = make_lot(baclofen, 100)
    hold(baclofen, 90)
    with pytest.raises(OutOfStock) as refusal:
        hold(baclofen, 30, OTHER_LINE)
    assert refusal.value.left == 10
    assert counts(lot) == (100, 90)


def test_an_order_whose_second_medicine_is_gone_holds_nothing_of_the_first(baclofen):
    lot, gone = make_lot(baclofen, 100), make_variant("Naproxen", "250 mg")
    with pytest.raises(OutOfStock) as refusal, transaction():  # noqa: PT012
        holds.hold(LINE, baclofen, 30, UNTIL, AT)
        holds.hold(OTHER_LINE, gone, 30, UNTIL, AT)
    assert (refusal.value.variant_id, refusal.value.left) == (gone, 0)
    assert counts(lot) == (100, 0)


def test_a_hold_of_nothing_is_a_mistake_of_the_caller(baclofen):
    with pytest.raises(ValueError, match="hold"):
        hold(baclofen, 0)


def test_releasing_twice_gives_back_once(baclofen):
    lot = make_lot(baclofen, 100)
    hold(baclofen, 90)
    hold(baclofen, 5, OTHER_LINE)
    for _ in range(2):
        with transaction():
            holds.release([LINE], AT)
    assert counts(lot) == (100, 5)
    assert_ledgers_agree()


def test_dispensing_takes_the_units_off_the_shelf_once_and_says_from_which_lots(baclofen, admin):
    first, second = (
        make_lot(baclofen, 60, in_days(200), number="A1"),
        make_lot(baclofen, 60, in_days(300), number="A2"),
    )
    hold(baclofen, 90)
    with transaction():
        dispensed = holds.dispense([LINE], AT, admin)
    assert [(one.lot_number, one.expires_on, one.quantity) for one in dispensed] == [
        ("A1", in_days(200), 60),
        ("A2", in_days(300), 30),
    ]
    assert [counts(first), counts(second)] == [(0, 0), (30, 0)]
    with transaction():
        assert holds.dispense([LINE], AT, admin) == []
        holds.release([LINE], AT)
    assert [counts(first), counts(second)] == [(0, 0), (30, 0)]
    assert_ledgers_agree()


def test_released_units_cannot_be_dispensed(baclofen, admin):
    lot = make_lot(baclofen, 100)
    hold(baclofen, 90)
    with transaction():
        holds.release([LINE], AT)
        assert holds.dispense([LINE], AT, admin) == []
    assert counts(lot) == (100, 0)


def test_a_lot_put_aside_after_the_hold_is_not_dispensed(baclofen, admin):
    lot = make_lot(baclofen, 100, number="K4471")
    hold(baclofen, 90)
    with transaction():
        service.quarantine(lot, "recall_class_2", admin, AT)
    with pytest.raises(LotNotPickable) as refusal, transaction():
        holds.dispense([LINE], AT, admin)
    assert "K4471" in refusal.value.message
    assert refusal.value.todo
    assert counts(lot) == (100, 90)
    assert_ledgers_agree()


def test_a_refused_dispensing_leaves_the_good_lots_alone_too(baclofen, admin):
    good, bad = make_lot(baclofen, 60, in_days(200)), make_lot(baclofen, 60, in_days(300))
    hold(baclofen, 90)
    with transaction():
        service.quarantine(bad, "damaged", admin, AT)
    with pytest.raises(LotNotPickable), transaction():
        holds.dispense([LINE], AT, admin)
    assert [counts(good), counts(bad)] == [(60, 60), (60, 30)]


def test_a_lot_that_expired_while_held_is_not_dispensed(baclofen, admin):
    lot = make_lot(baclofen, 100, TODAY, number="K4471")
    hold(baclofen, 90, until=TODAY)
    later = AT.replace(day=23)
    with pytest.raises(LotNotPickable, match="K4471"), transaction():
        holds.dispense([LINE], later, admin)
    assert counts(lot) == (100, 90)


def test_other_lots_take_the_place_of_one_put_aside(baclofen, admin):
    aside, good = make_lot(baclofen, 60, in_days(200)), make_lot(baclofen, 60, in_days(300))
    spare = make_lot(baclofen, 100, in_days(400))
    hold(baclofen, 90)
    with transaction():
        service.quarantine(aside, "recall_class_2", admin, AT)
    with transaction():
        kept = holds.reallocate([LINE], UNTIL, AT)
    assert [(one.lot_id, one.quantity) for one in kept] == [(good, 30), (spare, 30)]
    assert [counts(one) for one in (aside, good, spare)] == [(60, 0), (60, 60), (100, 30)]
    with transaction():
        assert holds.reallocate([LINE], UNTIL, AT) == []
        holds.dispense([LINE], AT, admin)
    assert [counts(one) for one in (aside, good, spare)] == [(60, 0), (0, 0), (70, 0)]
    assert_ledgers_agree()


def test_without_other_lots_the_hold_stays_as_it_was(baclofen, admin):
    aside = make_lot(baclofen, 60, in_days(200))
    hold(baclofen, 60)
    with transaction():
        service.quarantine(aside, "recall_class_2", admin, AT)
    with pytest.raises(OutOfStock), transaction():
        holds.reallocate([LINE], UNTIL, AT)
    assert counts(aside) == (60, 60)


def test_available_counts_only_what_is_good_free_and_lasts(baclofen):
    other = make_variant("Naproxen", "250 mg")
    make_lot(baclofen, 10, UNTIL)
    make_lot(baclofen, 20, in_days(500))
    make_lot(baclofen, 400, in_days(96))
    make_lot(baclofen, 800, in_days(500), status="quarantined")
    assert queries.available([baclofen, other], UNTIL) == {baclofen: 30}
    assert queries.available([], UNTIL) == {}
