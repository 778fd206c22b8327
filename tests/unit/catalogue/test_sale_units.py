"""How much of a medicine is sold at once: the truth tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.sale_units import (
    PackFacts,
    SoldAs,
    allowed,
    is_opened,
    most_in_one_line,
    nearest_packs,
    pack_sizes_for,
    sale_units,
)

RX, OTC = True, False


def bottles(*sizes):
    return [PackFacts(size, ("bottle",)) for size in sizes]


def blisters(*sizes):
    return [PackFacts(size, ("carton", "blister pack")) for size in sizes]


@pytest.mark.parametrize(
    ("name", "prescription", "unit", "by_mouth", "packs", "sold_as", "steps"),
    [
        ("baclofen", RX, "pill", False, bottles(30, 60, 90, 100, 1000), "counted", (30, 60, 90)),
        ("stock bottles only", RX, "pill", False, bottles(100, 500), "counted", (30, 60, 90)),
        ("azithromycin", RX, "pill", False, [*blisters(6, 6, 6), *bottles(30, 6)], "counted", (6, 30)),
        ("amoxicillin twice a day", RX, "pill", False, bottles(20, 20, 14, 100), "counted", (14, 20)),
        ("ella", RX, "pill", False, blisters(1), "closed", (1,)),
        ("28-day course", RX, "pill", False, blisters(28, 84, 28), "closed", (28, 84)),
        ("hospital box beside a card", RX, "pill", False, blisters(4, 12, 100), "closed", (4, 12)),
        ("hospital box only", RX, "pill", False, blisters(100), "closed", (100,)),
        (
            "carton over the counter",
            OTC,
            "pill",
            False,
            [*blisters(24), *bottles(24, 100)],
            "closed",
            (24, 100),
        ),
        ("no pack known", OTC, "pill", False, [], "closed", ()),
        ("nothing known of a prescription's packs", RX, "pill", False, [], "counted", (30, 60, 90)),
        ("oral solution", RX, "mL", True, bottles(120, 473), "counted", (120, 473)),
        ("bowel preparation", RX, "mL", True, bottles(4000), "counted", (4000,)),
        ("cough syrup", OTC, "mL", True, bottles(120, 240), "closed", (120, 240)),
        ("eye drops", RX, "mL", False, bottles(5, 10), "closed", (5, 10)),
        ("ointment", RX, "g", False, [PackFacts(15, ("carton", "tube"))], "closed", (15,)),
        ("patches by hand", RX, "pack", False, [], "closed", (1,)),
    ],
)
def test_how_a_strength_is_sold(name, prescription, unit, by_mouth, packs, sold_as, steps):
    found = sale_units(prescription, unit, by_mouth, packs)

    assert (found.sold_as, found.steps) == (sold_as, steps), name


@pytest.mark.parametrize(
    ("containers", "opened"),
    [
        (("bottle",), True),
        (("carton", "bottle, plastic"), True),
        (("bottle, unit-dose",), False),
        (("carton", "blister pack"), False),
        (("dose pack",), False),
        (("bag", "blister pack"), False),
        ((), False),
    ],
)
def test_which_packs_a_pharmacy_counts_out_of(containers, opened):
    assert is_opened(containers) is opened


@pytest.mark.parametrize(
    ("quantity", "unit", "sold_as", "steps", "may"),
    [
        (45, "pill", "counted", (30, 60, 90), True),
        (1000, "pill", "counted", (30,), True),
        (1001, "pill", "counted", (30,), False),
        (0, "pill", "counted", (30,), False),
        (12, "pill", "closed", (24,), False),
        (48, "pill", "closed", (24, 100), True),
        (124, "pill", "closed", (24, 100), False),  # packs of one size only
        (4000, "mL", "counted", (4000,), True),
        (1, "pack", "closed", (), False),
    ],
)
def test_what_may_be_asked_for(quantity, unit, sold_as, steps, may):
    assert allowed(quantity, unit, sold_as, steps) is may


@pytest.mark.parametrize(
    ("authorized", "sold_as", "steps", "nearest"),
    [
        (45, "counted", (30,), 45),
        (90, "closed", (28, 84), 84),
        (60, "closed", (28, 84), 56),
        (27, "closed", (28,), None),
        (0, "counted", (30,), None),
    ],
)
def test_a_prescription_becomes_the_nearest_whole_packs(authorized, sold_as, steps, nearest):
    assert nearest_packs(authorized, sold_as, steps, "pill") == nearest


@given(st.integers(1, 5000), st.lists(st.integers(1, 400), max_size=6), st.sampled_from(list(SoldAs)))
def test_never_more_than_authorized_and_always_what_may_be_asked_for(authorized, steps, sold_as):
    found = nearest_packs(authorized, sold_as, steps, "pill")

    assert found is None or (found <= authorized and allowed(found, "pill", sold_as, steps))


def test_packs_of_one_size_make_a_quantity_the_fewest_first():
    assert pack_sizes_for(12, [2, 4, 5, 6]) == [6, 4, 2]
    assert most_in_one_line("mL") == 4000
