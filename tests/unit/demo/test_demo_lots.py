"""The demonstration's stock shows every state a lot can be in."""

from datetime import date

from shop.demo.offers import plan

TODAY = date(2026, 11, 22)


def test_the_first_medicine_of_the_file_has_a_lot_of_every_kind():
    lots = plan(0, "baclofen-tablets-10-mg", TODAY)
    days = sorted((lot.expires_on - TODAY).days for lot in lots)

    assert [lot.quarantined for lot in lots].count(True) == 1
    assert days[0] < 70
    assert days[-1] > 600
    assert sum(lot.units for lot in lots if not lot.quarantined) > 1000


def test_over_a_whole_file_some_strengths_are_scarce_and_some_are_out():
    plans = [plan(place, f"v{place}", TODAY) for place in range(100)]

    assert any(not lots for lots in plans)
    assert any(len(lots) == 1 for lots in plans)
    assert sum(len(lots) >= 2 for lots in plans) > 80


def test_lot_numbers_are_plainly_invented_and_the_same_on_every_machine():
    lots = plan(0, "baclofen-tablets-10-mg", TODAY)

    assert lots == plan(0, "baclofen-tablets-10-mg", TODAY)
    assert all(lot.number.startswith("DEMO-") for lot in lots)
    assert len({lot.number for lot in lots}) == len(lots)
